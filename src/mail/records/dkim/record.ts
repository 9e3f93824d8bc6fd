// The DNS record of a DKIM key (RFC 6376, section 3.6.1; RFC 8463 for Ed25519). DKIM is a signature in the header of a
// message: a private key on the host makes it, and receivers verify it with the public key in this record, at
// SELECTOR._domainkey.DOMAIN.
import { RecordSyntaxError } from '../record-syntax-error.ts'
import { parseTags, renderTags, type Tag } from '../tag-list.ts'
import type { Untrusted } from '../../../shell/untrusted.ts'

/** A tag that is left out is not in the record. */
export interface DkimKeyRecord {
  /** Hash algorithms that may be used, `sha256` (RFC 8301); left out: any. */
  readonly h?: readonly string[]
  /** `rsa` or `ed25519`; left out: `rsa`. */
  readonly k?: string
  /** Notes for people. */
  readonly n?: string
  /** Base64: of RSA keys SubjectPublicKeyInfo, of Ed25519 keys the 32 bytes themselves. Empty: the key is revoked. */
  readonly p: string
  /** Service types, `email` or `*`; left out: `*`. */
  readonly s?: readonly string[]
  /** `y`: testing, `s`: no subdomains in `i=`. */
  readonly t?: readonly string[]
  /** Tags that no one knows, as written. */
  readonly others?: readonly Tag[]
}

/** As {@link DnsRecord} has names. @param selector - in either case, as a signer writes it */
export const dkimName = (domain: string, selector: string): string => `${selector}._domainkey.${domain}`.toLowerCase()

/** In RFC 6376's order, `v` first. */
export function renderDkim({ h, k, n, p, s, t, others = [] }: DkimKeyRecord): string {
  const given: readonly (readonly [string, string | undefined])[] = [
    ['h', h?.join(':')],
    ['k', k],
    ['n', n],
    ['s', s?.join(':')],
    ['t', t?.join(':')],
  ]
  return renderTags([
    ['v', 'DKIM1'],
    ...given.flatMap(([name, value]): readonly Tag[] => (value === undefined ? [] : [[name, value]])),
    ...others,
    ['p', p],
  ])
}

const LISTS = ['h', 's', 't']
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/

/**
 * @throws RecordSyntaxError where verifiers could not use the record
 * @example
 * parseDkim('v=DKIM1; k=rsa; p=MIIB…')
 */
export function parseDkim(text: Untrusted): DkimKeyRecord {
  const tags = parseTags('DKIM record', text)
  const version = tags.findIndex(([name]) => name === 'v')
  if (version > 0 || (version === 0 && tags[0]![1] !== 'DKIM1'))
    throw new RecordSyntaxError('DKIM record', `v=${tags[version]![1]}`, 'is not v=DKIM1 at the beginning')
  const values = new Map(tags)
  const p = values.get('p')?.replaceAll(/\s/g, '')
  if (p === undefined) throw new RecordSyntaxError('DKIM record', text, 'has no p=, the public key')
  if (!BASE64.test(p)) throw new RecordSyntaxError('DKIM record', `p=${p}`, 'is no base64')
  const known = tags
    .filter(([name]) => ['k', 'n', ...LISTS].includes(name))
    .map(([name, value]) => [name, LISTS.includes(name) ? value.split(':').map((each) => each.trim()) : value])
  const others = tags.filter(([name]) => !['v', 'p', 'k', 'n', ...LISTS].includes(name))
  return { ...(Object.fromEntries(known) as Omit<DkimKeyRecord, 'p'>), p, ...(others.length > 0 ? { others } : {}) }
}

const ED25519_SPKI = Buffer.from('302a300506032b6570032100', 'hex')

/**
 * What mailrun publishes for a key: RFC 8301 leaves SHA-256 alone.
 *
 * @param publicKey - SubjectPublicKeyInfo in DER, base64
 */
export function dkimValue(publicKey: Untrusted): string {
  const der = Buffer.from(publicKey, 'base64')
  const ed25519 = der.length === 44 && der.subarray(0, 12).equals(ED25519_SPKI)
  return renderDkim({
    h: ['sha256'],
    k: ed25519 ? 'ed25519' : 'rsa',
    p: ed25519 ? der.subarray(12).toString('base64') : publicKey,
  })
}

/** A revoked key (RFC 6376, section 3.6.1): verifiers tell it from one that is missing. */
export const REVOKED_DKIM = 'v=DKIM1; p='

/** Whether verifiers take the record as that of a revoked key. */
export function isRevokedDkim(text: Untrusted): boolean {
  try {
    return parseDkim(text).p === ''
  } catch {
    return false
  }
}
