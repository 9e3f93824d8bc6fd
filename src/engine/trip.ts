// Writes one trip: the lock, the changes, then the questions, as one script that runs whole or not at all.
import { quote } from '../shell/quote.ts'
import { OUTDATED } from '../shell/outdated.ts'
import type { QuestionFrame } from './questions.ts'
import { lockLines, UNLOCK } from './trip-lock.ts'
import { KILL_AFTER_SECONDS, stepsLines } from './trip-steps.ts'

export { PROGRESS_CAP_BYTES } from './trip-steps.ts'

/** One process to run on the host: a change, or a piece that goes before it. */
export interface Step {
  readonly text: string
  readonly timeoutSeconds: number
}

export interface TripRequest {
  /** A random word that nothing on the host can print by chance. */
  readonly mark: string
  readonly steps: readonly Step[]
  readonly questions: readonly QuestionFrame[]
  /** For all questions: they only look, and one that hangs must not hold the host's lock for ever. */
  readonly questionsSeconds: number
  /** Left out in check mode: a check takes no lock and writes nothing. */
  readonly lock: { readonly holder: string; readonly waitSeconds: number } | undefined
  /**
   * The mark of the last trip with steps that the plans know of; where there was another since, no step is made.
   * `undefined`: made whatever was before.
   */
  readonly after: string | undefined
  /** A script that finds this file starts no further step. */
  readonly stopFile: string
}

/**
 * The trip as one `{ … }`: cut short on its way, the shell refuses it whole. Every frame is a line `MARK what …` on
 * stdout (and on stderr `MARK begin`, `MARK answered N`); `MARK end` closes both streams.
 */
export function tripScript(request: TripRequest): string {
  const { mark, lock, steps, questions, questionsSeconds, stopFile } = request
  return [
    '{',
    `trap : PIPE HUP`,
    `export LC_ALL=C PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin ${OUTDATED}=${mark}`,
    'umask 022',
    'cd /',
    // What a login may bring along: systemctl(1) and others take their flags only in front by it, noclobber and noglob
    // come with bash's SHELLOPTS.
    'unset POSIXLY_CORRECT CDPATH BASH_ENV ENV',
    'set +f +C',
    // `go`: the questions are to be asked; `more`: further steps may begin.
    `go=1 more=1 held= run= hung= m=`,
    // Whatever stands before it on stderr (a login banner) belongs to no question.
    `printf '\\n%s begin\\n' ${mark} >&2`,
    `say() { printf '\\n${mark} %s\\n' "$*" 2>/dev/null; }`,
    // The login shell and sudo have come to their end, and handed over.
    'say begun',
    ...needsLines(lock ? [...NEEDED, 'flock'] : NEEDED),
    ...(lock ? lockLines(mark, lock) : []),
    ...(steps.length > 0 ? stepsLines(request) : []),
    ...(questions.length > 0 ? questionsLines(mark, questions, questionsSeconds) : []),
    // After a failure the output stays, for whoever lost the connection and asks.
    ...(steps.length > 0
      ? [`rm -f "$run"/in.*`, `[ ! "$go" ] || rm -f "$run"/out.*`, `[ ! -e ${stopFile} ] || rm -f ${stopFile}`]
      : []),
    ...(lock ? [UNLOCK] : []),
    // Only now: where nobody reads, the shell stands still here, and must not hold the lock.
    `[ ! "$hung" ] || say hung`,
    `printf '\\n%s end\\n' ${mark}`,
    `printf '\\n%s end\\n' ${mark} >&2`,
    '}',
    '',
  ].join('\n')
}

/** What a trip and the questions of every module call. */
const NEEDED = ['timeout', 'find', 'sha256sum', 'base64', 'stat', 'head', 'tail', 'dd', 'stdbuf', 'mkfifo']

const needsLines = (programs: readonly string[]): readonly string[] => [
  `for p in ${programs.join(' ')}; do command -v "$p" >/dev/null || m="$m $p"; done`,
  `[ ! "$m" ] || {
  say broken "there is no$m in $PATH on the host: install coreutils, findutils and util-linux"
  go=
}`,
]

const asks = (mark: string, index: number): string => `\\n${mark} ask ${index}\\n`

/** What one answer ends with, and what the next begins with, by one write: each is a packet on the wire. */
const answered = (mark: string, index: number, more: boolean): string =>
  `printf '\\n${mark} answered ${index} %s\\n${more ? asks(mark, index + 1) : ''}' $? 2>/dev/null || exit
printf '\\n${mark} answered ${index}\\n' >&2`

/** `eval` in a subshell: a question with a syntax error fails alone. */
const questionsLines = (mark: string, questions: readonly QuestionFrame[], seconds: number): readonly string[] => [
  'if [ "$go" ]; then',
  `timeout -k ${KILL_AFTER_SECONDS} ${seconds} sh 9>&- <<'${mark}-questions'`,
  '{',
  `printf '${asks(mark, 0)}' 2>/dev/null || exit`,
  ...questions.flatMap(({ text }, index) => [
    `( eval ${quote(text)} ) </dev/null`,
    answered(mark, index, index + 1 < questions.length),
  ]),
  '}',
  `${mark}-questions`,
  'case $? in 124|137) hung=1;; esac',
  'fi',
]
