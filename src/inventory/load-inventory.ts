// Loads inventory files into the fleet: hosts with their groups, merged vars and addresses.
import { dirname } from 'node:path'
import type { Host, Var } from '../model/host.ts'
import type { Inventory } from '../model/inventory.ts'
import { MailrunError } from '../model/mailrun-error.ts'
import { addressOf } from './address.ts'
import { addFile, noGroups, type Group, type Groups } from './groups.ts'
import { varsFolders, type VarsFolders } from './vars-folders.ts'
import { readYaml } from './yaml-file.ts'

export interface InventorySource {
  /** Several files are one inventory, the later override the earlier. */
  readonly paths: readonly string[]
  /** The folder of the playbook, whose group_vars and host_vars count too. */
  readonly playbookFolder: string | undefined
  /** Vars that win over all others (`--extra-vars`), for how hosts are reached. */
  readonly extra: ReadonlyMap<string, Var>
}

/** @throws MailrunError with file:line */
export async function loadInventory({ paths, playbookFolder, extra }: InventorySource): Promise<Inventory> {
  const gathered = noGroups()
  for (const path of paths) addFile(gathered, await readYaml(path), path)
  if (gathered.hosts.size === 0) throw new MailrunError('the inventory has no hosts', paths.join(', '))
  const beside = await Promise.all([...new Set(paths.map((path) => dirname(path)))].map(varsFolders))
  const ofPlaybook = playbookFolder === undefined ? [] : [await varsFolders(playbookFolder)]
  return inventoryOf(gathered, [...beside, ...ofPlaybook], extra)
}

async function inventoryOf({ groups, hosts }: Groups, folders: readonly VarsFolders[], extra: ReadonlyMap<string, Var>): Promise<Inventory> {
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
  const list: Host[] = []
  for (const [name, entry] of hosts) {
    const mine = [...new Set((direct.get(name) ?? []).flatMap(lineage))].sort((a, b) => depths.get(a.name)! - depths.get(b.name)! || (a.name < b.name ? -1 : 1))
    for (const group of ['all', ...(mine.length === 0 ? ['ungrouped'] : mine.map((each) => each.name))]) members.get(group)!.push(name)
    const ofFolders = async (group: string): Promise<readonly ReadonlyMap<string, Var>[]> => Promise.all(folders.map((folder) => folder.group(group)))
    // Ansible's order: what the inventory says of groups, then the folders of `all`, of the other groups, and what is said of the host.
    const layers = [
      groups.get('all')!.vars,
      ...mine.map(({ vars }) => vars),
      ...(await ofFolders('all')),
      ...(await Promise.all(folders.map(async (folder) => Promise.all((mine.length === 0 ? ['ungrouped'] : mine.map((group) => group.name)).map((group) => folder.group(group)))))).flat(),
      entry.vars,
      ...(await Promise.all(folders.map((folder) => folder.host(name)))),
    ]
    const merged = new Map<string, Var>(layers.flatMap((layer) => [...layer]))
    const address = addressOf(name, new Map([...merged, ...extra]))
    list.push({ name, groups: mine.map((each) => each.name), vars: new Map([...merged].filter(([key]) => !key.startsWith('ansible_'))), address, where: entry.where })
  }
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
