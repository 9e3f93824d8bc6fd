// PATTERNS of ssh_config(5): `*` and `?`, in lists `!` too; in time that grows with pattern times text, whatever the pattern.
import { lower } from './bytes.ts'

const STAR = -1
const ANY = -2
/** A byte, STAR, ANY, or a set of bytes (of glob(7); ssh_config has none). */
export type Wild = readonly (number | ((byte: number) => boolean))[]

export const wildOf = (pattern: string): Wild => Array.from(pattern, (char) => (char === '*' ? STAR : char === '?' ? ANY : char.charCodeAt(0)))

/** The whole text, which is bytes. */
export function matches(wild: Wild, text: string): boolean {
  let at = 0
  let inText = 0
  let star = -1
  let resume = 0
  while (inText < text.length) {
    const token = wild[at]
    const byte = text.charCodeAt(inText)
    if (token === STAR) {
      star = at
      resume = inText
      at += 1
    } else if (token === byte || token === ANY || (typeof token === 'function' && token(byte))) {
      at += 1
      inText += 1
    } else if (star >= 0) {
      at = star + 1
      resume += 1
      inText = resume
    } else return false
  }
  while (wild[at] === STAR) at += 1
  return at === wild.length
}

export interface PatternList {
  readonly items: readonly { readonly negated: boolean; readonly wild: Wild }[]
  /** match.c gives up at a pattern of so many bytes. */
  readonly endless: boolean
}

const LONGEST = 1022

/** Patterns with commas between them. */
export function patternListOf(text: string, lowered: boolean): PatternList {
  const items: { negated: boolean; wild: Wild }[] = []
  const parts = (lowered ? lower(text) : text).split(',')
  // A comma at the end, and an empty list, hold no further pattern.
  if (parts.at(-1) === '') parts.pop()
  for (const part of parts) {
    const negated = part.startsWith('!')
    const pattern = negated ? part.slice(1) : part
    if (pattern.length > LONGEST) return { items, endless: true }
    items.push({ negated, wild: wildOf(pattern) })
  }
  return { items, endless: false }
}

/** -1 where a negated pattern matches, 1 where another does, else 0. */
export function matchesList({ items, endless }: PatternList, text: string): -1 | 0 | 1 {
  let positive = false
  for (const { negated, wild } of items) {
    if (!matches(wild, text)) continue
    if (negated) return -1
    positive = true
  }
  return positive && !endless ? 1 : 0
}
