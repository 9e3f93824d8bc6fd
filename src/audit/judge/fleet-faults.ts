// What is wrong between hosts: one selector with two keys, one key on several hosts, domains that nobody declared.
import { dkimName } from '../../mail/dkim-record.ts'
import { groupedBy } from '../../text/grouped-by.ts'
import type { HostEvidence } from '../evidence.ts'
import type { Fault } from '../fault.ts'
import { keyEntries, plainKeys } from '../rules/signing-table.ts'

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
      : [...keyEntries(setup), ...plainKeys(setup)]
          .filter(({ malformed, domain }) => !malformed && domain !== '%')
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
  const bySelector = groupedBy(keys, ({ domain, selector }) => dkimName(domain, selector))
  return [
    ...[...bySelector].flatMap(([record, those]) =>
      new Set(those.map(({ publicKey }) => publicKey)).size < 2
        ? []
        : those.map(({ host, domain }): Fault => ({
            id: 'selector-collision',
            subject: { host, domain, record },
            message: `${record} is the selector of ${those.map((each) => each.host).join(' and ')}, which have different keys`,
          })),
    ),
    ...[...groupedBy(keys, ({ publicKey }) => publicKey).values()].flatMap((those) => {
      const names = [...new Set(those.map(({ host }) => host))]
      return names.length < 2
        ? []
        : those.map(({ host, domain, selector }): Fault => ({
            id: 'key-shared',
            subject: { host, domain, record: dkimName(domain, selector) },
            message: `${names.join(', ')} have the same private key`,
          }))
    }),
    ...hosts.flatMap(({ name, declared, own, proof }) =>
      proof === undefined || declared.length === 0
        ? []
        : domainsOf(proof.signing.map(({ domain }) => domain))
            .filter((domain) => domain !== own && !declared.includes(domain))
            .map((domain): Fault => ({
              id: 'domain-undeclared',
              subject: { host: name, domain },
              message: `${domain} is signed for, and the inventory does not name it`,
            })),
    ),
  ]
}

const domainsOf = (names: readonly string[]): readonly string[] => [...new Set(names)]
