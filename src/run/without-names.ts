// A mail fleet without some of its domains and hosts' names: their records are left alone, all others go on.
import type { MailFleet, MailHost } from '../mail/mail-fleet.ts'
import { finding, type RecordFinding } from '../mail/record-finding.ts'

/** @param names - by domain or name, why. */
export function withoutNames(fleet: MailFleet, names: ReadonlyMap<string, string>): MailFleet {
  if (names.size === 0) return fleet
  const keep = (name: string | undefined): string | undefined =>
    name === undefined || names.has(name) ? undefined : name
  return {
    ...fleet,
    domains: fleet.domains.filter(({ domain }) => !names.has(domain)),
    hosts: fleet.hosts.map((host): MailHost => ({
      ...host,
      helo: keep(host.helo),
      ownName: keep(host.ownName),
      domains: host.domains.filter((domain) => !names.has(domain)),
      keys: host.keys.filter(({ domain }) => !names.has(domain)),
    })),
  }
}

export const leftAloneFindings = (names: ReadonlyMap<string, string>): readonly RecordFinding[] =>
  [...names.values()].map((why) =>
    finding('records-contradict', 'error', `${why}. Its records are left alone`, 'all others go on'),
  )
