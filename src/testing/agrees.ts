// Compares a foreseen state with the real one: what was foreseen as unknown agrees with anything.
import { UNKNOWN } from '../model/unknown.ts'

/** `undefined` where they agree, else where they first differ: `is.mode: foreseen "0644", found "0600"`. */
export function disagreement(foreseen: unknown, real: unknown, at = ''): string | undefined {
  if (foreseen === UNKNOWN || Object.is(foreseen, real)) return undefined
  const differ = `${at || 'state'}: foreseen ${show(foreseen)}, found ${show(real)}`
  if (typeof foreseen !== 'object' || typeof real !== 'object' || foreseen === null || real === null) return differ
  if (foreseen instanceof Uint8Array || real instanceof Uint8Array) {
    return foreseen instanceof Uint8Array && real instanceof Uint8Array && Buffer.compare(foreseen, real) === 0
      ? undefined
      : differ
  }
  const mine = entriesOf(foreseen)
  const theirs = entriesOf(real)
  for (const key of new Set([...mine.keys(), ...theirs.keys()])) {
    const found = disagreement(mine.get(key), theirs.get(key), at === '' ? String(key) : `${at}.${String(key)}`)
    if (found !== undefined) return found
  }
  return undefined
}

const entriesOf = (value: object): ReadonlyMap<unknown, unknown> =>
  value instanceof Map
    ? value
    : value instanceof Set
      ? new Map([...value].map((item) => [item, true]))
      : new Map(Object.entries(value))

const show = (value: unknown): string =>
  value === UNKNOWN
    ? 'unknown'
    : (JSON.stringify(value, (_, inner: unknown) => (inner === UNKNOWN ? 'UNKNOWN' : inner)) ?? 'nothing')
