// Finds all secrets in a value, however deeply nested, so that they are masked from the beginning, even if they are not
// used.
import { Secret } from './secret.ts'

/** The texts of every Secret in it, and what its scripts hide. */
export function secretsIn(value: unknown): readonly string[] {
  const found = new Set<string>()
  const seen = new Set<object>()
  const walk = (each: unknown): void => {
    if (each instanceof Secret) return textsOf(each.reveal()).forEach((text) => found.add(text))
    if (typeof each !== 'object' || each === null) return
    if (ArrayBuffer.isView(each) || seen.has(each)) return
    seen.add(each)
    if ('secrets' in each && 'shown' in each && Array.isArray(each.secrets))
      each.secrets.flatMap(textsOf).forEach((text) => found.add(text))
    inside(each).forEach(walk)
  }
  walk(value)
  return [...found]
}

/** All that a secret holds is secret: its texts and numbers, however deep. */
export function textsOf(secret: unknown): readonly string[] {
  const found = new Set<string>()
  const seen = new Set<object>()
  const walk = (each: unknown): void => {
    if (typeof each === 'string' || typeof each === 'number' || typeof each === 'bigint') found.add(String(each))
    else if (each instanceof Uint8Array) found.add(Buffer.from(each).toString())
    else if (each instanceof Secret) walk(each.reveal())
    else if (typeof each === 'object' && each !== null && !seen.has(each)) {
      seen.add(each)
      inside(each).forEach(walk)
    }
  }
  walk(secret)
  return [...found].filter((text) => text !== '')
}

const inside = (value: object): readonly unknown[] =>
  value instanceof Map || value instanceof Set ? [...value.values()] : Object.values(value)
