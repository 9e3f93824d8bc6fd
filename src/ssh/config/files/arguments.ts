// The arguments of one line, taken one by one, as the readers of keywords do.
import { Refusal } from './refusal.ts'

export interface Arguments {
  /** Undefined after the last. */
  readonly next: () => string | undefined
  /** @throws Refusal where there is none, or an empty one. */
  readonly need: () => string
  readonly left: () => number
  readonly peek: () => string | undefined
  readonly skipAll: () => void
  /** What stands after the keyword, as it is written. */
  readonly raw: string
}

export function argumentsOf(words: readonly string[], raw: string): Arguments {
  let at = 0
  const next = (): string | undefined => words[at++]
  return {
    next,
    need: () => {
      const word = next()
      if (word === undefined || word === '') throw new Refusal('its argument is missing')
      return word
    },
    left: () => Math.max(0, words.length - at),
    peek: () => words[at],
    skipAll: () => (at = words.length),
    raw,
  }
}
