// Measures where the time of a host's run goes. At each moment one thing is going on.
import type { TimeKind, TimeSpent } from '../core/run-event.ts'

export interface Stopwatch {
  /** What went on until now has come to its end. @param of - which family of questions, or which task. */
  begins(kind: TimeKind, of?: string): void
  /** Nothing goes on any more, until something begins. */
  ends(): void
  /** In the order in which each came first. */
  spent(): readonly TimeSpent[]
}

/** @param now - milliseconds of a clock that only goes forward. */
export function stopwatch(now: () => number = () => performance.now()): Stopwatch {
  const sums = new Map<string, { readonly kind: TimeKind; readonly of: string | undefined; milliseconds: number }>()
  let current: { milliseconds: number } | undefined
  let since = 0
  const ends = (): void => {
    if (current !== undefined) current.milliseconds += now() - since
    current = undefined
  }
  return {
    begins(kind, of) {
      ends()
      const key = of === undefined ? kind : `${kind} ${of}`
      const sum = sums.get(key) ?? { kind, of, milliseconds: 0 }
      sums.set(key, sum)
      current = sum
      since = now()
    },
    ends,
    spent: () =>
      [...sums.values()].map(({ kind, of, milliseconds }) => ({
        kind,
        ...(of === undefined ? {} : { of }),
        seconds: milliseconds / 1000,
      })),
  }
}
