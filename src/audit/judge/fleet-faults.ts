// What is wrong between hosts: one selector with two keys, one key on several hosts, domains that nobody declared.
import { dkimName } from '../../mail/dkim-record.ts'
import { groupedBy } from '../../text/grouped-by.ts'
import type { HostEvidence } from '../evidence.ts'
import type { Fault } from '../fault.ts'
import { usedKeyEntries } from '../rules/signing-table.ts'

export interface UsedKey {
  readonly host: string
  readonly domain: string
  readonly selector: string
  readonly path: string
  /** Empty where it is not known. */
  readonly publicKey: string
}

export const usedKeys = (hosts: readonly HostEvidence[]): readonly UsedKey[] =>
  hosts.flatMap(({ name, setup }) =>
    setup === undefined
      ? []
      : usedKeyEntries(setup)
          .filter(({ domain }) => domain !== '%')
          .map(({ domain, selector, path }) => ({
            host: name,
            domain,
            selector,
            path,
            publicKey: setup.keys.find((key) => key.path === path)?.publicKey ?? '',
          })),
  )

export function fleetFaults(hosts: readonly HostEvidence[]): readonly Fault[] {
  const keys = usedKeys(hosts).filter(({ publicKey }) => publicKey !== '')
  return [...collisions(keys), ...sharedKeys(keys), ...hosts.flatMap(undeclaredDomains), ...hosts.flatMap(refusedKeys)]
}

/** What a host names in its tables or histories, and may not speak for. */
const refusedKeys = ({ name, refusedKeys: refused = [] }: HostEvidence): readonly Fault[] =>
  refused.map(({ id, domain, selector, what }) => ({
    id,
    subject: { host: name, domain, record: dkimName(domain, selector) },
    message: `it ${what}`,
  }))

function collisions(keys: readonly UsedKey[]): readonly Fault[] {
  const bySelector = groupedBy(keys, ({ domain, selector }) => dkimName(domain, selector))
  return [...bySelector].flatMap(([record, those]) => {
    if (new Set(those.map(({ publicKey }) => publicKey)).size < 2) return []
    const names = those.map(({ host }) => host).join(' and ')
    return those.map(({ host, domain }): Fault => ({
      id: 'selector-collision',
      subject: { host, domain, record },
      message: `${record} is the selector of ${names}, which have different keys`,
    }))
  })
}

function sharedKeys(keys: readonly UsedKey[]): readonly Fault[] {
  const byKey = groupedBy(keys, ({ publicKey }) => publicKey)
  return [...byKey.values()].flatMap((those) => {
    const names = [...new Set(those.map(({ host }) => host))]
    if (names.length < 2) return []
    return those.map(({ host, domain, selector }): Fault => ({
      id: 'key-shared',
      subject: { host, domain, record: dkimName(domain, selector) },
      message: `${names.join(', ')} have the same private key`,
    }))
  })
}

function undeclaredDomains({ name, declared, own, proof }: HostEvidence): readonly Fault[] {
  if (proof === undefined || declared.length === 0) return []
  return [...new Set(proof.signing.map(({ domain }) => domain))]
    .filter((domain) => domain !== own && !declared.includes(domain))
    .map((domain): Fault => ({
      id: 'domain-undeclared',
      subject: { host: name, domain },
      message: `${domain} is signed for, and the inventory does not name it`,
    }))
}
