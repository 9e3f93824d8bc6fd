// How a function's time grows with its input.

/** What takes less is noise: there the text is doubled on. */
const NOISE_MS = 15
/** At the largest size; what takes less is not looked at again. */
const QUICK_MS = 4
const [SMALLEST, LARGEST, FARTHEST] = [6 << 10, 48 << 10, 96 << 10] as const
/** For each doubling. */
const MOST = 3
const RUNS = 4

export interface Growth {
  readonly bytes: number
  readonly milliseconds: number
  readonly before: number
}

/**
 * The first doubling at which the time grows by more than it may; `undefined`: none does.
 *
 * @param run - of a size; returns its milliseconds.
 */
export function growthOf(run: (bytes: number) => number): Growth | undefined {
  if (run(SMALLEST) < NOISE_MS && run(LARGEST) < QUICK_MS) return undefined
  for (let bytes = 2 * SMALLEST; bytes <= FARTHEST; bytes *= 2) {
    const [before, milliseconds] = [least(bytes / 2, run), least(bytes, run)]
    const isSlow = milliseconds > NOISE_MS && milliseconds > MOST * before
    // Where only the garbage collector set in, it does not go on so.
    if (isSlow && least(bytes * 2, run) > MOST * milliseconds) return { bytes, milliseconds, before }
    if (bytes >= LARGEST && milliseconds > NOISE_MS) return undefined
  }
  return undefined
}

function least(bytes: number, run: (bytes: number) => number): number {
  let best = Infinity
  for (let count = 0; count < RUNS; count += 1) best = Math.min(best, run(bytes))
  return best
}
