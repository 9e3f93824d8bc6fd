// Records as a piece of a BIND zone file, for `$INCLUDE` or for pasting.
import type { DnsRecord } from '../dns-record.ts'
import { relativeName, type Zone } from './zones.ts'
import { zoneLine } from './zone-line.ts'

/** Control characters in a comment would end it. */
const comment = (text: string): string => `; ${text.replaceAll(/[\x00-\x1f\x7f]/g, '?')}`

/** Names are relative to an `$ORIGIN` that comes first, so it can be read anywhere in the zone. */
export function zoneFragment({ zone, records }: Zone<DnsRecord & { readonly why?: readonly string[] }>): string {
  const lines = records.flatMap(({ name, ttl, type, value, why = [] }) => [
    ...why.map(comment),
    zoneLine({ owner: relativeName(name, zone), ttl, type, value }),
  ])
  return [`$ORIGIN ${zone}.`, ...lines].map((line) => `${line}\n`).join('')
}

export const zoneFragments = (zones: readonly Zone[]): string => zones.map(zoneFragment).join('\n')
