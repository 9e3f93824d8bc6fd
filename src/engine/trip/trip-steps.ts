// The part of a trip's script that makes its steps. Each step is a process of its own that continues if the connection
// is lost.
import { gzipSync } from 'node:zlib'
import { FILES } from '../../resources/files/program/files.ts'
import { FILES_PROGRAM } from '../../resources/files/program/program.ts'
import { quote } from '../../shell/quote.ts'
import { OUTDATED_STATUS, withOutdated } from '../../shell/outdated.ts'
import { once } from '../../text/once.ts'
import { beginProgress, doneLine, lastOutput, startedLine } from './progress.ts'
import { cannotWrite } from './trip-lock.ts'
import type { Step, TripRequest } from './trip-request.ts'
import { stopFile, type TripWords } from './trip-words.ts'

/** The steps whose output is sent while they run are those that may take longer than this. */
const STREAMED_FROM_SECONDS = 60
/** For what does not end when it is asked to. */
export const KILL_AFTER_SECONDS = 10
/** What a step leaves running may hold its output open: the end of that is not waited for longer. */
const OUTPUT_END_SECONDS = 1
/**
 * The first and the last of what a step prints are kept, this much of each: /run is small, and a command may print for
 * hours.
 */
const KEPT_BYTES = 1 << 20
/** The beginning of what it prints while it runs. */
export const PROGRESS_CAP_BYTES = 262_144

export function stepsLines({ words, steps, after }: TripRequest): readonly string[] {
  const inputs = steps.map((_, index) => input(words, index))
  return [
    ...(after === undefined ? [] : [staleLines(after)]),
    `if [ "$go" ] && [ "$more" ] && ! { ${beginProgress(words)}; } 2>/dev/null; then
  ${cannotWrite('$run/progress')}
  go=
fi`,
    ...(steps.some(({ text }) => text.includes(FILES)) ? [filesLines()] : []),
    KEEP,
    `if [ "$go" ] && [ "$more" ]; then
  rm -f "$run"/out.* "$run"/in.*
  mkfifo -m 0600 -- "$run/in.end" ${inputs.join(' ')} 2>/dev/null || {
    ${cannotWrite('$run')}
    go=
  }
fi`,
    ...steps.flatMap((step, index) => stepLines(words, step, index)),
  ]
}

const staleLines = (after: string): string => `if [ "$go" ] && [ "$last" != ${quote(after)} ]; then
  say stale
  more=
fi`

const filesPacked = once(() => gzipSync(FILES_PROGRAM, { level: 9 }).toString('base64'))
/** Once for all steps: packed it is less than half its size. */
const filesLines = (): string => `if [ "$go" ] && [ "$more" ]; then
  { printf %s ${filesPacked()} | base64 -d | gzip -dc > ${FILES}; } 2>/dev/null || {
    ${cannotWrite('$run/files')}
    go=
  }
fi`

/** The pipe that a step writes to: of this trip alone, for what an earlier one left running may still read its own. */
const input = ({ pipe }: TripWords, index: number): string => `"$run/in.${pipe}.${index}"`

/**
 * Keeps the first and the last of what comes by the pipe $1: $2, and after that $2.a and $2.b. Says by in.end that it
 * came to the end. Goes on reading where a step leaves something running, or cannot write: nobody is to die of its
 * output.
 */
const KEEP = `keep() {
  exec 9>&-
  umask 077
  {
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
  const pipe = input(words, index)
  return [
    'if [ "$go" ] && [ "$more" ]; then',
    beginLines(stopFile(words), out, index),
    'if [ "$go" ]; then',
    startedLine(index),
    // The part has a process, an input and an output of its own: it outlives the connection, and cannot eat the script.
    'exec 8<>"$run/in.end"',
    `keep ${pipe} ${out} 8>&- >/dev/null 2>&1 </dev/null & k=$!`,
    `timeout -k ${KILL_AFTER_SECONDS} ${timeoutSeconds} sh 8>&- > ${pipe} 2>&1 <<'${mark}-text'${streamed ? ' &' : ''}`,
    // timeout(1) keeps the lock as long as the part runs, should this shell be killed; nothing else of the part does.
    'exec 9>&-',
    withOutdated(outdated, text),
    `${mark}-text`,
    ...(streamed ? streamLines(out) : ['rc=$?']),
    `timeout ${OUTPUT_END_SECONDS} head -n 1 <&8 >/dev/null 2>&1 9>&- || rm -f -- ${pipe}`,
    'exec 8>&-',
    ...(streamed ? ['wait "$t"'] : []),
    doneLine(index),
    `say output ${index}`,
    lastOutput(out),
    `[ "$rc" = 0 ] || [ "$rc" = ${OUTDATED_STATUS} ] || [ -w /run ] ||
  ${NOT_ROOT}`,
    `say done ${index} $rc || go=`,
    endLines(outdated, out),
    'fi; fi',
  ]
}

/** What a command prints may be secret, and stays after a failure: nobody else's to read. */
const beginLines = (stop: string, out: string, index: number): string => `umask 077
if [ -e ${stop} ]; then
  say stopped
  go=
elif ! { printf '' > ${out}; } 2>/dev/null; then
  ${cannotWrite('$run')}
  go=
else
  say start ${index} || go=
fi
umask 022`

/** Sends what the step in `p` prints, as it comes, and waits for its end. */
const streamLines = (out: string): readonly string[] => [
  'p=$!',
  `tail -s 0.1 -c +1 -f --pid="$p" -- ${out} 2>/dev/null 8>&- 9>&- |
  stdbuf -o0 head -c ${PROGRESS_CAP_BYTES} 2>/dev/null 8>&- 9>&- & t=$!`,
  'wait "$p"',
  'rc=$?',
  // A signal with a trap ends `wait` early.
  `while kill -0 "$p" 2>/dev/null; do
  wait "$p"
  rc=$?
done`,
]

/** What says that its plan is outdated is asked about again; what fails ends the trip. */
const endLines = (outdated: string, out: string): string =>
  `if [ "$rc" = ${OUTDATED_STATUS} ] && [ "$(tail -c ${outdated.length} -- ${out})" = ${outdated} ]; then
  more=
elif [ "$rc" != 0 ]; then
  go=
fi`

const NOT_ROOT =
  'echo "(as $(id -un), who is not root: for what only root may do, become root: --become, or ansible_become: true)"'
