// The DKIM selectors that belong to a host, for playbooks: computed from the vars of all their hosts.
import { nameKey } from '../names/names.ts'
import type { OwnSelectors } from './own-selectors.ts'
import { rotationBase } from '../rotation/new-selector.ts'

export interface SelectorMember {
  readonly vars: {
    /** In A-labels. */
    readonly domains: readonly string[]
    readonly dkim_selector?: string | undefined
    readonly dkim_selectors?: readonly string[] | undefined
  }
  readonly host: { readonly name: string; readonly shortName: string }
}

/** A selector by name, and whose it is. */
interface Given {
  readonly selector: string
  readonly member: SelectorMember
}
type ByBase = ReadonlyMap<string, readonly Given[]>

const known = new WeakMap<readonly SelectorMember[], ByBase>()

/** The selector of a host's first key. */
export const firstSelector = ({ vars, host }: SelectorMember): string =>
  vars.dkim_selector ?? host.shortName.toLowerCase()

/**
 * What a host speaks for among these hosts: its first selector, its `dkim_selectors`, and what a rotation makes.
 *
 * @param members - all hosts of the playbook; of the others, those selectors are reported that might be one of a
 * rotation.
 */
export function ownSelectorsAmong(member: SelectorMember, members: readonly SelectorMember[]): OwnSelectors {
  const { domains, dkim_selectors = [] } = member.vars
  const first = firstSelector(member).toLowerCase()
  const further = dkim_selectors.map(nameKey)
  const byBase = known.get(members) ?? basesOf(members)
  known.set(members, byBase)
  const near = [...new Set([rotationBase(first), rotationBase(`${first}-00000000`)])]
  const others = near
    .flatMap((base) => byBase.get(base) ?? [])
    .filter(({ member: other }) => other !== member && other.vars.domains.some((each) => domains.includes(each)))
  return { domains, first, further, others: [...new Set(others.map(({ selector }) => selector))] }
}

function basesOf(members: readonly SelectorMember[]): ByBase {
  const byBase = new Map<string, Given[]>()
  for (const member of members) {
    for (const selector of [firstSelector(member), ...(member.vars.dkim_selectors ?? [])].map(nameKey)) {
      const base = rotationBase(selector)
      const given = byBase.get(base) ?? []
      given.push({ selector, member })
      byBase.set(base, given)
    }
  }
  return byBase
}
