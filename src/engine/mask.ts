// Hides secrets by value in text that leaves the engine: as they are, as the shell quotes them, in base64, line by line.
import type { Diff } from '../model/change.ts'
import { quote } from '../shell/quote.ts'
import { STARS } from '../shell/secret.ts'

export type Mask = (text: string) => string

/** A line of a longer secret is hidden too, unless it is too short to mean anything by itself. */
const TELLING_LINE = 6

export function maskOf(secrets: readonly string[]): Mask {
  const needles = [...new Set(secrets.flatMap(guises))].filter((needle) => needle !== '').sort((a, b) => b.length - a.length)
  if (needles.length === 0) return (text) => text
  return (text) => needles.reduce((masked, needle) => (masked.includes(needle) ? masked.replaceAll(needle, STARS) : masked), text)
}

function guises(secret: string): readonly string[] {
  const base64 = Buffer.from(secret).toString('base64')
  const partLines = secret.includes('\n') ? secret.split('\n').filter((line) => line.trim().length >= TELLING_LINE) : []
  return [secret, quote(secret), base64, base64.replace(/=+$/, ''), JSON.stringify(secret).slice(1, -1), ...partLines]
}

export const maskDiff = (mask: Mask, diff: Diff): Diff => ({
  path: mask(diff.path),
  before: diff.before === undefined ? undefined : mask(diff.before),
  after: diff.after === undefined ? undefined : mask(diff.after),
})

/** The same JSON value with every text in it masked. */
export function maskJson(mask: Mask, value: unknown): unknown {
  if (typeof value === 'string') return mask(value)
  if (Array.isArray(value)) return value.map((item) => maskJson(mask, item))
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, maskJson(mask, item)]))
}
