// The evidence of an audit: everything that hosts and name servers answered. The rules judge it, and ask nobody again.
import type { PlannedRecord } from '../dns/plan/plan-dns.ts'
import type { Finding } from '../findings/finding.ts'
import type { MailSetup } from '../mail/mail-setup.ts'
import type { SpfLookups } from '../mail/records/spf/lookups.ts'
import type { HostProof } from '../mail/proof/proof.ts'

/** A key that a host names, and that is not wanted in DNS by its word. */
export interface RefusedKey {
  readonly id: 'selector-foreign' | 'dkim-unfit-key'
  readonly domain: string
  readonly selector: string
  /** In words that follow the host's name. */
  readonly what: string
}

export interface HostEvidence {
  readonly name: string
  /** `audited`, or why it was not. */
  readonly status: 'audited' | 'failed' | 'unreachable' | 'interrupted' | 'not-reached'
  readonly error?: string
  /** That it sends for, by the inventory. */
  readonly declared: readonly string[]
  /** `outgoing_addresses` of the inventory. */
  readonly listed: readonly string[] | undefined
  /** That it is to greet others with, where the inventory says it: `helo_name`, or its name there. */
  readonly helo: string | undefined
  /** What its own mail comes from, as that of cron and bounces, where that is asked about. */
  readonly own: string | undefined
  /** That its mail leaves from as far as the host knows. */
  readonly routed: readonly string[]
  /** The signer that was asked about, by its name; left out: the usual one. */
  readonly signer?: string | undefined
  /** `undefined` where it did not answer. */
  readonly setup: MailSetup | undefined
  readonly proof: HostProof | undefined
  /** Left out: none. */
  readonly refusedKeys?: readonly RefusedKey[]
}

/** The TXT values at a name by one server, strings joined; `undefined` where it gave no usable answer. */
export interface ServedTxt {
  readonly server: string
  readonly values: readonly string[] | undefined
  readonly why?: string
}

export interface PublishedTxt {
  readonly name: string
  readonly servers: readonly ServedTxt[]
}

export interface DomainEvidence {
  readonly domain: string
  readonly declared: boolean
  readonly sends: boolean
  readonly spf: PublishedTxt
  readonly dmarc: PublishedTxt
  readonly adsp: PublishedTxt
  /** By selector. */
  readonly keys: readonly (PublishedTxt & { readonly selector: string })[]
  /** What counting lookups through includes found. */
  readonly lookups: SpfLookups['findings']
  /** Domains that are to take reports, and have not said so. */
  readonly unconsenting: readonly string[]
  /** What is wanted of it in DNS. */
  readonly planned: readonly PlannedRecord[]
  /** Why that could not be worked out. */
  readonly contradiction?: string
  /** Of records that are to be, such as strangers in SPF. */
  readonly notes: readonly Finding[]
}

export interface Evidence {
  readonly hosts: readonly HostEvidence[]
  readonly domains: readonly DomainEvidence[]
}
