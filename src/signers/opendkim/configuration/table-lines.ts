// The lines of a SigningTable that sign, each with its key from the KeyTable.
import type { Untrusted } from '../../../shell/untrusted.ts'
import { domainPart, inOrder } from './address-pattern.ts'
import { keyNamed, pathFor } from './keys.ts'
import type { Table } from './look-up.ts'
import { matcherOf, MOST_STEPS } from './pattern.ts'
import { signatureWith, signingValue, type SigningValue, type SigningMethod } from './signatures.ts'
import type { IdleLine, Lines, SigningLine } from './signing-line.ts'
import type { Doubts } from './sources.ts'

/** What a line that is made costs, in steps. */
const A_LINE = 1000

export function tableLines({ signing, keys }: SigningMethod & { kind: 'tables' }, doubts: Doubts): Lines {
  const lines: SigningLine[] = []
  const idle: IdleLine[] = []
  const names = keys.entries.reduce((sum, { key }) => sum + key.length, 0)
  let steps = 0
  for (const { entry, pattern, why } of inOrder(signing)) {
    const { key, value: written = '' } = entry
    const isEach = isEachKey(written, pattern)
    steps += isEach
      ? (keys.slow + key.length) * names + A_LINE * keys.entries.length
      : keys.slow * (key.length + written.length)
    if (steps > MOST_STEPS) {
      doubts.unknown('the tables have too many lines for patterns of keys', entry.place, 'name each key')
      break
    }
    const reported = { written: entry.key, place: entry.place }
    const value = signingValue(entry, signing.kind)
    if (pattern === undefined) idle.push({ ...reported, pattern, why, fails: false })
    else if (typeof value === 'string') idle.push({ ...reported, pattern, why: value, fails: true })
    else if (isEach) lines.push(...byKeyNames({ ...reported, pattern }, value.signer, keys))
    else keep(lineOf({ ...reported, pattern }, value, keys), lines, idle)
  }
  return { signing: lines, idle }
}

/** Whether a key is looked up by the sender's domain, which may be any that a key is called. */
const isEachKey = (value: Untrusted, pattern: string | undefined): boolean =>
  /^%(?::|$)/.test(value) && pattern !== undefined && domainPart(pattern) === undefined

function keep(line: SigningLine | IdleLine, lines: SigningLine[], idle: IdleLine[]): void {
  if ('why' in line) idle.push(line)
  else lines.push(line)
}

type LineSource = Pick<SigningLine, 'pattern' | 'written' | 'place'>

function lineOf(reported: LineSource, { keyName: written, signer }: SigningValue, keys: Table): SigningLine | IdleLine {
  const domain = domainPart(reported.pattern)
  const keyName = written === '%' ? (domain ?? '%') : written
  const key = keyNamed(keys, keyName)
  if ('fails' in key) return { ...reported, why: key.fails, fails: true }
  const of = { keyName, keyPlace: key.place }
  if (domain !== undefined) {
    const signature = signatureWith(key, signer, { user: '', domain })
    return 'unsigned' in signature
      ? { ...reported, why: signature.unsigned, fails: false }
      : { ...reported, ...signature, ...of }
  }
  if (signer !== '' && !signer.includes('@'))
    return { ...reported, why: `the signer ${JSON.stringify(signer)} has no @: mail leaves unsigned`, fails: false }
  const path = key.domain === '%' ? key.path : pathFor(key.path, key.domain)
  const identity = signer === '' ? undefined : signer
  return { ...reported, domain: key.domain, selector: key.selector, identity, key: path, ...of }
}

/** `* %`: each key whose name is a domain signs for that domain; mail of all others fails. */
function byKeyNames(reported: LineSource, signer: Untrusted, keys: Table): readonly SigningLine[] {
  const at = reported.pattern.lastIndexOf('@')
  const user = at < 0 ? '*' : reported.pattern.slice(0, at)
  const matches = matcherOf(reported.pattern.slice(at + 1))
  const isFor = (name: Untrusted): boolean => matches(at < 0 ? `x@${name}` : name)
  return keys.entries.flatMap(({ key: name }) => {
    // It looks for the sender's domain in small letters, and the KeyTable knows them from capitals.
    if (!/^[^*@%A-Z]+$/.test(name) || !isDomain(name) || !isFor(name)) return []
    const line = lineOf({ ...reported, pattern: `${user}@${name}` }, { keyName: name, signer }, keys)
    return 'why' in line ? [] : [line]
  })
}

/** A key that is called `k1` is for no sender. */
const isDomain = (name: Untrusted): boolean => name.includes('.') || name === 'localhost'
