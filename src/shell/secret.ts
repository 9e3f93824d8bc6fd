// A secret value. When it is printed, inspected or serialised, it shows stars.
import { inspect } from 'node:util'

/** What stands in the place of a secret wherever text is shown. */
export const STARS = '********'

const known = new Set<unknown>()

/** The values of all secrets that this process has met: for errors, which may be about anything. */
export const knownSecrets = (): ReadonlySet<unknown> => known

/**
 * Wraps a value so that no log, error, diff, report or JSON shows it by accident.
 * The value comes out through {@link Secret.reveal} alone.
 *
 * @example const password = new Secret('hunter2'); `${password}` // ********
 */
export class Secret<T = string> {
  readonly #value: T

  constructor(value: T) {
    this.#value = value
    known.add(value)
  }

  reveal(): T {
    return this.#value
  }

  toString(): string {
    return STARS
  }

  toJSON(): string {
    return STARS
  }

  [inspect.custom](): string {
    return STARS
  }
}
