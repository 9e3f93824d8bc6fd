// Writes records as a part of a BIND zone file, to `$INCLUDE` or to paste.
import { commentLine, dataOf, dnsLine, dnsName, relativeDnsName } from './dns-text.ts'
import type { DnsRecord } from '../records/dns-record.ts'
import type { Zone } from './zones.ts'
import { zoneLine } from './zone-line.ts'

/**
 * Names are relative to an `$ORIGIN` that comes first, so it can be read anywhere in the zone.
 *
 * @throws MailrunError for what is no name, or no MX record
 */
export function zoneFragment({ zone, records }: Zone<DnsRecord & { readonly why?: readonly string[] }>): string {
  const lines = records.flatMap((record) => [
    ...(record.why ?? []).map(commentLine),
    zoneLine({ owner: relativeDnsName(record.name, zone), ttl: record.ttl, type: record.type, data: dataOf(record) }),
  ])
  return [dnsLine`$ORIGIN ${dnsName(zone)}`, ...lines].map((line) => `${line}\n`).join('')
}

export const zoneFragments = (zones: readonly Zone[]): string => zones.map(zoneFragment).join('\n')
