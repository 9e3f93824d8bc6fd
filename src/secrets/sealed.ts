// Values of an inventory that contain secrets: makes every text and number in a value secret, and reveals them again
// for a schema.
import { Secret } from '../shell/secret.ts'
import { Unopened } from './unopened.ts'

/** All of it secret: each text and number by itself, so that lists and mappings keep their form. */
export function sealed(value: unknown): unknown {
  if (value instanceof Secret || value instanceof Unopened) return value
  if (value === null || typeof value === 'boolean') return value
  if (Array.isArray(value)) return value.map(sealed)
  return typeof value === 'object'
    ? Object.fromEntries(Object.entries(value).map(([key, item]) => [key, sealed(item)]))
    : new Secret(value)
}

/** The same with its secrets revealed, or read otherwise by `as`. @throws CannotOpen for one that cannot be opened */
export function revealed(value: unknown, as: (secret: unknown) => unknown = (secret) => secret): unknown {
  if (value instanceof Secret) return as(value.reveal())
  if (value instanceof Unopened) throw value.error
  if (Array.isArray(value)) return value.map((item) => revealed(item, as))
  if (
    typeof value !== 'object' ||
    value === null ||
    ![Object.prototype, null].includes(Object.getPrototypeOf(value) as object | null)
  )
    return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, revealed(item, as)]))
}

/**
 * A text of one line loses the line feed that editors and `echo` put after it; a text of several lines stays as it was
 * encrypted.
 */
export const valueText = (text: string): string => (/^[^\n]*\r?\n$/.test(text) ? text.replace(/\r?\n$/, '') : text)
