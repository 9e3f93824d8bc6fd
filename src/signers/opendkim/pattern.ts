// Patterns of `refile:` tables, which OpenDKIM makes regular expressions of (dkimf_mkregexp() of util.c).
import type { Untrusted } from '../../shell/untrusted.ts'
import { matchesWild } from '../../text/wild.ts'
import { lowerCase } from './c-text.ts'

/** Signs of regex(7) that OpenDKIM leaves as they are. */
const EXPRESSION = /[?[\](){}|^$\\]/

/** BUFRSZ + 1 of util.c's caller, less `^`, `$` and one. */
const LONGEST = 1022

/** Why a pattern is not read: OpenDKIM has no room for it, or it is more than a glob. */
export function patternFault(pattern: Untrusted): 'too long' | 'expression' | undefined {
  const doubled = pattern.replace(/[^*+.]+/g, '').length
  if (pattern.length + doubled > LONGEST) return 'too long'
  return EXPRESSION.test(pattern) ? 'expression' : undefined
}

/** Whether a pattern, whose stars stand for any text, is all of the text's. `withoutCase`: as ASCII knows it. */
export function matchesPattern(pattern: Untrusted, text: Untrusted, withoutCase: boolean): boolean {
  const [is, wanted] = withoutCase ? [lowerCase(text), lowerCase(pattern)] : [text, pattern]
  return matchesWild(wanted, is)
}
