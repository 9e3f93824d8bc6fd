// A set of records of one name and type (RFC 2181, section 5), as a name server serves it and as updates name it.
import { dataOf, mxData, nameFromDns, txtData, type DnsData } from '../../mail/formats/dns-text.ts'
import type { Untrusted } from '../../shell/untrusted.ts'
import type { Answer } from './message.ts'

export interface Rdata {
  /** To be compared: TXT strings joined, MX as `10 mx1.example.org.` */
  readonly value: string
  /** As a zone file has it, with the borders of its strings: what an update's prerequisite must name exactly. */
  readonly text: DnsData
}

export interface Rrset {
  /** Seconds; of all records in it (RFC 2181, section 5.2). */
  readonly ttl: number
  readonly rdata: readonly Rdata[]
}

/** @throws MailrunError for none, or one of more than 255 bytes */
export const txtRdata = (strings: readonly Untrusted<Uint8Array>[]): Rdata => ({
  value: Buffer.concat(strings).toString(),
  text: txtData(strings),
})

/** @param exchange - as name servers tell it, whatever bytes it has. @throws MailrunError for what is no name */
export function mxRdata(preference: number, exchange: Untrusted): Rdata {
  const text = mxData(preference, nameFromDns(exchange))
  return { value: text, text }
}

/** What is to be published. @throws MailrunError for an MX record that is none */
export const wantedRdata = (record: { readonly type: 'TXT' | 'MX'; readonly value: string }): Rdata => ({
  value: record.value,
  text: dataOf(record),
})

/** @throws MailrunError for what is no such record */
export function rdataIn(record: Answer): readonly Rdata[] {
  if (record.type === 'TXT') return [txtRdata(record.data)]
  return record.type === 'MX' ? [mxRdata(record.data.preference, record.data.exchange)] : []
}
