// The progress of a trip as the host records it beside its lock. mailrun asks for it after a lost connection, because
// the progress lines may be lost, too.
import { utf8 } from '../../core/probe/answer.ts'
import { defineProbe, type Probe } from '../../core/probe/probe.ts'
import { END, whole } from '../../core/probe/whole.ts'
import { raw } from '../../shell/script.ts'
import { tripWords, type TripWords } from './trip-words.ts'

/**
 * Shell text that begins the record of a trip, by its word for that; `$run` is the host's folder of working files.
 */
export const beginProgress = ({ record }: TripWords): string => `printf '%s\\n' ${record} > "$run/progress"`
/**
 * Shell text that sets `last` to the word of the last trip with steps, of whichever run. Where there was none since the
 * host booted, the record is begun under this trip's word: one that is gone later tells of a boot. Empty where it
 * cannot be written.
 */
export const readLast = (words: TripWords): string => `{
  last=
  [ -r "$run/progress" ] && IFS= read -r last < "$run/progress"
  [ "$last" ] || { { ${beginProgress(words)}; } 2>/dev/null && last=${words.record}; }
  :
}`
export const startedLine = (step: number): string => `printf 'start %s\\n' ${step} >> "$run/progress"`
export const doneLine = (step: number): string => `printf 'done %s %s\\n' ${step} "$rc" >> "$run/progress"`

/** The end of what a change printed. */
export const OUTPUT_CAP_BYTES = 65_536
/**
 * Shell text that prints the last of what a step printed, which is kept in up to three files. Where something between
 * them was dropped, nothing from before it, nor the line in which it was cut: that may begin in the middle of a secret.
 */
export function lastOutput(out: string): string {
  const kept = `if [ -e ${out}.a ]; then cat -- ${out}.a ${out}.b | tail -n +2; else cat -- ${out} ${out}.b; fi`
  return `[ -s ${out} ] && { ${kept} 2>/dev/null | tail -c ${OUTPUT_CAP_BYTES}; }`
}

export interface Progress {
  readonly started: ReadonlySet<number>
  /** Exit statuses by step. */
  readonly done: ReadonlyMap<number, number>
  /** What the last step printed. */
  readonly output: string
}

/** The record, an empty line, and what the last step printed. */
const READ_PROGRESS = [
  'cat "$run/progress"',
  'echo',
  's=',
  'while read -r w n x; do [ "$w" = start ] && s=$n; done < "$run/progress"',
  lastOutput('"$run/out.$s"'),
  END,
].join('; ')

/**
 * `undefined`: the record is another trip's, or there is none. Where it is still the one `before` this trip, its first
 * step was never begun. Goes with a trip that holds the lock.
 *
 * @param mark - the trip's.
 * @param before - the word of the record that the trip was made on.
 */
export const progressOf = (mark: string, before: string | undefined): Probe<Progress | undefined> =>
  defineProbe<Progress | undefined>({
    key: `progress ${mark}`,
    reads: [],
    script: raw(READ_PROGRESS),
    parse(answer) {
      const text = utf8(whole(answer, 'the record of the last trip cannot be read'))
      const end = text.indexOf('\n\n')
      const [first, ...lines] = text.slice(0, Math.max(0, end)).split('\n')
      if (first !== tripWords(mark).record)
        return first !== '' && first === before ? { started: new Set(), done: new Map(), output: '' } : undefined
      const words = lines.map((line) => line.split(' '))
      return {
        started: new Set(words.flatMap(([what, step]) => (what === 'start' ? [Number(step)] : []))),
        done: new Map(
          words.flatMap(([what, step, code]) => (what === 'done' ? [[Number(step), Number(code)] as const] : [])),
        ),
        output: text.slice(end + 2),
      }
    },
  })
