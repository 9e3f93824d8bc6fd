// Audit rules that compare hosts: one selector with two keys, one key on several hosts, domains and keys that nobody
// declared.
import { rule, type FindingKind, type Rule } from '../../findings/rule.ts'
import { dkimName } from '../../mail/records/dkim/record.ts'
import { FLEET_KINDS } from '../../mail/fleet/findings.ts'
import { groupedBy } from '../../text/grouped-by.ts'
import type { HostEvidence, RefusedKey } from '../evidence.ts'
import { usedKeys, type UsedKey } from '../used-keys.ts'

type Hosts = readonly HostEvidence[]

const knownKeys = (hosts: Hosts): readonly UsedKey[] => usedKeys(hosts).filter(({ publicKey }) => publicKey !== '')

const selectorCollision = rule({
  id: 'selector-collision',
  check: 'setup',
  severity: 'error',
  means:
    'Two hosts sign with different keys at one selector: DNS can have only one of them, and mail of ' +
    'the other host fails.',
  remedy: 'give one of them another selector',
  find(hosts: Hosts) {
    const bySelector = groupedBy(knownKeys(hosts), ({ domain, selector }) => dkimName(domain, selector))
    return [...bySelector].flatMap(([record, those]) => {
      if (new Set(those.map(({ publicKey }) => publicKey)).size < 2) return []
      const names = those.map(({ host }) => host).join(' and ')
      return those.map(({ host, domain }) => ({
        subject: { host, domain, record },
        message: `${record} is the selector of ${names}, which have different keys`,
      }))
    })
  },
})

const keyShared = rule({
  id: 'key-shared',
  check: 'setup',
  severity: 'note',
  means: 'Several hosts have the same private key: it cannot be revoked for one of them.',
  remedy: 'make a key for each host, or ignore this if it is intended',
  find(hosts: Hosts) {
    const byKey = groupedBy(knownKeys(hosts), ({ publicKey }) => publicKey)
    return [...byKey.values()].flatMap((those) => {
      const names = [...new Set(those.map(({ host }) => host))]
      if (names.length < 2) return []
      return those.map(({ host, domain, selector }) => ({
        subject: { host, domain, record: dkimName(domain, selector) },
        message: `${names.join(', ')} have the same private key`,
      }))
    })
  },
})

const domainUndeclared = rule({
  id: 'domain-undeclared',
  check: 'setup',
  severity: 'note',
  means: 'The host signs for a domain that the inventory does not name, so mailrun does not maintain its ' + 'records.',
  remedy: 'add it to domains, or remove it from the SigningTable',
  find: (hosts: Hosts) =>
    hosts.flatMap(({ name, declared, own, proof }) =>
      proof === undefined || declared.length === 0
        ? []
        : [...new Set(proof.signing.map(({ domain }) => domain))]
            .filter((domain) => domain !== own && !declared.includes(domain))
            .map((domain) => ({
              subject: { host: name, domain },
              message: `${domain} is signed for, and the inventory does not name it`,
            })),
    ),
})

/** What a host names in its tables or histories, and may not speak for. */
const refusedKeys = <Id extends RefusedKey['id']>(kind: FindingKind<Id>): Rule<Hosts, Id> => ({
  ...kind,
  find: (hosts) =>
    hosts.flatMap(({ name, refusedKeys: refused = [] }) =>
      refused
        .filter((each) => each.id === kind.id)
        .map(({ domain, selector, what }) => ({
          subject: { host: name, domain, record: dkimName(domain, selector) },
          message: `it ${what}`,
        })),
    ),
})

export const FLEET_RULES = [
  selectorCollision,
  keyShared,
  domainUndeclared,
  refusedKeys(FLEET_KINDS['selector-foreign']),
  refusedKeys(FLEET_KINDS['dkim-unfit-key']),
]
