// Finds which DKIM selectors an inventory gives to which host.
import { isIP } from 'node:net'
import { mailDomain, nameKey } from '../../mail/names/names.ts'
import type { OwnSelectors } from '../../mail/fleet/own-selectors.ts'
import type { Host } from '../../core/fleet/host.ts'

/** By name, before rotation makes more of them. */
export interface GivenSelectors {
  readonly host: string
  /** In A-labels; `undefined`: they cannot be known before a secret is opened, and may be any. */
  readonly domains: readonly string[] | undefined
  readonly selectors: readonly string[]
}

interface SelectorVars {
  readonly domains: readonly string[]
  readonly dkim_selector?: string | undefined
  readonly dkim_selectors?: readonly string[] | undefined
}

const shortName = (name: string): string => (isIP(name) ? name : (name.split('.')[0] ?? name)).toLowerCase()
const texts = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((each): each is string => typeof each === 'string') : []

/** Of all hosts, those too that a command leaves out. */
export const givenSelectors = (hosts: readonly Pick<Host, 'name' | 'vars'>[]): readonly GivenSelectors[] =>
  hosts.map(({ name, vars }) => {
    const [first, domains] = [vars.get('dkim_selector')?.value, vars.get('domains')?.value]
    return {
      host: name,
      domains: Array.isArray(domains) ? texts(domains).flatMap((each) => mailDomain(each) ?? []) : undefined,
      selectors: [typeof first === 'string' ? first : shortName(name), ...texts(vars.get('dkim_selectors')?.value)].map(
        nameKey,
      ),
    }
  })

/** @param given - of all hosts of the inventory; those that a host has in its own vars are left out. */
export function ownSelectors(name: string, vars: SelectorVars, given: readonly GivenSelectors[]): OwnSelectors {
  const first = nameKey(vars.dkim_selector ?? shortName(name))
  const further = (vars.dkim_selectors ?? []).map(nameKey)
  const rivals = given.filter(
    ({ host, domains }) => host !== name && (domains?.some((each) => vars.domains.includes(each)) ?? true),
  )
  return { domains: vars.domains, first, further, others: [...new Set(rivals.flatMap(({ selectors }) => selectors))] }
}
