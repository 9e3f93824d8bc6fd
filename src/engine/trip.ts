// Writes one trip: the lock, the changes, then the questions, as one script that runs whole or not at all.
import { quote } from '../shell/quote.ts'
import { OUTDATED_STATUS, withOutdated } from '../shell/outdated.ts'
import { beginProgress, doneLine, lastOutput, readLast, startedLine } from './progress.ts'
import type { QuestionFrame } from './questions.ts'
import { stopFile, type TripWords } from './trip-words.ts'

/** One process to run on the host: a change, or a piece that goes before it. */
export interface Step {
  readonly text: string
  readonly timeoutSeconds: number
}

export interface TripRequest {
  readonly words: TripWords
  readonly steps: readonly Step[]
  readonly questions: readonly QuestionFrame[]
  /** For all questions: they only look, and one that hangs must not hold the host's lock for ever. */
  readonly questionsSeconds: number
  /** Left out in check mode: a check takes no lock and writes nothing. */
  readonly lock: { readonly holder: string; readonly waitSeconds: number } | undefined
  /**
   * The record's word of the last trip with steps that the plans know of; where there was another since, no step is
   * made. `undefined`: made whatever was before.
   */
  readonly after: string | undefined
}

/** The steps whose output is sent while they run are those that may take longer than this. */
const STREAMED_FROM_SECONDS = 60
const KILL_AFTER_SECONDS = 10
/** What a step leaves running may hold its output open: the end of that is not waited for longer. */
const OUTPUT_END_SECONDS = 1
/**
 * The first and the last of what a step prints are kept, this much of each: /run is small, and a command may print for
 * hours.
 */
const KEPT_BYTES = 1 << 20
/** The beginning of what it prints while it runs. */
export const PROGRESS_CAP_BYTES = 262_144

/**
 * The trip as one `{ … }`: cut short on its way, the shell refuses it whole. Every frame is a line `MARK what …` on
 * stdout (and on stderr `MARK begin`, `MARK answered N`); `MARK end` closes both streams.
 */
export function tripScript(request: TripRequest): string {
  const { words, lock, steps, questions, questionsSeconds } = request
  const { mark } = words
  return [
    '{',
    `trap : PIPE HUP`,
    `export LC_ALL=C PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin; umask 022; cd /`,
    // What a login may bring along: systemctl(1) and others take their flags only in front by it; noclobber, noglob and
    // allexport come with bash's SHELLOPTS.
    'unset POSIXLY_CORRECT CDPATH BASH_ENV ENV; set +f +C +a',
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
    ...(steps.length > 0
      ? [
          `rm -f "$run"/in.*; [ ! "$go" ] || rm -f "$run"/out.*; [ ! -e ${stopFile(words)} ] || rm -f ${stopFile(words)}`,
        ]
      : []),
    ...(lock ? [UNLOCK] : []),
    // Only now: where nobody reads, the shell stands still here, and must not hold the lock.
    `[ ! "$hung" ] || say hung`,
    `printf '\\n%s end\\n' ${mark}; printf '\\n%s end\\n' ${mark} >&2`,
    '}',
    '',
  ].join('\n')
}

/** What a trip and the questions of every module call. */
const NEEDED = ['timeout', 'find', 'sha256sum', 'base64', 'stat', 'head', 'tail', 'dd', 'stdbuf', 'mkfifo']

const needsLines = (programs: readonly string[]): readonly string[] => [
  `for p in ${programs.join(' ')}; do command -v "$p" >/dev/null || m="$m $p"; done`,
  `[ ! "$m" ] || { say broken "there is no$m in $PATH on the host: install coreutils, findutils and util-linux"; go=; }`,
]

const cannotWrite = (file: string): string =>
  `say broken "cannot write ${file}: is its file system full or read-only? (df -h, df -i, mount)"`

