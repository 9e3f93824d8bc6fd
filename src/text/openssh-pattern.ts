// OpenSSH's patterns: `*` and `?`, and lists with `!` (ssh_config(5), PATTERNS; match.c of OpenSSH).
import { matchesWild } from './wild.ts'

/** match.c passes over a list as soon as one pattern in it is as long. */
const LONGEST_PATTERN = 1022

/** Whether the pattern is the whole text's. */
export const matchesPattern = (text: string, pattern: string): boolean => matchesWild(pattern, text)

/** `excluded`: a pattern with `!` is the text's, whatever else is. Case counts: see `lowerAscii`. */
export function matchPatternList(text: string, list: string): 'match' | 'excluded' | 'none' {
  let found = false
  for (const each of list.split(',')) {
    const excludes = each.startsWith('!')
    const pattern = excludes ? each.slice(1) : each
    if (pattern.length > LONGEST_PATTERN) return 'none'
    if (!matchesPattern(text, pattern)) continue
    if (excludes) return 'excluded'
    found = true
  }
  return found ? 'match' : 'none'
}

/** A to Z only, as C's tolower does on bytes: no other letter changes. */
export const lowerAscii = (text: string): string => text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase())
