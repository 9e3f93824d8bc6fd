// Replaces secrets in a text with stars: as they are, as shells, JSON and URLs write them, line by line, and in base64
// and hexadecimal form.
import { encodedIn } from './encoded.ts'
import type { Span } from './spans.ts'
import { quote } from './quote.ts'
import { STARS } from './secret.ts'
import type { Untrusted } from './untrusted.ts'

export type Mask = (text: Untrusted) => string

/** A line of a longer secret is hidden too, unless it is too short to mean anything by itself. */
const TELLING_LINE = 6
/**
 * A shorter one would be hidden in the middle of other words, which are then unreadable, and tell it by the letters
 * that they lack: it is hidden where it is a word of its own.
 */
const HIDDEN_EVERYWHERE = 4

/** @param secrets - their plain texts. */
export function maskOf(secrets: readonly string[]): Mask {
  const texts = [...new Set(secrets.flatMap((secret) => [secret, secret.trim()]))].filter((secret) => secret !== '')
  const long = texts.filter((text) => text.length >= HIDDEN_EVERYWHERE)
  const needles = [...new Set(long.flatMap(guises))].sort((a, b) => b.length - a.length)
  const words = texts.filter((text) => text.length < HIDDEN_EVERYWHERE).sort((a, b) => b.length - a.length)
  const word = words.length === 0 ? undefined : wholeWords(words)
  if (needles.length === 0 && word === undefined) return (text) => text
  const encoded = encodedIn(long)
  return (text) => {
    const masked = needles.reduce(
      (before, needle) => (before.includes(needle) ? before.replaceAll(needle, STARS) : before),
      without(text, encoded(text)),
    )
    return word === undefined ? masked : masked.replace(word, STARS)
  }
}

function without(text: Untrusted, spans: readonly Span[]): string {
  const parts: string[] = []
  let from = 0
  for (const { start, end } of spans) {
    parts.push(text.slice(from, start))
    from = end
  }
  return spans.length === 0 ? text : [...parts, text.slice(from)].join(STARS)
}

/** Each of the texts where no letter, number or `_` stands beside it. */
function wholeWords(texts: readonly string[]): RegExp {
  const escaped = texts.map((text) => text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&'))
  return new RegExp(`(?<![\\p{L}\\p{N}_])(?:${escaped.join('|')})(?![\\p{L}\\p{N}_])`, 'gu')
}

/** How a secret may come up in what programs print. */
function guises(secret: string): readonly string[] {
  const parts = secret.split(/\r\n|\n/).filter((line) => line.trim().length >= TELLING_LINE)
  const texts = [secret, ...(parts.length > 1 || parts[0] !== secret ? parts : [])]
  const bytes = Buffer.from(secret)
  return [...texts.flatMap(written), bytes.toString('hex'), bytes.toString('hex').toUpperCase()]
}

/** One text as shells, JSON and URLs write it. */
function written(text: string): readonly string[] {
  const json = JSON.stringify(text).slice(1, -1)
  // Half a surrogate pair has no UTF-8, and would throw.
  const url = encodeURIComponent(Buffer.from(text).toString())
  const strict = url.replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
  return [
    text,
    quote(text.replaceAll('\0', '')),
    text.replaceAll("'", `'\\''`),
    text.replaceAll("'", `'"'"'`),
    text.replace(/["$\\`]/g, '\\$&'),
    text.replace(/[^\p{L}\p{N}_./,:=@%+-]/gu, '\\$&'),
    json,
    json.replaceAll('/', '\\/'),
    JSON.stringify(json).slice(1, -1),
    url,
    strict,
    new URLSearchParams([['', text]]).toString().slice(1),
    strict.replace(/%[0-9A-F]{2}/g, (escape) => escape.toLowerCase()),
  ]
}

/** The same JSON value with every text, every number and every key in it masked. */
export function maskJson(mask: Mask, value: unknown): unknown {
  if (typeof value === 'string') return mask(value)
  if (typeof value === 'number') return mask(String(value)) === String(value) ? value : STARS
  if (Array.isArray(value)) return value.map((item) => maskJson(mask, item))
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [mask(key), maskJson(mask, item)]))
}
