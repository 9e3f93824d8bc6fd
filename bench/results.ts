// What a bench found, as it is kept in bench/results/NAME.json, and statistics on it.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** One thing measured several times. */
export interface Measured {
  /** What was done: `nothing to do`. */
  readonly job: string
  /** At which size or round trip; what the number counts is the section's to say. */
  readonly at: number
  /** Who did it: `mailrun`, `Ansible`. */
  readonly who: string
  /** `s`, `ms`, `kB`, or what is counted: `round trips`. */
  readonly unit: string
  readonly values: readonly number[]
}

export interface Results {
  readonly bench: string
  /** `2026-11-28` */
  readonly day: string
  readonly machine: string
  readonly versions: Readonly<Record<string, string>>
  /** How many processes of others ran or waited before it began, in the mean of a minute: getloadavg(3). */
  readonly load?: number
  /** That it all took. */
  readonly minutes: number
  readonly measured: readonly Measured[]
}

/** By name of the bench; those that never ran are missing. */
export type AllResults = ReadonlyMap<string, Results>

const pathOf = (root: string, bench: string): string => join(root, 'bench/results', `${bench}.json`)

/** @param root - of the repository, or of the place that stands for it */
export function readResults(root: string, benches: readonly string[]): AllResults {
  return new Map(
    benches.flatMap((bench): [string, Results][] => {
      try {
        return [[bench, JSON.parse(readFileSync(pathOf(root, bench), 'utf8')) as Results]]
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
        throw error
      }
    }),
  )
}

/** One measured thing a line, so that a difference can be read. */
export function writeResults(root: string, results: Results): void {
  const path = pathOf(root, results.bench)
  mkdirSync(dirname(path), { recursive: true })
  const { measured, ...head } = results
  const rounded = measured.map((each) =>
    JSON.stringify({ ...each, values: each.values.map((value) => Number(value.toPrecision(4))) }),
  )
  const opening = JSON.stringify(head, null, 2).replace(/\n\}$/, '')
  writeFileSync(path, `${opening},\n  "measured": [\n    ${rounded.join(',\n    ')}\n  ]\n}\n`)
}

/** Of two in the middle their mean. @throws RangeError where there is no value */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = (sorted.length - 1) / 2
  const [low, high] = [sorted[Math.floor(middle)], sorted[Math.ceil(middle)]]
  if (low === undefined || high === undefined) throw new RangeError('there is no median of no values')
  return (low + high) / 2
}

/** All that tells one measured thing from another. */
type Key = Omit<Measured, 'values'>
const KEYS = ['job', 'at', 'who', 'unit'] as const satisfies readonly (keyof Key)[]

/** The median of what was measured; `undefined` where it was not. */
export const medianOf = (results: Results | undefined, wanted: Key): number | undefined =>
  medianAmong(results?.measured ?? [], wanted)

export function medianAmong(measured: readonly Measured[], wanted: Key): number | undefined {
  const found = measured.find((each) => KEYS.every((key) => each[key] === wanted[key]))
  return found === undefined ? undefined : median(found.values)
}
