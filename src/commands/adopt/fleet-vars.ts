// Compares the vars of all adopted hosts: decides which vars go to the group, and which selector is a host's own.
import { isIP } from 'node:net'
import { isSameName, isSelector } from '../../mail/names/names.ts'
import type { AdoptedHost, AdoptedVar, Adoption } from '../../mail/adoption.ts'
import type { Host } from '../../core/fleet/host.ts'

/** @param inventory - the hosts that were asked. @param connection - how to reach those of the command line. */
export function fleetVars(
  hosts: readonly AdoptedHost[],
  inventory: readonly Pick<Host, 'name' | 'vars'>[],
  connection: Adoption['connection'],
): Adoption {
  const said = new Map(inventory.map(({ name, vars }) => [name, vars]))
  const chosen = hosts.map((host) => withFirst(host, hosts, said.get(host.name)?.has('dkim_selector') === true))
  const adopted = chosen.filter(({ status }) => status === 'adopted')
  const shared =
    adopted.length < 2
      ? []
      : adopted[0]!.vars.filter(({ name, value }) =>
          adopted.every(
            (host) => !said.get(host.name)?.has(name) && JSON.stringify(valueOf(host, name)) === JSON.stringify(value),
          ),
        )
  const names = new Set(shared.map(({ name }) => name))
  return {
    hosts: chosen.map((host) => ({ ...host, vars: host.vars.filter(({ name }) => !names.has(name)) })),
    shared,
    connection,
  }
}

const valueOf = ({ vars }: Pick<AdoptedHost, 'vars'>, name: string): unknown =>
  vars.find((each) => each.name === name)?.value

const listOf = (host: AdoptedHost, name: string): readonly string[] => (valueOf(host, name) ?? []) as readonly string[]

/**
 * If a host signs with one selector, this becomes its `dkim_selector`, unless another host signs with it, too: two
 * hosts must not have the same first selector for a domain. If the host's name is no valid selector (for example an
 * address), it needs a `dkim_selector` in any case.
 */
function withFirst(host: AdoptedHost, all: readonly AdoptedHost[], saysFirst: boolean): AdoptedHost {
  const [selector, ...more] = listOf(host, 'dkim_selectors')
  if (selector === undefined || saysFirst) return host
  const rivals = all.filter(
    (each) => each.name !== host.name && listOf(each, 'dkim_selectors').some((one) => isSameName(one, selector)),
  )
  const left = rivals.length === 0 ? host.left : [...host.left, sharedWords(selector, rivals)]
  const givesNone = isIP(host.name) || !isSelector(labelOf(host.name))
  const ofFullName = labelOf((valueOf(host, 'fqdn') ?? '') as string)
  if (more.length === 0 && rivals.length === 0)
    return { ...host, vars: withVar(host, { name: 'dkim_selector', value: selector }, true) }
  if (!givesNone || !isSelector(ofFullName)) return { ...host, left }
  return { ...host, left, vars: withVar(host, { name: 'dkim_selector', value: ofFullName }, false) }
}

const labelOf = (name: string): string => (name.split('.')[0] ?? '').toLowerCase()

/** Puts the var before `dkim_selectors`, or in its place. */
const withVar = ({ vars }: AdoptedHost, first: AdoptedVar, alone: boolean): readonly AdoptedVar[] =>
  vars.flatMap((each) => (each.name === 'dkim_selectors' ? (alone ? [first] : [first, each]) : [each]))

const sharedWords = (selector: string, rivals: readonly AdoptedHost[]): string =>
  `${rivals
    .map(({ name }) => name)
    .slice(0, 3)
    .join(', ')} ${rivals.length === 1 ? 'signs' : 'sign'} with the ` +
  `selector ${selector}, too: mailrun rotate --start gives each host a key of its own`
