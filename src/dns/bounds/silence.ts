// Adds up the time in which nobody answered, of many waits that overlap.

/** One wait, from when it began. */
export interface Wait {
  /** Nobody answered: its time counts. */
  silent(): void
  /** An answer came: its time does not count, not even what was counted while it lasted. */
  answered(): void
}

export interface Silence {
  /** Time in which at least one wait lasts or ended silent; what several cover counts once. */
  milliseconds(): number
  begin(): Wait
}

/** @param now - in milliseconds; never goes back. */
export function silence(now: () => number = () => performance.now()): Silence {
  // In order of time; none touches another.
  const past: { readonly from: number; readonly to: number }[] = []
  // In the order in which they began.
  const lasting = new Set<{ readonly from: number }>()
  const keep = (from: number, to: number): void => {
    const last = past.at(-1)
    if (last === undefined || last.to < from) {
      past.push({ from, to })
      return
    }
    past.pop()
    keep(Math.min(from, last.from), to)
  }
  return {
    milliseconds() {
      const at = now()
      const [first] = lasting
      const since = first?.from ?? at
      return past.reduce((sum, { from, to }) => sum + Math.max(0, Math.min(to, since) - from), at - since)
    },
    begin() {
      const wait = { from: now() }
      lasting.add(wait)
      return {
        answered: () => void lasting.delete(wait),
        silent() {
          if (lasting.delete(wait)) keep(wait.from, now())
        },
      }
    },
  }
}
