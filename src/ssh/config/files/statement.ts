// One line of a configuration, read: what it says is checked whatever host it is for.
import { MailrunError } from '../../../core/mailrun-error.ts'
import { nearest } from '../../../text/nearest.ts'
import { argumentsOf } from './arguments.ts'
import { fromBytes, lower } from './bytes.ts'
import { countingName, NEWER, PASSED_OVER, STRUCTURE } from '../keywords/keywords.ts'
import type { Here } from '../machine.ts'
import { matchLineOf, type MatchLine } from './match-line.ts'
import { ALWAYS, READERS } from '../keywords/readers.ts'
import { Refusal } from './refusal.ts'
import type { Effect } from '../values.ts'
import { nextWord, splitWords, withoutSpace } from './words.ts'

export interface HostPattern {
  readonly negated: boolean
  readonly pattern: string
  readonly isEmpty: boolean
}

export type Statement =
  | {
      readonly kind: 'set'
      readonly where: string
      readonly keyword: string
      readonly apply: Effect
      readonly always: boolean
    }
  | { readonly kind: 'host'; readonly where: string; readonly patterns: readonly HostPattern[] }
  | { readonly kind: 'match'; readonly where: string; readonly line: MatchLine }
  | { readonly kind: 'include'; readonly where: string; readonly paths: readonly string[] }
  /** Refused unless IgnoreUnknown covers it, which depends on the host. */
  | { readonly kind: 'unknown'; readonly where: string; readonly keyword: string }

/** Undefined for an empty line, a comment, and keywords that OpenSSH passes over. @throws MailrunError with `where`. */
export function statementOf(line: string, where: string, here: Here): Statement | undefined {
  const end = line.search(/\0|$/)
  const text = line.slice(0, 1) + line.slice(1, Math.max(1, end)).replace(/[ \t\r\n\f]+$/, '')
  let { word, rest } = nextWord(end === 0 ? '' : text)
  if (word === '') ({ word, rest } = nextWord(rest))
  if (word === undefined || word === '' || word.startsWith('#')) return undefined
  const keyword = lower(word)
  try {
    return statement(keyword, withoutSpace(rest ?? ''), where, here)
  } catch (error) {
    if (error instanceof Refusal) throw refused(keyword, error, where)
    throw error
  }
}

export const refused = (keyword: string, { message }: Refusal, where: string): MailrunError =>
  new MailrunError(`${fromBytes(keyword)}: ${message}`, where)

function statement(keyword: string, raw: string, where: string, here: Here): Statement | undefined {
  if (raw === '') throw new Refusal('there is no argument after the keyword')
  const words = splitWords(raw)
  if (words === undefined) throw new Refusal(`a quotation in ${JSON.stringify(fromBytes(raw))} has no end`)
  if (keyword === 'host') return { kind: 'host', where, patterns: words.map(hostPattern) }
  if (keyword === 'match') return { kind: 'match', where, line: matchLineOf(raw) }
  if (keyword === 'include') {
    if (words.includes('')) throw new Refusal('one of its arguments is empty')
    return { kind: 'include', where, paths: words }
  }
  if (PASSED_OVER.has(keyword) || NEWER.has(keyword)) return undefined
  return setting(countingName(keyword), words, raw, where, here) ?? { kind: 'unknown', where, keyword }
}

/** Undefined for a keyword that is not known. @throws Refusal */
export function setting(
  keyword: string,
  words: readonly string[],
  raw: string,
  where: string,
  here: Here,
): (Statement & { readonly kind: 'set' }) | undefined {
  const reader = READERS.get(keyword)
  if (reader === undefined) return undefined
  const given = argumentsOf(words, raw)
  const apply = reader(given, keyword, here)
  if (given.left() > 0)
    throw new Refusal(`there is more than it takes: ${JSON.stringify(fromBytes(words.slice(-given.left()).join(' ')))}`)
  return { kind: 'set', where, keyword, apply, always: ALWAYS.has(keyword) }
}

function hostPattern(word: string): HostPattern {
  const negated = word.startsWith('!')
  return { negated, pattern: negated ? word.slice(1) : word, isEmpty: word === '' }
}

/** What to say of a keyword that OpenSSH 9.2 does not know. */
export function unknownKeyword(keyword: string, where: string): MailrunError {
  const near = nearest(keyword, [...READERS.keys(), ...STRUCTURE])
  const name = fromBytes(keyword)
  const question = near ? `: did you mean ${near}?` : ''
  return new MailrunError(
    `OpenSSH 9.2 knows no ${name}${question} (IgnoreUnknown ${name}, before this line, passes over it)`,
    where,
  )
}
