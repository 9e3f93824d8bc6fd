// Computes the signatures that OpenDKIM adds to a message of a sender, from a client that it signs for.
import type { Untrusted } from '../../../shell/untrusted.ts'
import { lowerCase } from './c-text.ts'
import type { Entry } from './data-set.ts'
import { keyNamed, pathFor, type FoundKey } from './keys.ts'
import type { Table } from './look-up.ts'
import type { Place } from './sources.ts'
import { linesFor, senderOf, type Sender } from './sender.ts'

export interface Signature {
  /** `d=` */
  readonly domain: string
  /** `s=` */
  readonly selector: string
  /** `i=`; left out where the signature has none. */
  readonly identity: string | undefined
  /** The private key's path; `undefined` where the key stands in the KeyTable itself. */
  readonly key: string | undefined
}

/**
 * A message gets each of the signatures; none: it leaves unsigned. `fails`: OpenDKIM does not sign it and answers with
 * 451, or does not run at all. `unknown`: mailrun cannot tell.
 */
export type SignedHow = readonly Signature[] | { readonly fails: string } | { readonly unknown: string }

export const isSigned = (how: SignedHow): how is readonly Signature[] => Array.isArray(how)

/** By which of its two ways a configuration signs. */
export type SigningMethod =
  | { readonly kind: 'tables'; readonly signing: Table; readonly keys: Table; readonly multiple: boolean }
  | {
      readonly kind: 'domains'
      readonly domains: Table
      readonly subDomains: boolean
      /** `undefined`: there is none, and it fails. */
      readonly key: { readonly selector: string; readonly path: string; readonly place: Place } | undefined
    }
  | { readonly kind: 'nobody' }

/** MAXADDRESS of opendkim.h. */
const LONGEST_ADDRESS = 256

export function signed(method: SigningMethod, exempt: Table | undefined, address: Untrusted): Wanted {
  if (Buffer.byteLength(address) > LONGEST_ADDRESS) return { unknown: 'the address is longer than 256 bytes' }
  const sender = senderOf(address)
  if (sender === undefined || exempt?.find(sender.domain) !== undefined) return []
  if (method.kind === 'nobody') return []
  return method.kind === 'tables' ? byTables(method, sender) : byDomains(method, sender)
}

/** What the configuration asks libopendkim for. */
export type Wanted = readonly (Signature | NoSignature)[] | { readonly fails: string } | { readonly unknown: string }

/** isprint(3) of the C locale: libopendkim signs with no other `d=` or `s=`. */
const isPrintable = (text: Untrusted): boolean => /^[\x20-\x7e]*$/.test(text)

/** What libopendkim makes of it: all signatures, or none. */
export function made(wanted: Wanted): SignedHow {
  if (!('map' in wanted)) return wanted
  if (wanted.some(({ domain, selector }) => !isPrintable(domain) || !isPrintable(selector))) {
    const what = 'a domain or selector that cannot be printed is no d= or s='
    return wanted.length === 1 ? { fails: what } : { unknown: what }
  }
  return wanted.every((each): each is Signature => !('unsigned' in each)) ? wanted : []
}

function byTables({ signing, keys, multiple }: SigningMethod & { kind: 'tables' }, sender: Sender): Wanted {
  const lines = linesFor(signing, sender)
  const signatures: (Signature | NoSignature)[] = []
  for (const line of multiple ? lines : lines.slice(0, 1)) {
    const signature = signatureBy(line, keys, signing.kind, sender)
    if ('fails' in signature) return signature
    signatures.push(signature)
  }
  // Of more than two, OpenDKIM 2.11 loses all but the first and the last (dkimf_add_signrequest(): mctx_srtail).
  return signatures.length > 2 ? [signatures[0]!, signatures.at(-1)!] : signatures
}

/** A signature that libopendkim refuses to make: the message leaves without any. */
export interface NoSignature extends Signature {
  readonly unsigned: string
}

/** The parts of a SigningTable's value, `key:signer`. */
export interface SigningValue {
  readonly keyName: string
  readonly signer: string
}

/** @returns words where OpenDKIM fails at such a line. */
export function signingValue({ value, key }: Entry, kind: Table['kind']): SigningValue | string {
  if (value === undefined && kind === 'patterns')
    return `the line ${JSON.stringify(key)} of the SigningTable names no key: OpenDKIM crashes`
  const [keyName = '', ...signer] = (value ?? '').split(':')
  if (value === '' || (value !== undefined && keyName === ''))
    return `the line ${JSON.stringify(key)} of the SigningTable names no key`
  return { keyName, signer: signer.join(':') }
}

function signatureBy(
  line: Entry,
  keys: Table,
  kind: Table['kind'],
  sender: Sender,
): Signature | NoSignature | { fails: string } {
  const value = signingValue(line, kind)
  if (typeof value === 'string') return { fails: value }
  const key = keyNamed(keys, value.keyName === '%' ? sender.domain : value.keyName)
  return 'fails' in key ? key : signatureWith(key, value.signer, sender)
}

/** @param signer - with `%` for the sender's domain. */
export function signatureWith(
  key: Exclude<FoundKey, { fails: string }>,
  signer: string,
  { domain }: Sender,
): Signature | NoSignature {
  const signing = key.domain === '%' ? domain : key.domain
  const made = signer.replaceAll('%', domain)
  const signature = { domain: signing, selector: key.selector, key: pathFor(key.path, signing) }
  if (made === '' || made.includes('@')) return { ...signature, identity: identityOf(made, signing) }
  const unsigned = `the signer ${JSON.stringify(made)} has no @: mail leaves unsigned`
  return { ...signature, identity: undefined, unsigned }
}

/** libopendkim leaves an identity out that is not of the domain. */
function identityOf(signer: string, domain: string): string | undefined {
  const of = lowerCase(signer.slice(signer.indexOf('@') + 1))
  const is = lowerCase(domain)
  return of === is || of.endsWith(`.${is}`) ? signer : undefined
}

/** Domain, Selector and KeyFile: the sender's domain, then `*`, then with SubDomains each domain above it. */
function byDomains({ domains, subDomains, key }: SigningMethod & { kind: 'domains' }, { domain }: Sender): SignedHow {
  const known = [domain, '*'].some((name) => domains.find(name) !== undefined)
  const above = known || !subDomains ? undefined : parents(domain).find((name) => domains.find(name) !== undefined)
  if (!known && above === undefined) return []
  if (key === undefined) return { fails: 'there is no KeyFile, or no Selector' }
  const signing = above ?? domain
  const identity = above === undefined ? undefined : `@${above}`
  return [{ domain: signing, selector: key.selector, identity, key: key.path }]
}

/** `example.org`, `org` for `mail.example.org` */
const parents = (domain: string): readonly string[] =>
  [...domain.matchAll(/\./g)].map(({ index }) => domain.slice(index + 1)).filter((name) => name !== '')
