// Finds domains and host names about which hosts disagree. Their records are reported and left alone; all others
// continue.
import { settledFleet, withoutNames, type MailFleet, type MailMember } from '../../mail/fleet/mail-fleet.ts'
import type { Finding } from '../../findings/finding.ts'
import { fleetFinding } from '../../mail/fleet/findings.ts'
import type { FleetDns } from './each-dns.ts'

export interface Agreed {
  readonly fleet: MailFleet
  /** By domain or name: why it is none of the fleet. */
  readonly leftAlone: ReadonlyMap<string, string>
}

/** @throws MailrunError where hosts disagree on what is one for all domains */
export function agreedFleet(members: readonly MailMember[], { differing }: Pick<FleetDns, 'differing'>): Agreed {
  const { fleet, disputed } = settledFleet(members)
  const reported = [...differing].map(([name, why]) => [name, `${name}: ${why}`] as const)
  return { fleet: withoutNames(fleet, differing), leftAlone: new Map([...reported, ...disputed]) }
}

export const leftAloneFindings = (names: ReadonlyMap<string, string>): readonly Finding[] =>
  [...names.values()].map((why) =>
    fleetFinding('records-contradict', `${why}. Its records are left alone`, { remedy: 'all others go on' }),
  )