// The holder's name is written beside the lock, so that who waits can say for whom. A redirection that fails ends the
// shell for `exec` and `:`, not for printf.
const lockLines = (
  words: TripWords,
  { holder, waitSeconds }: { holder: string; waitSeconds: number },
): readonly string[] => [
  'if [ "$MAILRUN_RUN_DIR" ]; then run=$MAILRUN_RUN_DIR; elif [ -w /run ]; then run=/run/mailrun; else run=/tmp/mailrun-$(id -u); fi; export run',
  '[ "$go" ] && { [ -d "$run" ] || mkdir -p -m 0700 -- "$run" 2>/dev/null; }',
  // In /tmp anybody may have made it.
  `if [ -d "$run" ] && { [ ! -O "$run" ] || [ -L "$run" ]; }; then say broken "$run is not $(id -un)'s own folder"; go=; fi`,
  `if [ ! "$go" ]; then :; elif { printf '' >> "$run/lock"; } 2>/dev/null; then exec 9>>"$run/lock"; else ${cannotWrite('$run/lock')}; go=; fi`,
  'if [ "$go" ] && ! flock -n 9; then',
  // Who has just got the lock is about to write its name.
  `  h=; for i in 1 2 3 4 5 6 7 8 9 10; do [ -r "$run/holder" ] && IFS= read -r h < "$run/holder"; [ "$h" ] && break; sleep 0.1; done; say waiting "$h"`,
  `  flock -w ${waitSeconds} 9 || { say locked "$h"; go=; }`,
  'fi',
  `[ "$go" ] && ${readLast(words)} && say last "$last"`,
  `[ "$go" ] && held=1 && { printf '%s\\n' ${quote(holder)} > "$run/holder"; } 2>/dev/null`,
]

/** The name goes with the lock: the next one to wait must not be told of somebody who has left. */
const UNLOCK = `[ "$held" ] && { printf '' > "$run/holder"; } 2>/dev/null; exec 9>&-`

function stepsLines({ words, steps, after }: TripRequest): readonly string[] {
  return [
    ...(after === undefined ? [] : [`if [ "$go" ] && [ "$last" != ${quote(after)} ]; then say stale; more=; fi`]),
    `if [ "$go" ] && [ "$more" ] && ! { ${beginProgress(words)}; } 2>/dev/null; then ${cannotWrite('$run/progress')}; go=; fi`,
    KEEP,
    `if [ "$go" ] && [ "$more" ]; then rm -f "$run"/out.* "$run"/in.*; mkfifo -m 0600 -- "$run/in.end" ${steps.map((_, index) => input(words, index)).join(' ')} 2>/dev/null || { ${cannotWrite('$run')}; go=; }; fi`,
    ...steps.flatMap((step, index) => stepLines(words, step, index)),
  ]
}

/** The pipe that a step writes to: of this trip alone, for what an earlier one left running may still read its own. */
const input = ({ pipe }: TripWords, index: number): string => `"$run/in.${pipe}.${index}"`

/**
 * Keeps the first and the last of what comes by the pipe $1: $2, and after that $2.a and $2.b. Says by in.end that it
 * came to the end. Goes on reading where a step leaves something running, or cannot write: nobody is to die of its
 * output.
 */
const KEEP = `keep() {
exec 9>&-; umask 077; {
stdbuf -o0 head -c ${KEPT_BYTES} > "$2"
while [ -p "$1" ] && dd bs=8192 count=${KEPT_BYTES / 8192} status=none > "$2.b"; do
[ -s "$2.b" ] || { echo 1<> "$run/in.end"; exit; }
mv -f -- "$2.b" "$2.a"
done
cat > /dev/null
[ ! -p "$1" ] || echo 1<> "$run/in.end"
} < "$1" 2>/dev/null
}`

