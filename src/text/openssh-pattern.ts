// OpenSSH's patterns: `*` and `?`, lists with `!`; as in ssh_config(5), PATTERNS, and OpenSSH's match.c.

/** match.c passes over a list as soon as one pattern in it is as long. */
const LONGEST_PATTERN = 1022

/** Whether the pattern is the whole text's. Takes time in proportion to text times pattern at most, whatever stars there are. */
export function matchesPattern(text: string, pattern: string): boolean {
  let at = 0
  let next = 0
  /** Where the last star stands, and how much of the text it has eaten: no earlier star ever need eat more. */
  let star = -1
  let eaten = 0
  while (at < text.length) {
    const char = pattern[next]
    if (char === '*') {
      star = next
      eaten = at
      next += 1
    } else if (char !== undefined && (char === '?' || char === text[at])) {
      at += 1
      next += 1
    } else if (star >= 0) {
      eaten += 1
      at = eaten
      next = star + 1
    } else return false
  }
  while (pattern[next] === '*') next += 1
  return next === pattern.length
}

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
