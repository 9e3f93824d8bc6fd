// Groups records by the zone that they belong to.
import { byRecord, isWithin, type DnsRecord, type MailRecord } from '../records/dns-record.ts'
import type { MailFleet } from '../fleet/mail-fleet.ts'

export interface Zone<Record extends DnsRecord = MailRecord> {
  /** Its topmost name, without a final dot. */
  readonly zone: string
  readonly records: readonly Record[]
}

const longest = (names: readonly string[]): string | undefined => [...names].sort((a, b) => b.length - a.length)[0]

/**
 * A record goes into the nearest of the zones that `dns_zones` names; where none does, each mail domain counts as a
 * zone, and for names in none of them what stands above the host's name, or the domain that is asked to take reports.
 */
export function inZones(
  records: readonly MailRecord[],
  { zones, domains }: Pick<MailFleet, 'zones' | 'domains'>,
): readonly Zone[] {
  const around = (name: string, among: readonly string[]): string | undefined =>
    longest(among.filter((zone) => isWithin(name, zone)))
  const zoneOf = ({ name, purpose }: MailRecord): string =>
    around(name, zones) ??
    around(
      name,
      domains.map(({ domain }) => domain),
    ) ??
    fallback(name, purpose)
  const names = [...new Set(records.map(zoneOf))]
  return names
    .map((zone) => ({ zone, records: records.filter((record) => zoneOf(record) === zone).sort(byRecord) }))
    .sort((a, b) => (a.zone < b.zone ? -1 : 1))
}

function fallback(name: string, purpose: MailRecord['purpose']): string {
  const consent = /^.*\._report\._dmarc\.(.*)$/.exec(name)?.[1]
  if (consent !== undefined) return consent
  const labels = name.split('.')
  return purpose === 'spf-helo' && labels.length > 2 ? labels.slice(1).join('.') : name
}

/** Relative to its zone; `@` for the zone's own name. */
export const relativeName = (name: string, zone: string): string =>
  name === zone ? '@' : name.slice(0, -zone.length - 1)
