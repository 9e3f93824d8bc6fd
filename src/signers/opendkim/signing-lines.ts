// Every line by which OpenDKIM can sign, with the addresses that it is for as one kind of pattern.
import { lowerCase } from './c-text.ts'
import type { Entry } from './data-set.ts'
import { keyNamed, pathFor } from './keys.ts'
import type { Table } from './look-up.ts'
import { matchesPattern } from './pattern.ts'
import { domainPart, inOrder } from './address-pattern.ts'
import { signatureWith, signingValue, type Way } from './signatures.ts'
import { placeText, type Doubts, type Place } from './sources.ts'

export interface SigningLine {
  /**
   * The addresses, in small letters; a star is any text: `*@example.org`, `info@example.org`, `*@*.example.org`
   * (subdomains), `*@*`. Of several lines for an address the first counts, but for MultipleSignatures.
   */
  readonly pattern: string
  /** As the file spells it: `.example.org`. */
  readonly written: string
  readonly place: Place
  /** `d=`; `%` for the sender's domain. */
  readonly domain: string
  readonly selector: string
  /** `i=`, which OpenDKIM leaves out for senders whose `d=` it is not below; `%` as in `domain`. */
  readonly identity: string | undefined
  /** The private key's path, `%` as in `domain`; `undefined` where the key stands in the KeyTable itself. */
  readonly key: string | undefined
}

/** A line by which nobody is signed. `fails`: mail of these senders is answered with 451. */
export interface IdleLine {
  readonly pattern: string | undefined
  readonly written: string
  readonly place: Place
  readonly why: string
  readonly fails: boolean
}

export interface Lines {
  readonly signing: readonly SigningLine[]
  readonly idle: readonly IdleLine[]
}

const NONE: Lines = { signing: [], idle: [] }

export function linesOfWay(way: Way, doubts: Doubts): Lines {
  if (way.kind === 'nobody') return NONE
  return way.kind === 'tables' ? tableLines(way, doubts) : domainLines(way, doubts)
}

/** How many pairs of lines `%` and keys are looked at. */
const MOST_PAIRS = 100_000

function tableLines({ signing, keys }: Way & { kind: 'tables' }, doubts: Doubts): Lines {
  const lines: SigningLine[] = []
  const idle: IdleLine[] = []
  let pairs = 0
  for (const { entry, pattern, why } of inOrder(signing)) {
    const told = { pattern, written: entry.key, place: entry.place }
    const fail = (fault: string): void => void idle.push({ ...told, why: fault, fails: true })
    if (pattern === undefined) {
      idle.push({ ...told, why, fails: false })
      continue
    }
    const value = signingValue(entry, signing.kind)
    if (typeof value === 'string') {
      fail(value)
      continue
    }
    if (value.keyName === '%' && domainPart(pattern) === undefined) {
      pairs += keys.entries.length
      if (pairs > MOST_PAIRS) doubts.unknown('it has too many lines with %', entry.place, 'name the keys')
      else lines.push(...byKeyNames({ ...told, pattern }, value.signer, keys))
      continue
    }
    const line = lineOf({ ...told, pattern }, value.keyName, value.signer, keys)
    if (typeof line === 'string') fail(line)
    else lines.push(line)
  }
  return { signing: lines, idle }
}

type Told = Pick<SigningLine, 'pattern' | 'written' | 'place'>

/** @returns words where OpenDKIM fails. */
function lineOf(told: Told, keyName: string, signer: string, keys: Table): SigningLine | string {
  const domain = domainPart(told.pattern)
  const key = keyNamed(keys, keyName === '%' ? (domain ?? '%') : keyName)
  if ('fails' in key) return key.fails
  if (domain !== undefined) {
    const signature = signatureWith(key, signer, { user: '', domain })
    return 'fails' in signature ? signature.fails : { ...told, ...signature }
  }
  if (signer !== '' && !signer.includes('@') && !signer.includes('%'))
    return `the signer ${JSON.stringify(signer)} has no @`
  const path = key.domain === '%' ? key.path : pathFor(key.path, key.domain)
  return {
    ...told,
    domain: key.domain,
    selector: key.selector,
    identity: signer === '' ? undefined : signer,
    key: path,
  }
}

/** `* %`: each key whose name is a domain signs for that domain; mail of all others fails. */
function byKeyNames(told: Told, signer: string, keys: Table): readonly SigningLine[] {
  const user = told.pattern.slice(0, told.pattern.lastIndexOf('@'))
  const of = told.pattern.slice(user.length + 1)
  return keys.entries.flatMap(({ key: name }) => {
    if (name === '' || name !== lowerCase(name) || /[*@]/.test(name)) return []
    if (
      !told.pattern.includes('@') ? !matchesPattern(told.pattern, `x@${name}`, true) : !matchesPattern(of, name, true)
    )
      return []
    const line = lineOf(
      { ...told, pattern: told.pattern.includes('@') ? `${user}@${name}` : `*@${name}` },
      name,
      signer,
      keys,
    )
    return typeof line === 'string' ? [] : [line]
  })
}

function domainLines({ domains, subDomains, key }: Way & { kind: 'domains' }, doubts: Doubts): Lines {
  if (key === undefined) return NONE
  const idle: IdleLine[] = []
  const all = domains.find('*') !== undefined
  const signer = { selector: key.selector, key: key.path }
  const of = (entry: Entry, pattern: string, domain: string, identity?: string): SigningLine => ({
    pattern,
    written: entry.key,
    place: entry.place,
    domain,
    identity,
    ...signer,
  })
  const lines = domains.entries.map((entry): { exact?: SigningLine; above?: SigningLine } => {
    const name = lowerCase(entry.key)
    if (name === '*') return { exact: of(entry, '*@*', '%') }
    if (!name.includes('*'))
      return { exact: of(entry, `*@${name}`, name), above: of(entry, `*@*.${name}`, name, `@${name}`) }
    if (domains.kind === 'patterns') {
      if (subDomains && !all)
        doubts.unknown(`${placeText(entry.place)} is a pattern, and SubDomains is set`, entry.place, 'name the domains')
      return { exact: of(entry, `*@${name}`, '%') }
    }
    const why = 'of a star in a name OpenDKIM makes something in a refile: alone'
    idle.push({ pattern: undefined, written: entry.key, place: entry.place, why, fails: false })
    return {}
  })
  const depth = ({ pattern }: SigningLine): number => pattern.split('.').length
  const exact = lines.flatMap((line) => line.exact ?? [])
  const above = subDomains && !all ? lines.flatMap((line) => line.above ?? []) : []
  const some = exact.filter(({ pattern }) => pattern !== '*@*')
  return {
    signing: [
      ...some,
      ...exact.filter(({ pattern }) => pattern === '*@*'),
      ...above.sort((a, b) => depth(b) - depth(a)),
    ],
    idle,
  }
}
