// A seedable source of choices that remembers them, so that what was made of them can be made smaller.

export interface Random {
  /** 0 to `count` - 1. */
  below(count: number): number
  /** One in `count`. */
  oneIn(count: number): boolean
  pick<T>(from: readonly T[]): T
  /** As many as `most`, few more often than many. */
  list<T>(most: number, each: (index: number) => T): readonly T[]
  /** The choices so far, all that a case is made of. */
  readonly choices: readonly number[]
}

/** @param seed - any whole number; equal seeds choose alike. */
export function randomOf(seed: number): Random {
  let state = (seed ^ 0x9e3779b9) >>> 0
  return choosing(() => {
    // mulberry32: small, fast, and good enough to choose inputs by.
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return (mixed ^ (mixed >>> 14)) >>> 0
  })
}

/** Makes these choices again; after the last one the first of everything is chosen. */
export function replayOf(choices: readonly number[]): Random {
  let at = 0
  return choosing(() => choices[at++] ?? 0)
}

function choosing(next: () => number): Random {
  const choices: number[] = []
  const random: Random = {
    choices,
    below(count) {
      const choice = next() % count
      choices.push(choice)
      return choice
    },
    oneIn: (count) => random.below(count) === count - 1,
    pick: (from) => from[random.below(from.length)]!,
    list(most, each) {
      const items = []
      while (items.length < most && random.below(3) !== 0) items.push(each(items.length))
      return items
    },
  }
  return random
}

/** A seed of its own for each case of each target. */
export function mixed(seed: number, target: string, index: number): number {
  let hash = 0x811c9dc5 ^ seed
  for (const char of `${target} ${index}`) hash = Math.imul(hash ^ char.codePointAt(0)!, 0x01000193)
  return hash >>> 0
}
