// An encrypted value of the inventory that cannot be decrypted here. It is an error only if the value is used.
import { inspect } from 'node:util'
import { MailrunError } from '../core/mailrun-error.ts'
import { STARS } from '../shell/secret.ts'

/** It cannot be decrypted: there is no identity, no identity fits, or nobody can be asked for the passphrase. */
export class CannotOpen extends MailrunError {
  /** Without the place of the value. */
  readonly reason: string

  constructor(reason: string, where: string) {
    super(reason, where)
    this.reason = reason
  }
}

/** Takes the place of the value. It is shown as stars, as the value would be. */
export class Unopened {
  readonly #error: CannotOpen

  constructor(error: CannotOpen) {
    this.#error = error
  }

  /** Code that needs the value throws this. */
  get error(): CannotOpen {
    return this.#error
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

/** The first one in a value, however deeply nested. */
export function unopenedIn(value: unknown, seen = new Set<object>()): Unopened | undefined {
  if (value instanceof Unopened) return value
  if (typeof value !== 'object' || value === null || seen.has(value)) return undefined
  seen.add(value)
  for (const each of Object.values(value)) {
    const found = unopenedIn(each, seen)
    if (found !== undefined) return found
  }
  return undefined
}
