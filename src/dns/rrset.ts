// A set of records of one name and type (RFC 2181, section 5) as a name server serves it, and as updates name it.
import { quotedString } from '../mail/render/zone-line.ts'

export interface Rdata {
  /** To be compared: TXT strings joined, MX as `10 mx1.example.org.` */
  readonly value: string
  /** As a zone file has it, with the borders of its strings: what an update's prerequisite must name exactly. */
  readonly text: string
}

export interface Rrset {
  /** Seconds; of all records in it (RFC 2181, section 5.2). */
  readonly ttl: number
  readonly rdata: readonly Rdata[]
}

export const txtRdata = (strings: readonly Uint8Array[]): Rdata => ({
  value: Buffer.concat(strings).toString(),
  text: strings.map(quotedString).join(' '),
})

/** @param exchange - without a final dot; empty: the root. */
export function mxRdata(preference: number, exchange: string): Rdata {
  const value = `${preference} ${exchange === '.' ? '' : exchange.toLowerCase()}.`
  return { value, text: value }
}
