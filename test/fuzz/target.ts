// What is fuzzed: how an input is made, and what must hold of it.
import type { Random } from './random.ts'

export interface Target<Input = unknown> {
  readonly name: string
  /** A case takes this many times as long as others: so many fewer are made. */
  readonly slow?: number
  make(random: Random): Input
  /** Throws where the input is misread, or where anything but a known error is thrown. */
  check(input: Input): void | Promise<void>
}

/** Its input's type is its own affair. */
export const target = <Input>(definition: Target<Input>): Target => definition

/** A target out of a stream of cases that is made from a seed. */
export const ofCases = <Input>(
  name: string,
  cases: (seed: number, count: number) => Iterable<Input>,
  check: (input: Input) => void | Promise<void>,
): Target => target({ name, make: (random) => [...cases(random.below(2 ** 31), 1)][0]!, check })

/** `undefined` where it throws an error of these names, which are for the user; others are bugs and pass through. */
export async function known<T>(errors: readonly string[], what: () => T | Promise<T>): Promise<T | undefined> {
  try {
    return await what()
  } catch (error) {
    if (error instanceof Error && errors.includes(error.name)) return undefined
    throw error
  }
}
