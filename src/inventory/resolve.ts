// Resolves the tree of groups as Ansible does: every group is below `all`, every host is in a group, and vars are
// merged in order of depth.
import type { Host, Var } from '../core/fleet/host.ts'
import type { Inventory, InventoryGroup } from '../core/fleet/inventory.ts'
import { revealed } from '../secrets/sealed.ts'
import { addressOf } from './address.ts'
import { addChild, type GroupNode, type Tree } from './tree.ts'
import type { VarsFolders } from './vars-folders.ts'

/** How hosts are reached, beside what the inventory says. */
export interface Given {
  /** Where it says nothing. */
  readonly defaults: ReadonlyMap<string, Var>
  /** Over what it says. */
  readonly extra: ReadonlyMap<string, Var>
}

/** @param folders - group_vars and host_vars, those of a later one win. @throws MailrunError with file:line */
export async function resolveTree(tree: Tree, folders: readonly VarsFolders[], given: Given): Promise<Inventory> {
  reconcile(tree)
  const depths = depthsOf(tree)
  const ancestors = ancestorsOf(tree)
  const members = new Map([...tree.groups.keys()].map((name) => [name, membersOf(tree, name)]))
  const direct = new Map<string, GroupNode[]>()
  for (const group of tree.groups.values())
    for (const host of group.hosts) direct.set(host, [...(direct.get(host) ?? []), group])
  const hosts: Host[] = []
  for (const name of members.get('all')!) {
    const groups = [...new Set((direct.get(name) ?? []).flatMap((group) => [group, ...ancestors(group)]))].filter(
      (group) => group.name !== 'all',
    )
    groups.sort(
      (a, b) => depths.get(a.name)! - depths.get(b.name)! || a.priority - b.priority || (a.name < b.name ? -1 : 1),
    )
    hosts.push(await hostOf(tree, name, groups, folders, given))
  }
  const groups = [...tree.groups.values()].map((group): [string, InventoryGroup] => [
    group.name,
    {
      name: group.name,
      hosts: [...group.hosts],
      children: group.children,
      members: members.get(group.name)!,
      vars: group.vars,
    },
  ])
  return { hosts, names: [...tree.hosts.keys()], groups: new Map(groups) }
}

async function hostOf(
  tree: Tree,
  name: string,
  groups: readonly GroupNode[],
  folders: readonly VarsFolders[],
  { defaults, extra }: Given,
): Promise<Host> {
  const { vars, where } = tree.hosts.get(name)!
  const ofFolders = async (group: string): Promise<readonly ReadonlyMap<string, Var>[]> =>
    Promise.all(folders.map((folder) => folder.group(group)))
  // What the inventory says of groups, then the folders of `all`, then of the other groups folder by folder, then what
  // is said of the host.
  const layers = [
    tree.groups.get('all')!.vars,
    ...groups.map((group) => group.vars),
    ...(await ofFolders('all')),
    ...(
      await Promise.all(folders.map((folder) => Promise.all(groups.map((group) => folder.group(group.name)))))
    ).flat(),
    vars,
    ...(await Promise.all(folders.map((folder) => folder.host(name)))),
  ]
  const merged = new Map<string, Var>(layers.flatMap((layer) => [...layer]))
  const connection = new Map([...merged].filter(([key]) => key.startsWith('ansible_')))
  return {
    name,
    groups: groups.map((group) => group.name).filter((group) => group !== 'ungrouped'),
    vars: new Map([...merged].filter(([key]) => !key.startsWith('ansible_'))),
    connection,
    address: addressOf(
      name,
      new Map(
        [...defaults, ...connection, ...extra].map(([key, { value, where: said }]) => [
          key,
          { value: revealed(value), where: said },
        ]),
      ),
    ),
    where,
  }
}

/** Every group is below all; a host is in ungrouped exactly if it is in no other group. */
function reconcile(tree: Tree): void {
  for (const { name, parents, where } of tree.groups.values())
    if (name !== 'all' && parents.length === 0) addChild(tree, 'all', name, where)
  const ungrouped = tree.groups.get('ungrouped')!
  const grouped = new Set(
    [...tree.groups.values()]
      .filter(({ name }) => name !== 'all' && name !== 'ungrouped')
      .flatMap(({ hosts }) => [...hosts]),
  )
  for (const name of tree.hosts.keys()) {
    if (grouped.has(name)) ungrouped.hosts.delete(name)
    else ungrouped.hosts.add(name)
  }
}

/** The longest way from all: deeper groups override. */
function depthsOf(tree: Tree): ReadonlyMap<string, number> {
  const depths = new Map<string, number>()
  const depth = (name: string): number => {
    const known = depths.get(name)
    if (known !== undefined) return known
    const found = Math.max(-1, ...tree.groups.get(name)!.parents.map(depth)) + 1
    depths.set(name, found)
    return found
  }
  for (const name of tree.groups.keys()) depth(name)
  return depths
}

function ancestorsOf(tree: Tree): (group: GroupNode) => readonly GroupNode[] {
  const known = new Map<GroupNode, readonly GroupNode[]>()
  const above = (group: GroupNode): readonly GroupNode[] => {
    const before = known.get(group)
    if (before) return before
    const found = [
      ...new Set(group.parents.flatMap((parent) => [tree.groups.get(parent)!, ...above(tree.groups.get(parent)!)])),
    ]
    known.set(group, found)
    return found
  }
  return above
}

/** Breadth first: the group's own hosts, its children's, theirs. */
function membersOf(tree: Tree, name: string): readonly string[] {
  const ordered = new Set<string>([name])
  for (const each of ordered) for (const child of tree.groups.get(each)!.children) ordered.add(child)
  return [...new Set([...ordered].flatMap((group) => [...tree.groups.get(group)!.hosts]))]
}
