// Finds selectors at which several hosts have different keys. Nobody can know which key is right, so none is published.
import { dkimName } from '../records/dkim/record.ts'
import type { MailMember } from './mail-fleet.ts'
import type { Finding } from '../../findings/finding.ts'
import { fleetFinding } from './findings.ts'

export interface WithoutRivals<Member> {
  readonly members: readonly Member[]
  readonly findings: readonly Finding[]
}

/** The same key of several hosts is one key. */
export function withoutRivals<Member extends Pick<MailMember, 'name' | 'keys'>>(
  members: readonly Member[],
): WithoutRivals<Member> {
  const claims = new Map<string, { readonly hosts: Set<string>; readonly keys: Set<string> }>()
  for (const { name, keys } of members) {
    for (const { domain, selector, publicKey } of keys) {
      const record = dkimName(domain, selector)
      const claim = claims.get(record) ?? { hosts: new Set(), keys: new Set() }
      claim.hosts.add(name)
      claim.keys.add(publicKey)
      claims.set(record, claim)
    }
  }
  const rivals = new Map([...claims].filter(([, { keys }]) => keys.size > 1))
  return {
    members: members.map((member) => ({
      ...member,
      keys: member.keys.filter(({ domain, selector }) => !rivals.has(dkimName(domain, selector))),
    })),
    findings: [...rivals].map(([record, { hosts }]) =>
      fleetFinding(
        'dkim-rival-keys',
        `${record} is the selector of ${[...hosts].join(' and ')}, which have different keys: neither is published`,
        { remedy: 'give one of the hosts another dkim_selector, or take it out of its dkim_selectors' },
      ),
    ),
  }
}
