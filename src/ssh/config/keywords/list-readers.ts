// Keywords that take several arguments, or add to a list each time.
import type { Arguments } from '../files/arguments.ts'
import { lower } from '../files/bytes.ts'
import { shown } from '../expand.ts'
import { hostAndRest, isDomain, isNone } from './jump.ts'
import { portNumber } from './numbers.ts'
import { matchesPattern } from '../../../text/openssh-pattern.ts'
import { Refusal } from '../files/refusal.ts'
import { listOf, type Effect, type Origin } from '../values.ts'

const MAX_KEYS = 100
const MAX_FILES = 32
const MAX_DOMAINS = 32

function* rest(given: Arguments): Generator<string> {
  for (let word = given.next(); word !== undefined; word = given.next()) yield word
}

/** `none` stands alone. @throws Refusal */
function withNone(given: Arguments, alone: readonly string[], emptyTaken: boolean): readonly string[] {
  const words = [...rest(given)]
  for (const word of words) {
    if (word === '' && !emptyTaken) throw new Refusal('one of its arguments is empty')
    if (alone.includes(lower(word)) && words.length > 1) throw new Refusal(`${lower(word)} must stand alone`)
  }
  return words
}

/** The first line that says any counts. */
const firstLine =
  (words: readonly string[], most: number, keyword: string): Effect =>
  (values, { where }) => {
    const list = listOf(values, keyword)
    if (list.length > 0) return
    if (words.length > most) throw new Refusal(`it takes at most ${most} of them`)
    list.push(...words.map((value) => ({ value, where })))
  }

const files = (given: Arguments, keyword: string): Effect =>
  firstLine(withNone(given, ['none'], false), MAX_FILES, keyword)

/** 9.2 keeps one only. */
const logVerbose = (given: Arguments, keyword: string): Effect =>
  firstLine(withNone(given, ['none'], false).slice(0, 1), 1, keyword)

function canonicalDomains(given: Arguments, keyword: string): Effect {
  const domains = withNone(given, ['none'], false).map((word) => {
    const domain = isDomain(lower(word))
    if (domain === undefined) throw new Refusal(`${shown(word)} is no domain`)
    return domain
  })
  return firstLine(domains, MAX_DOMAINS, keyword)
}

/** `source:target` lists; printed `none:` is no rule. */
function permittedCnames(given: Arguments, keyword: string): Effect {
  const rules = withNone(given, ['none'], true).map((word) => {
    if (isNone(word)) return `${word}:`
    if (word === '*') return '*:*'
    if (!/:./s.test(word)) throw new Refusal(`${shown(word)} is no rule: wanted is SOURCES:TARGETS, * or none`)
    return lower(word)
  })
  return firstLine(rules, MAX_DOMAINS, keyword)
}

function permitRemoteOpen(given: Arguments, keyword: string): Effect {
  const words = withNone(given, ['none', 'any'], true)
  if (words.length === 0) throw new Refusal('its argument is missing')
  for (const word of words) {
    if (['none', 'any'].includes(lower(word))) continue
    const end =
      word.startsWith('[') || !/[:/]/.test(word)
        ? hostAndRest(word)
        : { rest: word.slice(word.search(/[:/]/) + 1), delimiter: word[word.search(/[:/]/)] }
    const port = end?.rest ?? ''
    if (end?.delimiter !== ':' || (port !== '*' && (portNumber(port) ?? 0) <= 0))
      throw new Refusal(`${shown(word)} is no host:port`)
  }
  return firstLine(words, Infinity, keyword)
}

function keyFile(given: Arguments, keyword: string): Effect {
  const path = given.need()
  const kind = keyword as 'identityfile' | 'certificatefile'
  return (values, { where, origin }) => addKey(values.keys, kind, path, where, origin)
}

/** @throws Refusal past OpenSSH's limit. */
function addKey(
  keys: Parameters<Effect>[0]['keys'],
  kind: 'identityfile' | 'certificatefile',
  value: string,
  where: string,
  origin: Origin,
): void {
  const list = keys.get(kind) ?? []
  if (list.length >= MAX_KEYS) throw new Refusal(`there are more than ${MAX_KEYS} of them`)
  if (!list.some((each) => each.value === value && each.origin === origin)) list.push({ value, where, origin })
  keys.set(kind, list)
}

/** Names add up; `-PATTERN` takes away. */
function sendEnv(given: Arguments, keyword: string): Effect {
  const words = [...rest(given)]
  for (const word of words)
    if (word === '' || word.includes('=')) throw new Refusal(`${shown(word)} is no name of an environment variable`)
  return (values, { where }) => {
    const list = listOf(values, keyword)
    for (const word of words) {
      if (word.startsWith('-')) {
        list.splice(0, list.length, ...list.filter(({ value }) => !matchesPattern(value, word.slice(1))))
      } else list.push({ value: word, where })
    }
  }
}

/** The first line counts, and on it the first of a name. */
function setEnv(given: Arguments, keyword: string): Effect {
  const named = new Map<string, string>()
  for (const word of rest(given)) {
    if (!word.includes('=')) throw new Refusal(`${shown(word)} is not NAME=VALUE`)
    const name = word.slice(0, word.indexOf('='))
    if (!named.has(name)) named.set(name, word)
  }
  return firstLine([...named.values()], Infinity, keyword)
}

export const LISTS = {
  globalknownhostsfile: files,
  userknownhostsfile: files,
  logverbose: logVerbose,
  canonicaldomains: canonicalDomains,
  canonicalizepermittedcnames: permittedCnames,
  permitremoteopen: permitRemoteOpen,
  identityfile: keyFile,
  certificatefile: keyFile,
  sendenv: sendEnv,
  setenv: setEnv,
}
