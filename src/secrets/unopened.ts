// An encrypted value of the inventory that nobody here can open: an error only for who uses it.
import { inspect } from 'node:util'
import { MailrunError } from '../core/mailrun-error.ts'
import { STARS } from '../shell/secret.ts'

/** There is nothing to open it with: no identity, none of its recipients, nobody who knows the passphrase. */
export class CannotOpen extends MailrunError {
  /** Without where it is. */
  readonly reason: string

  constructor(reason: string, where: string) {
    super(reason, where)
    this.reason = reason
  }
}

/** Stands in its place; shown as stars, as the value would be. */
export class Unopened {
  readonly #error: CannotOpen

  constructor(error: CannotOpen) {
    this.#error = error
  }

  /** To be thrown by who needs the value. */
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

/** The first in a value, however deep. */
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
