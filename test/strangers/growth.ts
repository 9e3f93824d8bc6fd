// How a function's time grows with its input.

/** What takes less is noise. */
const NOISE_MS = 15
const SIZES = [6, 12, 24, 48].map((kilobytes) => kilobytes * 1024)
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
  if (run(SIZES[0]!) < NOISE_MS && run(SIZES.at(-1)!) < NOISE_MS) return undefined
  for (const bytes of SIZES.slice(1)) {
    const [before, milliseconds] = [least(bytes / 2, run), least(bytes, run)]
    const isSlow = milliseconds > NOISE_MS && milliseconds > MOST * before
    // Where only the garbage collector set in, it does not go on so.
    if (isSlow && least(bytes * 2, run) > MOST * milliseconds) return { bytes, milliseconds, before }
  }
  return undefined
}

function least(bytes: number, run: (bytes: number) => number): number {
  let best = Infinity
  for (let count = 0; count < RUNS; count += 1) best = Math.min(best, run(bytes))
  return best
}
