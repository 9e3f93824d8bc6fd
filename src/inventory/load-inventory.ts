// Loads inventory files into the fleet: hosts with their groups, merged vars and addresses.
import type { Host, Var } from '../model/host.ts'
import type { Inventory } from '../model/inventory.ts'
import { MailrunError } from '../model/mailrun-error.ts'
import { addressOf } from './address.ts'
import { addFile, noGroups, type Group, type Groups } from './groups.ts'
import { readYaml } from './yaml-file.ts'

/**
 * Several files are one inventory, the later override the earlier.
 *
 * @param extra - vars that win over those of the inventory (`--extra-vars`), for how hosts are reached.
 * @throws MailrunError with file:line
 */
export async function loadInventory(paths: readonly string[], extra: ReadonlyMap<string, Var>): Promise<Inventory> {
  const gathered = noGroups()
  for (const path of paths) addFile(gathered, await readYaml(path), path)
  if (gathered.hosts.size === 0) throw new MailrunError('the inventory has no hosts', paths.join(', '))
  return inventoryOf(gathered, extra)
}

function inventoryOf({ groups, hosts }: Groups, extra: ReadonlyMap<string, Var>): Inventory {
  const depths = depthsOf(groups)
  const parents = new Map<string, Group[]>()
  for (const group of groups.values()) for (const child of group.children) parents.set(child, [...(parents.get(child) ?? []), group])
  const direct = new Map<string, Group[]>()
  for (const group of groups.values()) for (const host of group.hosts) direct.set(host, [...(direct.get(host) ?? []), group])

  const lineages = new Map<string, readonly Group[]>()
  /** A group and all above it, but `all`. */
  const lineage = (group: Group): readonly Group[] => {
    const known = lineages.get(group.name)
    if (known) return known
    const all = [...new Set([group, ...(parents.get(group.name) ?? []).flatMap(lineage)])].filter(({ name }) => name !== 'all')
    lineages.set(group.name, all)
    return all
  }
  const members = new Map<string, string[]>([['all', []], ['ungrouped', []], ...[...groups.keys()].map((name): [string, string[]] => [name, []])])
  const list = [...hosts].map(([name, entry]): Host => {
    const mine = [...new Set((direct.get(name) ?? []).flatMap(lineage))].sort((a, b) => depths.get(a.name)! - depths.get(b.name)! || (a.name < b.name ? -1 : 1))
    for (const group of ['all', ...(mine.length === 0 ? ['ungrouped'] : mine.map((each) => each.name))]) members.get(group)!.push(name)
    const merged = new Map<string, Var>(groups.get('all')!.vars)
    for (const { vars } of mine) for (const [key, value] of vars) merged.set(key, value)
    for (const [key, value] of entry.vars) merged.set(key, value)
    const address = addressOf(name, new Map([...merged, ...extra]))
    return { name, groups: mine.map((each) => each.name), vars: new Map([...merged].filter(([key]) => !key.startsWith('ansible_'))), address, where: entry.where }
  })
  return { hosts: list, groups: members }
}

/** The longest way from the top: Ansible lets deeper groups override. */
function depthsOf(groups: ReadonlyMap<string, Group>): ReadonlyMap<string, number> {
  const depths = new Map<string, number>([...groups.keys()].map((name) => [name, 1]))
  const walk = (name: string, depth: number, path: readonly string[]): void => {
    if (path.includes(name)) throw new MailrunError(`the groups are children of each other: ${[...path, name].join(' → ')}`, groups.get(name)!.where)
    if (path.length > 0 && depths.get(name)! >= depth) return
    depths.set(name, depth)
    for (const child of groups.get(name)!.children) walk(child, depth + 1, [...path, name])
  }
  for (const name of groups.keys()) walk(name, depths.get(name)!, [])
  return depths
}