function stepLines(words: TripWords, { text, timeoutSeconds }: Step, index: number): readonly string[] {
  const { mark, outdated } = words
  const streamed = timeoutSeconds > STREAMED_FROM_SECONDS
  // A file for each: what a step leaves running must not write into the next one's.
  const out = `"$run/out.${index}"`
  return [
    'if [ "$go" ] && [ "$more" ]; then',
    // What a command prints may be secret, and stays after a failure: nobody else's to read.
    `umask 077; if [ -e ${stopFile(words)} ]; then say stopped; go=; elif ! { printf '' > ${out}; } 2>/dev/null; then ${cannotWrite('$run')}; go=; else say start ${index} || go=; fi; umask 022`,
    'if [ "$go" ]; then',
    startedLine(index),
    // The part has a process, an input and an output of its own: it outlives the connection, and cannot eat the script.
    `exec 8<>"$run/in.end"; keep ${input(words, index)} ${out} 8>&- >/dev/null 2>&1 </dev/null & k=$!`,
    `timeout -k ${KILL_AFTER_SECONDS} ${timeoutSeconds} sh 8>&- > ${input(words, index)} 2>&1 <<'${mark}-text'${streamed ? ' &' : ''}`,
    // timeout(1) keeps the lock as long as the part runs, should this shell be killed; nothing else of the part does.
    'exec 9>&-',
    withOutdated(outdated, text),
    `${mark}-text`,
    ...(streamed
      ? [
          'p=$!',
          `tail -s 0.1 -c +1 -f --pid="$p" -- ${out} 2>/dev/null 8>&- 9>&- | head -c ${PROGRESS_CAP_BYTES} 2>/dev/null 8>&- 9>&- & t=$!`,
          // A signal with a trap ends `wait` early.
          'wait "$p"; rc=$?; while kill -0 "$p" 2>/dev/null; do wait "$p"; rc=$?; done',
        ]
      : ['rc=$?']),
    `timeout ${OUTPUT_END_SECONDS} head -n 1 <&8 >/dev/null 2>&1 9>&- || rm -f -- ${input(words, index)}; exec 8>&-${streamed ? '; wait "$t"' : ''}`,
    doneLine(index),
    `say output ${index}; ${lastOutput(out)}`,
    `[ "$rc" = 0 ] || [ "$rc" = ${OUTDATED_STATUS} ] || [ -w /run ] || ${NOT_ROOT}`,
    `say done ${index} $rc || go=`,
    // What says that its plan is outdated is asked about again; what fails ends the trip.
    `if [ "$rc" = ${OUTDATED_STATUS} ] && [ "$(tail -c ${outdated.length} -- ${out})" = ${outdated} ]; then more=; elif [ "$rc" != 0 ]; then go=; fi`,
    'fi; fi',
  ]
}

const NOT_ROOT = `echo "(as $(id -un), who is not root: for what only root may do, become root: --become, or ansible_become: true)"`

const asks = (mark: string, index: number): string => `\\n${mark} ask ${index}\\n`

/** What one answer ends with, and what the next begins with, by one write: each is a packet on the wire. */
const answered = (mark: string, index: number, more: boolean): string =>
  `printf '\\n${mark} answered ${index} %s\\n${more ? asks(mark, index + 1) : ''}' $? 2>/dev/null || exit; printf '\\n${mark} answered ${index}\\n' >&2`

/** `eval` in a subshell: a question with a syntax error fails alone. */
const questionsLines = (mark: string, questions: readonly QuestionFrame[], seconds: number): readonly string[] => [
  'if [ "$go" ]; then',
  `timeout -k ${KILL_AFTER_SECONDS} ${seconds} sh 9>&- <<'${mark}-questions'`,
  '{',
  `printf '${asks(mark, 0)}' 2>/dev/null || exit`,
  ...questions.map(
    ({ text }, index) => `( eval ${quote(text)} ) </dev/null; ${answered(mark, index, index + 1 < questions.length)}`,
  ),
  '}',
  `${mark}-questions`,
  'case $? in 124|137) hung=1;; esac',
  'fi',
]
