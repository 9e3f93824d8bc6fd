// Hosts that did not answer, so that their addresses are unknown: the SPF records of their domains cannot be computed,
// everything else can.
import type { MailFleet } from '../../mail/fleet/mail-fleet.ts'

export interface Unmuted {
  /** Those hosts send for nothing in it, and have their keys. */
  readonly fleet: MailFleet
  /** By domain or name: why who sends for it, too, is not known. */
  readonly unknown: ReadonlyMap<string, string>
}

/** @param mute - why their addresses are not known, by host. */
export function withoutMute(fleet: MailFleet, mute: ReadonlyMap<string, string>): Unmuted {
  return {
    fleet: {
      ...fleet,
      hosts: fleet.hosts.map((host) =>
        mute.has(host.name) ? { ...host, domains: [], helo: undefined, ownName: undefined } : host,
      ),
    },
    unknown: new Map(
      fleet.hosts.flatMap((host) =>
        mute.has(host.name) ? namesOf(host).map((domain) => [domain, mute.get(host.name)!] as const) : [],
      ),
    ),
  }
}

/** That SPF is looked at for. */
export const namesOf = ({ domains, helo, ownName }: MailFleet['hosts'][number]): readonly string[] => [
  ...domains,
  ...[helo, ownName].filter((name) => name !== undefined),
]
