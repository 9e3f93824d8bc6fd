// Runs the contenders of a benchmark in turns, so that other work of the machine affects all of them alike.
import type { Measured } from './results.ts'

/** By unit: `{ s: 1.2, 'round trips': 3 }`. */
export type Values = Readonly<Record<string, number>>

export interface Contender {
  readonly who: string
  /** Runs in each round; slow ones make one, and quick ones several between them. */
  readonly turns: number
  run(): Promise<Values>
}

export interface Limits {
  /** At most; one is always made. */
  readonly rounds: number
  /** No round begins that would, taking as long as the last, end later than this. */
  readonly seconds: number
}

/** Every value that each contender gave, by unit; a line a turn goes to standard error. */
export async function alternate(
  job: string,
  at: number,
  contenders: readonly Contender[],
  { rounds, seconds }: Limits,
): Promise<readonly Measured[]> {
  const found = new Map<string, { readonly who: string; readonly unit: string; readonly values: number[] }>()
  const began = performance.now()
  let last = 0
  for (
    let round = 0;
    round < rounds && (round === 0 || (performance.now() - began + last) / 1000 <= seconds);
    round += 1
  ) {
    const start = performance.now()
    for (const { who, run } of orderOf(contenders, round)) {
      const values = await run()
      process.stderr.write(
        `bench: ${job}, ${at}: ${who} ${Object.entries(values)
          .map(([unit, value]) => `${Number(value.toPrecision(4))} ${unit}`)
          .join(', ')}\n`,
      )
      for (const [unit, value] of Object.entries(values)) {
        const key = `${who}\n${unit}`
        const entry = found.get(key) ?? { who, unit, values: [] }
        entry.values.push(value)
        found.set(key, entry)
      }
    }
    last = performance.now() - start
  }
  // In the order of the contenders, whoever began.
  return contenders.flatMap(({ who }) =>
    [...found.values()].filter((each) => each.who === who).map(({ unit, values }) => ({ job, at, who, unit, values })),
  )
}

/** Who runs when in a round: those with several turns between the others, and another one first in each round. */
export function orderOf(contenders: readonly Contender[], round: number): readonly Contender[] {
  const most = Math.max(...contenders.map(({ turns }) => turns))
  const rotated = contenders.map((_, index) => contenders[(index + round) % contenders.length]!)
  return Array.from({ length: most }, (_, turn) =>
    rotated.filter(({ turns }, index) => {
      // Spread over the passes, and not all that have one turn in the same.
      const shift = (index * most) / rotated.length
      return Math.floor(((turn + shift + 1) * turns) / most) > Math.floor(((turn + shift) * turns) / most)
    }),
  ).flat()
}
