// How a function's time grows with its input.
import { collect } from './clock.ts'

/** Milliseconds that a run takes with so many bytes of input. */
export type Run = (bytes: number) => Promise<number>

/** What takes less is not distinguished from what V8 does beside it: there the text is doubled on. */
const TELLING_MS = 5
/** Whatever takes as long for so little is not tried on more. */
const [SLOW_MS, LITTLE] = [100, [96, 192, 384, 768, 1536, 3072]] as const
/** The sizes of the rule, and as far as the text is doubled on. */
const [SMALLEST, LARGEST, FARTHEST] = [6 << 10, 48 << 10, 192 << 10] as const
/**
 * For each doubling, of two on end, and of the two after these. Linear work may take some milliseconds more from one
 * size on, where a list comes to be a large object for V8, or its heap is collected.
 */
const MOST = 3
const STEP = 4
/** What takes as long grows too much, whatever comes next. */
const LONG_MS = 100
/** The least of so many runs is a time; growth is too much where it is so in each of so many rounds. */
const [RUNS, ROUNDS] = [4, 4] as const

export interface Growth {
  readonly bytes: number
  readonly milliseconds: number
  /** For a quarter of it. */
  readonly before: number
}

/** The first size at which the time has grown by more than it may; `undefined`: at none. */
export async function growthOf(run: Run): Promise<Growth | undefined> {
  for (const bytes of LITTLE) {
    const milliseconds = await run(bytes)
    if (milliseconds > SLOW_MS && (await run(bytes)) > SLOW_MS)
      return { bytes, milliseconds, before: await run(bytes / STEP) }
  }
  if (await isQuick(run)) return undefined
  for (let bytes = STEP * SMALLEST; bytes <= FARTHEST; bytes *= 2) {
    const growth = await excess(bytes, run)
    if (growth !== undefined) return growth
    if (bytes >= LARGEST && (await run(bytes)) > TELLING_MS) return undefined
  }
  return undefined
}

/** Quick on the largest text; where that tells little, on four times as much too, or no slower than it may be. */
async function isQuick(run: Run): Promise<boolean> {
  const smallest = await run(SMALLEST)
  const largest = smallest > TELLING_MS ? smallest : await run(LARGEST)
  if (largest > TELLING_MS) return false
  if (largest < TELLING_MS / 10) return true
  return (await run(FARTHEST)) < Math.max(TELLING_MS, MOST * MOST * largest)
}

/** Measured again as long as it is too much, up to ROUNDS times: what happens by chance does not stay. */
async function excess(bytes: number, run: Run): Promise<Growth | undefined> {
  let growth: Growth | undefined
  for (let round = 0; round < ROUNDS; round += 1) {
    const runs = round === 0 ? 2 : RUNS
    const milliseconds = await least(bytes, run, runs)
    if (milliseconds < TELLING_MS) return undefined
    const before = await least(bytes / STEP, run, runs)
    if (milliseconds <= MOST * MOST * before) return undefined
    growth = { bytes, milliseconds, before }
  }
  return growth !== undefined && (growth.milliseconds > LONG_MS || (await goesOn(bytes, run))) ? growth : undefined
}

const goesOn = async (bytes: number, run: Run): Promise<boolean> =>
  (await least(bytes * STEP, run, RUNS)) > MOST * MOST * (await least(bytes, run, RUNS))

async function least(bytes: number, run: Run, runs: number): Promise<number> {
  let best = Infinity
  for (let count = 0; count < runs; count += 1) {
    collect()
    best = Math.min(best, await run(bytes))
  }
  return best
}
