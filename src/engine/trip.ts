// Writes one trip: the lock, the changes, then the questions, as one script that runs whole or not at all.
import { quote } from '../shell/quote.ts'
import { OUTDATED, OUTDATED_STATUS } from '../shell/outdated.ts'
import { beginProgress, doneLine, readLast, startedLine } from './progress.ts'
import type { QuestionFrame } from './questions.ts'

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
  /** The mark of the last trip with steps that the plans know of; where there was another since, no step is made. `undefined`: made whatever was before. */
  readonly after: string | undefined
  /** A script that finds this file starts no further step. */
  readonly stopFile: string
}

/** The steps whose output is sent while they run are those that may take longer than this. */
const STREAMED_FROM_SECONDS = 60
const KILL_AFTER_SECONDS = 10
/** The end of what a change printed. */
export const OUTPUT_CAP_BYTES = 65_536
/** The beginning of what it prints while it runs. */
export const PROGRESS_CAP_BYTES = 262_144

/**
 * The trip as one `{ … }`: cut short on its way, the shell refuses it whole.
 * Every frame is a line `MARK what …` on stdout (and on stderr `MARK begin`, `MARK answered N`); `MARK end` closes both streams.
 */
export function tripScript(request: TripRequest): string {
  const { mark, lock, steps, questions, questionsSeconds, stopFile } = request
  return [
    '{',
    `trap : PIPE HUP`,
    `export LC_ALL=C PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin ${OUTDATED}=${mark}; umask 022; cd /`,
    // `go`: the questions are to be asked; `more`: further steps may begin.
    `go=1 more=1 held= run= hung=`,
    // Whatever stands before it on stderr (a login banner) belongs to no question.
    `printf '\\n%s begin\\n' ${mark} >&2`,
    sayFunction(mark),
    ...(lock ? lockLines(mark, lock) : []),
    ...(steps.length > 0 ? stepsLines(request) : []),
    ...(questions.length > 0 ? questionsLines(mark, questions, questionsSeconds) : []),
    // After a failure the output stays, for whoever lost the connection and asks.
    ...(steps.length > 0 ? [`[ ! "$go" ] || rm -f "$run"/out.*; [ ! -e ${stopFile} ] || rm -f ${stopFile}`] : []),
    ...(lock ? [UNLOCK] : []),
    // Only now: where nobody reads, the shell stands still here, and must not hold the lock.
    `[ ! "$hung" ] || say hung`,
    `printf '\\n%s end\\n' ${mark}; printf '\\n%s end\\n' ${mark} >&2`,
    '}',
    '',
  ].join('\n')
}

const sayFunction = (mark: string): string => `say() { printf '\\n${mark} %s\\n' "$*" 2>/dev/null; }`

// The holder's name is written beside the lock, so that who waits can say for whom. A redirection that fails ends the shell for `exec` and `:`, not for printf.
const lockLines = (mark: string, { holder, waitSeconds }: { holder: string; waitSeconds: number }): readonly string[] => [
  'if [ "$MAILRUN_RUN_DIR" ]; then run=$MAILRUN_RUN_DIR; elif [ -w /run ]; then run=/run/mailrun; else run=$HOME/.mailrun; fi; export run',
  '[ -d "$run" ] || mkdir -p -m 0700 -- "$run" 2>/dev/null',
  `if { printf '' >> "$run/lock"; } 2>/dev/null; then exec 9>>"$run/lock"; else say broken "cannot write $run/lock"; go=; fi`,
  'if [ "$go" ] && ! flock -n 9; then',
  // Who has just got the lock is about to write its name.
  `  h=; for i in 1 2 3 4 5 6 7 8 9 10; do [ -r "$run/holder" ] && IFS= read -r h < "$run/holder"; [ "$h" ] && break; sleep 0.1; done; say waiting "$h"`,
  `  flock -w ${waitSeconds} 9 || { say locked "$h"; go=; }`,
  'fi',
  `[ "$go" ] && ${readLast(mark)} && say last "$last"`,
  `[ "$go" ] && held=1 && { printf '%s\\n' ${quote(holder)} > "$run/holder"; } 2>/dev/null`,
]

/** The name goes with the lock: the next one to wait must not be told of somebody who has left. */
const UNLOCK = `[ "$held" ] && { printf '' > "$run/holder"; } 2>/dev/null; exec 9>&-`

function stepsLines({ mark, steps, after, stopFile }: TripRequest): readonly string[] {
  return [
    ...(after === undefined ? [] : [`if [ "$go" ] && [ "$last" != ${quote(after)} ]; then say stale; more=; fi`]),
    `if [ "$go" ] && [ "$more" ] && ! { ${beginProgress(mark)}; } 2>/dev/null; then say broken "cannot write $run/progress"; go=; fi`,
    ...steps.flatMap((step, index) => stepLines(mark, stopFile, step, index)),
  ]
}

function stepLines(mark: string, stopFile: string, { text, timeoutSeconds }: Step, index: number): readonly string[] {
  const streamed = timeoutSeconds > STREAMED_FROM_SECONDS
  // A file for each: what a step leaves running must not write into the next one's.
  const out = `"$run/out.${index}"`
  return [
    'if [ "$go" ] && [ "$more" ]; then',
    // What a command prints may be secret, and stays after a failure: nobody else's to read.
    `umask 077; if [ -e ${stopFile} ]; then say stopped; go=; elif ! { printf '' > ${out}; } 2>/dev/null; then say broken "cannot write $run"; go=; else say start ${index} || go=; fi; umask 022`,
    'if [ "$go" ]; then',
    startedLine(index),
    // The part has a process, an input and an output of its own: it outlives the connection, and cannot eat the script.
    `timeout -k ${KILL_AFTER_SECONDS} ${timeoutSeconds} sh 9>&- > ${out} 2>&1 <<'${mark}-text'${streamed ? ' &' : ''}`,
    '{',
    text,
    '} </dev/null',
    `${mark}-text`,
    ...(streamed
      ? [
          'p=$!',
          `tail -s 0.1 -c +1 -f --pid="$p" -- ${out} 2>/dev/null 9>&- | head -c ${PROGRESS_CAP_BYTES} 2>/dev/null 9>&- &`,
          // A signal with a trap ends `wait` early.
          'wait "$p"; rc=$?; while kill -0 "$p" 2>/dev/null; do wait "$p"; rc=$?; done; wait',
        ]
      : ['rc=$?']),
    doneLine(index),
    `say output ${index}; [ -s ${out} ] && tail -c ${OUTPUT_CAP_BYTES} -- ${out}`,
    `say done ${index} $rc || go=`,
    // What says that its plan is outdated is asked about again; what fails ends the trip.
    `if [ "$rc" = ${OUTDATED_STATUS} ] && [ "$(tail -c ${mark.length} -- ${out})" = ${mark} ]; then more=; elif [ "$rc" != 0 ]; then go=; fi`,
    'fi; fi',
  ]
}

/** `eval` in a subshell: a question with a syntax error fails alone. */
const questionsLines = (mark: string, questions: readonly QuestionFrame[], seconds: number): readonly string[] => [
  'if [ "$go" ]; then',
  `timeout -k ${KILL_AFTER_SECONDS} ${seconds} sh 9>&- <<'${mark}-questions'`,
  '{',
  sayFunction(mark),
  ...questions.map(({ text }, index) => `say ask ${index} || exit; ( eval ${quote(text)} ) </dev/null; say answered ${index} $?; printf '\\n%s answered ${index}\\n' ${mark} >&2`),
  '}',
  `${mark}-questions`,
  'case $? in 124|137) hung=1;; esac',
  'fi',
]
