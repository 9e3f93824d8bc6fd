// Medians of a set of results, and comparisons of two of them. Pure functions.
import { medianOf, type AllResults, type Measured } from '../results.ts'

/** A measured thing, without its size. */
export type Of = Omit<Measured, 'values' | 'at'>

/** A number for each `at` at which something was measured. */
export type ByPlace = ReadonlyMap<number, number>

export interface Medians {
  readonly value: (bench: string, of: Of, at: number) => number | undefined
  readonly alone: (bench: string, ats: readonly number[], of: Of) => ByPlace
  /** Compares two medians at the same `at`. */
  readonly compared: (
    bench: string,
    ats: readonly number[],
    one: Of,
    other: Of,
    how: (one: number, other: number) => number,
  ) => ByPlace
}

export function mediansOf(all: AllResults): Medians {
  const value: Medians['value'] = (bench, of, at) => medianOf(all.get(bench), { ...of, at })
  return {
    value,
    alone: (bench, ats, of) => byPlace(ats, (at) => value(bench, of, at)),
    compared: (bench, ats, one, other, how) =>
      byPlace(ats, (at) => {
        const [a, b] = [value(bench, one, at), value(bench, other, at)]
        return a === undefined || b === undefined ? undefined : how(a, b)
      }),
  }
}

function byPlace(ats: readonly number[], valueAt: (at: number) => number | undefined): ByPlace {
  return new Map(
    ats.flatMap((at): [number, number][] => {
      const found = valueAt(at)
      return found === undefined ? [] : [[at, found]]
    }),
  )
}
