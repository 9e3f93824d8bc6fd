// Writes a record as a line of a zone file (RFC 1035, section 5.1).
import { dnsLine, type DnsData, type DnsLine, type DnsName, type DnsType, type RelativeDnsName } from './dns-text.ts'

export interface ZoneLine {
  /** As it is to stand there: `mx1._domainkey`, `example.org.`, `@`. */
  readonly owner: DnsName | RelativeDnsName
  /** Seconds; `undefined`: the zone's. */
  readonly ttl: number | undefined
  readonly type: DnsType
  readonly data: DnsData
}

export const zoneLine = ({ owner, ttl, type, data }: ZoneLine): DnsLine =>
  ttl === undefined ? dnsLine`${owner} IN ${type} ${data}` : dnsLine`${owner} ${ttl} IN ${type} ${data}`
