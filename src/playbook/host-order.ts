// The order between hosts: what `after` of a playbook says, checked, and the hosts in that order.
import type { Inventory } from '../core/fleet/inventory.ts'
import { MailrunError } from '../core/mailrun-error.ts'
import type { PreparedHost } from '../core/fleet/prepared-host.ts'
import { nearest } from '../text/nearest.ts'

/**
 * The hosts that are meant, but the host itself.
 *
 * @param given - names of hosts and groups.
 * @param where - the playbook, for errors.
 * @throws MailrunError for a name of neither
 */
export function namesAfter(
  host: string,
  given: unknown,
  { groups, hosts }: Inventory,
  where: string,
): readonly string[] {
  if (!Array.isArray(given)) throw new MailrunError('after must return a list of names of hosts and groups', where)
  const names = (given as readonly unknown[]).flatMap((name): readonly string[] => {
    const group = typeof name === 'string' ? groups.get(name) : undefined
    if (group !== undefined) return group.members
    if (hosts.some((each) => each.name === name)) return [name as string]
    const near = nearest(String(name), [...groups.keys(), ...hosts.map((each) => each.name)])
    const hint = near === undefined ? '' : `: did you mean ${near}?`
    throw new MailrunError(`after: there is no host and no group ${JSON.stringify(name)}${hint}`, where)
  })
  return [...new Set(names)].filter((name) => name !== host)
}

/** As they are, but each behind those that come before it. @throws MailrunError where hosts wait for each other */
export function inOrder(hosts: readonly PreparedHost[]): readonly PreparedHost[] {
  if (hosts.every(({ after = [] }) => after.length === 0)) return hosts
  const byName = new Map(hosts.map((each) => [each.host.name, each]))
  const placed = new Set<PreparedHost>()
  const path: string[] = []
  const place = (each: PreparedHost): void => {
    if (placed.has(each)) return
    const { name } = each.host
    if (path.includes(name)) {
      const circle = [...path.slice(path.indexOf(name)), name].join(' after ')
      throw new MailrunError(`hosts wait for each other, so that none can begin: ${circle}`)
    }
    path.push(name)
    for (const before of each.after ?? []) {
      const other = byName.get(before)
      if (other !== undefined) place(other)
    }
    path.pop()
    placed.add(each)
  }
  hosts.forEach(place)
  return [...placed]
}
