// The part of a trip's script that makes its steps. Each step is a process of its own that continues if the connection
// is lost.
import { FILES } from '../../resources/files/program/files.ts'
import { filesProgram } from '../../resources/files/program/program.ts'
import { quote } from '../../shell/quote.ts'
import { OUTDATED_STATUS, withOutdated } from '../../shell/outdated.ts'
import { beginProgress, doneLine, lastOutput, startedLine } from './progress.ts'
import { cannotWrite } from './trip-lock.ts'
import type { Step, TripRequest } from './trip-request.ts'
import { STEP_PROGRAM } from './step-program.ts'
import { stopFile, type TripWords } from './trip-words.ts'

/** The steps whose output is sent while they run are those that may take longer than this. */
const STREAMED_FROM_SECONDS = 60
/** The beginning of what it prints while it runs. */
export const PROGRESS_CAP_BYTES = 262_144

export function stepsLines({ words, steps, after }: TripRequest): readonly string[] {
  const texts = steps.map(({ text }) => text)
  return [
    ...(after === undefined ? [] : [staleLines(after)]),
    `if [ "$go" ] && [ "$more" ] && ! { ${beginProgress(words)}; } 2>/dev/null; then
  ${cannotWrite('$run/progress')}
  go=
fi`,
    ...(texts.some((text) => text.includes(FILES)) ? [filesLines(filesProgram(texts))] : []),
    SWEEP,
    `step=${quote(STEP_PROGRAM)}`,
    ...steps.flatMap((step, index) => stepLines(words, step, index)),
  ]
}

/** The output of a trip that failed stays until the next one with steps. */
const SWEEP = `if [ "$go" ] && [ "$more" ]; then
  for f in "$run"/out.* "$run"/in.*; do
    [ ! -e "$f" ] || {
      rm -f "$run"/out.* "$run"/in.*
      break
    }
  done
fi`

const staleLines = (after: string): string => `if [ "$go" ] && [ "$last" != ${quote(after)} ]; then
  say stale
  more=
fi`

/** Once for all steps. */
const filesLines = (program: string): string => `if [ "$go" ] && [ "$more" ]; then
  { printf %s ${quote(program)} > ${FILES}; } 2>/dev/null || {
    ${cannotWrite('$run/files')}
    go=
  }
fi`

function stepLines(words: TripWords, { text, timeoutSeconds }: Step, index: number): readonly string[] {
  const { mark, outdated } = words
  // A file for each: what a step leaves running must not write into the next one's.
  const out = `"$run/out.${index}"`
  const sent = timeoutSeconds > STREAMED_FROM_SECONDS ? PROGRESS_CAP_BYTES : 0
  return [
    'if [ "$go" ] && [ "$more" ]; then',
    beginLines(stopFile(words), out, index),
    'if [ "$go" ]; then',
    startedLine(index),
    // The part has a process, an input and an output of its own: it outlives the connection, and cannot eat the script.
    `perl -e "$step" ${out} ${timeoutSeconds} ${sent} <<'${mark}-text'`,
    // timeout(1) keeps the lock as long as the part runs, should this shell be killed; nothing else of the part does.
    'exec 9>&-',
    withOutdated(outdated, text),
    `${mark}-text`,
    'rc=$?',
    // Without a word: the trip is broken off, and the host is asked what became of the step.
    `[ -k ${out} ] || exit`,
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

/** What says that its plan is outdated is asked about again; what fails ends the trip. */
const endLines = (outdated: string, out: string): string =>
  `if [ "$rc" = ${OUTDATED_STATUS} ] && [ "$(tail -c ${outdated.length} -- ${out})" = ${outdated} ]; then
  more=
elif [ "$rc" != 0 ]; then
  go=
fi`

const NOT_ROOT =
  'echo "(as $(id -un), who is not root: for what only root may do, become root: --become, or ansible_become: true)"'
