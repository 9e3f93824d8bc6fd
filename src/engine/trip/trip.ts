// Writes the script of one trip. A trip is one script that is sent to a host, and its output: it takes the lock, makes
// the changes, then asks all questions. It runs whole or not at all.
import { randomBytes } from 'node:crypto'
import { readerProgram } from '../../resources/reader/reader.ts'
import { quote } from '../../shell/quote.ts'
import { questionKey, type QuestionFrame } from './questions.ts'
import { lockLines, UNLOCK } from './trip-lock.ts'
import type { TripRequest } from './trip-request.ts'
import { KILL_AFTER_SECONDS } from './step-program.ts'
import { stepsLines } from './trip-steps.ts'
import { stopFile, tripWords, type TripWords } from './trip-words.ts'

/** The script of a trip without steps. */
interface Asking {
  /** All that it is written from but the words. */
  readonly from: readonly unknown[]
  readonly pieces: readonly (string | { readonly word: keyof TripWords })[]
}

/** The last of them: in a fleet, most hosts are asked the same, and only the words are another's. */
let lastAsking: Asking | undefined

/**
 * The trip as one `{ … }`: cut short on its way, the shell refuses it whole. Every frame is a line `MARK what …` on
 * stdout (and on stderr `MARK begin`, `MARK answered N`); `MARK end` closes both streams.
 */
export function tripScript(request: TripRequest): string {
  if (request.steps.length > 0) return written(request)
  const from = writtenFrom(request)
  const isLast = lastAsking?.from.length === from.length && lastAsking.from.every((each, index) => each === from[index])
  if (!isLast) lastAsking = { from, pieces: piecesOf(request) }
  return lastAsking!.pieces.map((piece) => (typeof piece === 'string' ? piece : request.words[piece.word])).join('')
}

const writtenFrom = ({ questions, questionsSeconds, lock }: TripRequest): readonly unknown[] => [
  questionsSeconds,
  lock?.holder,
  lock?.waitSeconds,
  ...questions.map(({ script }) => questionKey(script)),
]

/** Written with words that nothing in it can hold by chance, and taken apart at these. */
function piecesOf(request: TripRequest): Asking['pieces'] {
  const words = tripWords(`mailrun-${randomBytes(12).toString('hex')}`)
  const names = ['mark', 'record', 'stop', 'outdated'] as const
  const byWord = new Map(names.map((word) => [words[word], { word }]))
  return written({ ...request, words })
    .split(new RegExp(`(${[...byWord.keys()].join('|')})`))
    .map((piece) => byWord.get(piece) ?? piece)
}

function written(request: TripRequest): string {
  const { words, lock, steps, questions, questionsSeconds } = request
  const { mark } = words
  const stop = stopFile(words)
  return [
    '{',
    `trap : PIPE HUP`,
    `export LC_ALL=C PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin`,
    'umask 022',
    'cd /',
    // What a login may bring along: systemctl(1) and others take their flags only in front by it; Perl loads
    // other code; noclobber, noglob and
    // allexport come with bash's SHELLOPTS.
    'unset POSIXLY_CORRECT CDPATH BASH_ENV ENV PERL5OPT PERL5LIB PERL_UNICODE',
    'set +f +C +a',
    // `go`: the questions are to be asked; `more`: further steps may begin.
    `go=1 more=1 held= run= hung= m=`,
    // Whatever stands before it on stderr (a login banner) belongs to no question.
    `printf '\\n%s begin\\n' ${mark} >&2`,
    `say() { printf '\\n${mark} %s\\n' "$*" 2>/dev/null; }`,
    // The login shell and sudo have come to their end, and handed over.
    'say begun',
    ...needsLines(lock ? [...NEEDED, 'flock'] : NEEDED),
    ...(lock ? lockLines(words, lock) : []),
    ...(steps.length > 0 ? stepsLines(request) : []),
    ...(questions.length > 0 ? questionsLines(mark, questions, questionsSeconds) : []),
    // After a failure the output stays, for whoever lost the connection and asks.
    ...(steps.length > 0 ? [`rm -f "$run/files" \${go:+"$run"/out.*}`, `[ ! -e ${stop} ] || rm -f ${stop}`] : []),
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
const NEEDED = ['timeout', 'find', 'sha256sum', 'base64', 'stat', 'head', 'tail', 'perl']

const needsLines = (programs: readonly string[]): readonly string[] => [
  `for p in ${programs.join(' ')}; do command -v "$p" >/dev/null || m="$m $p"; done`,
  `[ ! "$m" ] || {
  say broken "there is no$m in $PATH on the host: install coreutils, findutils, util-linux and perl-base"
  go=
}`,
]

const asks = (mark: string, index: number): string => `\\n${mark} ask ${index}\\n`

/** What one answer ends with, and what the next begins with, by one write: each is a packet on the wire. */
const answered = (mark: string, index: number, more: boolean): string =>
  `printf '\\n${mark} answered ${index} %s\\n${more ? asks(mark, index + 1) : ''}' $? 2>/dev/null || exit
printf '\\n${mark} answered ${index}\\n' >&2`

/**
 * First those in Perl, by one process; where that is killed, its status must not be taken for timeout(1)'s. `eval` in a
 * subshell: a question with a syntax error fails alone.
 */
const questionsLines = (mark: string, questions: readonly QuestionFrame[], seconds: number): readonly string[] => {
  const inPerl = questions.flatMap(({ script }) => script.perl ?? [])
  const inShell = questions.slice(inPerl.length)
  return [
    'if [ "$go" ]; then',
    `timeout -k ${KILL_AFTER_SECONDS} ${seconds} sh 9>&- <<'${mark}-questions'`,
    '{',
    `printf '${asks(mark, 0)}' 2>/dev/null || exit`,
    ...(inPerl.length === 0
      ? []
      : [`perl - <<'${mark}-reader' || exit 1`, `${readerProgram(mark, inPerl, inShell.length > 0)}${mark}-reader`]),
    ...inShell.flatMap(({ script }, index) => [
      `( eval ${quote(script.text)} ) </dev/null`,
      answered(mark, inPerl.length + index, index + 1 < inShell.length),
    ]),
    '}',
    `${mark}-questions`,
    'case $? in 124|137) hung=1;; esac',
    'fi',
  ]
}
