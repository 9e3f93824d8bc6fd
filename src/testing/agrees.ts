// Compares a predicted state with the real one. What was predicted as unknown agrees with everything.
import { UNKNOWN } from '../core/unknown.ts'

/** `undefined` where they agree, else where they first differ: `is.mode: foreseen "0644", found "0600"`. */
export function disagreement(foreseen: unknown, real: unknown, at = ''): string | undefined {
  if (foreseen === UNKNOWN || Object.is(foreseen, real)) return undefined
  const differ = `${at || 'state'}: foreseen ${show(foreseen)}, found ${show(real)}`
  if (!isObject(foreseen) || !isObject(real)) return differ
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

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null

function entriesOf(value: object): ReadonlyMap<unknown, unknown> {
  if (value instanceof Map) return value
  return value instanceof Set ? new Map([...value].map((item) => [item, true])) : new Map(Object.entries(value))
}

const inJson = (_: string, value: unknown): unknown => (value === UNKNOWN ? 'UNKNOWN' : value)

function show(value: unknown): string {
  if (value === UNKNOWN) return 'unknown'
  // JSON has no word for undefined, which its type does not say.
  const json = JSON.stringify(value, inJson) as string | undefined
  return json ?? 'nothing'
}
