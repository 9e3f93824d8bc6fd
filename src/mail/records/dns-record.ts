// A DNS record of mail, and the order in which records are listed.
import type { AskedRecord } from '../../core/probe/outside-question.ts'
import type { Untrusted } from '../../shell/untrusted.ts'
import type { OwnSelectors } from '../fleet/own-selectors.ts'

/** One resource record; mail needs TXT and MX. */
export interface DnsRecord {
  /** Fully qualified, in A-labels and lower case, without a final dot. */
  readonly name: string
  readonly type: 'TXT' | 'MX'
  /** Seconds. */
  readonly ttl: number
  /**
   * TXT: its strings joined, without quotes. MX: preference and exchange, as a zone file has them: `0 .`,
   * `10 mx1.example.org.`
   */
  readonly value: string
}

/**
 * What a record is there for. `spf-helo` is the SPF record of a host's own name, `dmarc-report` the consent of a domain
 * to take another one's reports.
 */
export type Purpose = AskedRecord['purpose']

/** On whose word the record of a DKIM key rests, and what it may take the place of. */
export interface KeyClaim {
  readonly own: OwnSelectors
  /** The public key that the host has at the selector (SubjectPublicKeyInfo, base64): a revocation is of that alone. */
  readonly held?: string | undefined
}

/** A record that a fleet is to publish. */
export interface MailRecord extends DnsRecord {
  readonly purpose: Purpose
  /** The mail domain that it serves; of `spf-helo` the name itself. */
  readonly domain: string
  /** `other`: in the zone of somebody who is to be asked, such as a service that evaluates DMARC reports. */
  readonly publishedBy: 'fleet' | 'other'
  /** For whom or what it is there, for people to read. */
  readonly why: readonly string[]
  /** Of a host's key; left out where no host was asked. */
  readonly claim?: KeyClaim
  /**
   * Of a revocation without a claim: the public keys that it may take the place of (SubjectPublicKeyInfo, base64). Left
   * out: any, on the inventory's own word.
   */
  readonly replaces?: readonly string[] | undefined
}

/** What DNS has to serve of it, whoever it is for. */
export type WantedRecord = Pick<MailRecord, 'name' | 'type' | 'value' | 'purpose'>

/** Labels from the right, as DNSSEC sorts them (RFC 4034, section 6.1): a domain stands before the names below it. */
const sortKey = (name: string): string => name.split('.').reverse().join('\0')

const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

/** By name, type and value. */
export const byRecord = (a: DnsRecord, b: DnsRecord): number =>
  byText(sortKey(a.name), sortKey(b.name)) || byText(a.type, b.type) || byText(a.value, b.value)

const LABEL = /^(?:\*|[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?)$/

/**
 * Whether it can be the owner of a record of mail: labels of letters, digits, `-` and `_`, `*` only first, 253
 * characters at most (RFC 1035, RFC 8552).
 */
export function isOwnerName(name: string): boolean {
  const labels = name.split('.')
  return name.length <= 253 && labels.every((label, index) => LABEL.test(label) && (label !== '*' || index === 0))
}

/** Whether a name is a domain or below it; all are below the root, the empty name. */
export const isWithin = (name: Untrusted, domain: Untrusted): boolean =>
  domain === '' || name === domain || name.endsWith(`.${domain}`)
