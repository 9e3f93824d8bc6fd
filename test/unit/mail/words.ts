// Pseudo-random values for property tests: the same for a seed on every machine.

export interface Dice {
  below(limit: number): number
  pick<Value>(values: readonly Value[]): Value
  many<Value>(least: number, most: number, make: () => Value): readonly Value[]
}

export function dice(seed: number): Dice {
  let state = seed >>> 0
  const below = (limit: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * limit)
  }
  return {
    below,
    pick: (values) => values[below(values.length)]!,
    many: (least, most, make) => Array.from({ length: least + below(most - least + 1) }, make),
  }
}
