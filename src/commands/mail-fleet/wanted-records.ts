// Which records `mailrun dns` publishes for a host, as far as its vars say it: before name servers and hosts are asked.
import { settledFleet } from '../../mail/fleet/mail-fleet.ts'
import { speaksFor } from '../../mail/fleet/own-selectors.ts'
import type { WantedRecords } from '../../verify/unpublished.ts'
import { ownSelectors, type GivenSelectors } from './given-selectors.ts'
import type { MailHostVars } from './mail-fleet-of.ts'

/**
 * SPF of its domains and of its own names, where it sends for a domain at all; keys of its domains at its own
 * selectors.
 *
 * @param given - of all hosts of the inventory.
 */
export function wantedRecords(name: string, vars: MailHostVars, given: readonly GivenSelectors[]): WantedRecords {
  const { hosts } = settledFleet([{ name, vars, addresses: [], keys: [] }]).fleet
  const domains = hosts.flatMap((host) => host.domains)
  const names = domains.length === 0 ? [] : hosts.flatMap(({ helo, ownName }) => [...domains, helo, ownName])
  const own = ownSelectors(name, vars, given)
  return {
    spf: (domain) => names.includes(domain),
    key: (domain, selector) => domains.includes(domain) && speaksFor(own, domain, selector),
  }
}
