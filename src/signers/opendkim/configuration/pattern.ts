// Patterns of `refile:` tables, from which OpenDKIM makes regular expressions (dkimf_mkregexp() of util.c).
import type { Untrusted } from '../../../shell/untrusted.ts'
import { matchesWild, type Wild } from '../../../text/wild.ts'

/** Signs of regex(7) that OpenDKIM leaves as they are. */
const EXPRESSION = /[?[\](){}|^$\\]/

/** BUFRSZ + 1 of util.c's caller, less `^`, `$` and one. */
const LONGEST = 1022

/** Comparisons of one character with another that the patterns of a configuration may take: less than a second. */
export const MOST_STEPS = 50_000_000

/** Why a pattern is not read: OpenDKIM has no room for it, or it is more than a glob. */
export function patternFault(pattern: Untrusted): 'too long' | 'expression' | undefined {
  const doubled = pattern.replace(/[^*+.]+/g, '').length
  if (pattern.length + doubled > LONGEST) return 'too long'
  return EXPRESSION.test(pattern) ? 'expression' : undefined
}

/**
 * Tells whether a pattern, whose stars stand for any text, is all of a text. Of what is longer than OpenDKIM takes,
 * nothing is: so the time has an end.
 */
export function matcherOf(pattern: Untrusted): (text: Untrusted) => boolean {
  if (pattern.length > LONGEST) return () => false
  const [first, last] = [pattern.indexOf('*'), pattern.lastIndexOf('*')]
  if (first < 0) return (text) => text === pattern
  const [head, tail] = [pattern.slice(0, first), pattern.slice(last + 1)]
  const tokens = tokensOf(pattern)
  return (text) => {
    if (text.length > LONGEST || text.length < head.length + tail.length) return false
    if (!text.startsWith(head) || !text.endsWith(tail)) return false
    // Both have an end here, so that matchesWild() may be asked, which is ready for no strangers.
    return first === last || matchesWild(tokens, `${text}`)
  }
}

const isQuestionMark = (char: string): boolean => char === '?'

const tokensOf = (pattern: Untrusted): Wild =>
  Array.from(pattern, (char): Wild[number] => (char === '?' ? isQuestionMark : char))
