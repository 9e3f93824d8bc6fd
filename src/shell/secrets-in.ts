// Finds the secrets in a value, however deep: what must be masked from the first word on, whether or not it is used.
import { Secret } from './secret.ts'

/** The texts of every Secret in it, and what its scripts hide. */
export function secretsIn(value: unknown): readonly string[] {
  const found = new Set<string>()
  const seen = new Set<object>()
  const walk = (each: unknown): void => {
    if (each instanceof Secret) return note(each.reveal())
    if (typeof each !== 'object' || each === null || ArrayBuffer.isView(each) || seen.has(each)) return
    seen.add(each)
    if ('secrets' in each && 'shown' in each && Array.isArray(each.secrets)) each.secrets.forEach(note)
    Object.values(each).forEach(walk)
  }
  const note = (secret: unknown): void => {
    if (typeof secret === 'string' || typeof secret === 'number') found.add(String(secret))
    // All that a secret holds is secret.
    else if (typeof secret === 'object' && secret !== null && !seen.has(secret)) {
      seen.add(secret)
      Object.values(secret).forEach(note)
    }
  }
  walk(value)
  return [...found].filter((secret) => secret !== '')
}
