// A change of records as text for the programs of name servers. Every part of it is checked.
import { dnsName, type DnsData, type DnsName } from '../../mail/formats/dns-text.ts'
import type { Rdata } from '../lookup/rrset.ts'
import type { RrsetChange } from '../plan/wanted-change.ts'

export interface WrittenChange {
  readonly zone: DnsName
  readonly owner: DnsName
  readonly type: 'TXT' | 'MX'
  /** The set as it was read; `undefined`: there is none. */
  readonly before: { readonly ttl: number; readonly data: readonly DnsData[] } | undefined
  readonly remove: readonly DnsData[]
  readonly add: readonly DnsData[]
  /** Of the whole set. */
  readonly ttl: number
}

/** @param zone - that it is in, without a final dot. @throws MailrunError for what is no name of mail's records */
export function writtenChange(
  { record: { name, type }, before, remove, add, ttl }: RrsetChange,
  zone: string,
): WrittenChange {
  return {
    zone: dnsName(zone),
    owner: dnsName(name),
    type,
    before: before === undefined ? undefined : { ttl: before.ttl, data: before.rdata.map(textOf) },
    remove: remove.map(textOf),
    add: add.map(textOf),
    ttl,
  }
}

const textOf = ({ text }: Rdata): DnsData => text
