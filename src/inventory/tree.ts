// The tree of groups and hosts while inventories are read into it, one after the other. A later value overrides an
// earlier one.
import type { Var } from '../core/fleet/host.ts'
import { MailrunError } from '../core/mailrun-error.ts'
import { GROUP_PRIORITY } from './connection-keys.ts'

export interface GroupNode {
  readonly name: string
  /** file:line of where it is first named. */
  readonly where: string
  /** Its own, in order. */
  readonly hosts: Set<string>
  readonly children: string[]
  readonly parents: string[]
  readonly vars: Map<string, Var>
  /** `ansible_group_priority`: of groups that are equally deep the higher wins. */
  priority: number
}

export interface HostNode {
  readonly name: string
  readonly where: string
  readonly vars: Map<string, Var>
}

export interface Tree {
  readonly groups: Map<string, GroupNode>
  readonly hosts: Map<string, HostNode>
}

export function newTree(): Tree {
  const tree: Tree = { groups: new Map(), hosts: new Map() }
  addGroup(tree, 'all', '')
  addGroup(tree, 'ungrouped', '')
  addChild(tree, 'all', 'ungrouped', '')
  return tree
}

export function addGroup({ groups }: Tree, name: string, where: string): GroupNode {
  const group = groups.get(name) ?? {
    name,
    where,
    hosts: new Set(),
    children: [],
    parents: [],
    vars: new Map(),
    priority: 1,
  }
  groups.set(name, group)
  return group
}

/** @param port - counts where the host is named first, as in Ansible. @throws MailrunError for a name that is none */
export function addHost(tree: Tree, name: string, group: string, port: number | undefined, where: string): HostNode {
  if (!/^[^\s,/'"\\]+$/u.test(name) || /^[-&!~@]/.test(name)) {
    throw new MailrunError(
      `${JSON.stringify(name)} is no name for a host: letters, digits, dots, hyphens and underscores are wanted`,
      where,
    )
  }
  let host = tree.hosts.get(name)
  if (host === undefined) {
    host = { name, where, vars: new Map(port === undefined ? [] : [['ansible_port', { value: port, where }]]) }
    tree.hosts.set(name, host)
  }
  addGroup(tree, group, where).hosts.add(name)
  return host
}

/** @throws MailrunError where a group would be below itself */
export function addChild(tree: Tree, parent: string, child: string, where: string): void {
  const [above, below] = [addGroup(tree, parent, where), addGroup(tree, child, where)]
  if (above.children.includes(child)) return
  const loop = pathDown(tree, child, parent)
  if (loop !== undefined)
    throw new MailrunError(`the groups are children of each other: ${[parent, ...loop].join(' → ')}`, where)
  above.children.push(child)
  below.parents.push(parent)
}

/** Looks at each group once, however many ways lead to it. */
function pathDown(tree: Tree, from: string, to: string): readonly string[] | undefined {
  const cameFrom = new Map<string, string | undefined>([[from, undefined]])
  for (const [name] of cameFrom) {
    if (name === to) break
    for (const child of tree.groups.get(name)?.children ?? []) if (!cameFrom.has(child)) cameFrom.set(child, name)
  }
  if (!cameFrom.has(to)) return undefined
  const path: string[] = []
  for (let name: string | undefined = to; name !== undefined; name = cameFrom.get(name)) path.unshift(name)
  return path
}

/** @throws MailrunError for a priority that is no number */
export function setGroupVar(group: GroupNode, key: string, given: Var): void {
  if (key !== GROUP_PRIORITY) {
    group.vars.set(key, given)
    return
  }
  const priority =
    typeof given.value === 'string' && /^\s*[-+]?\d+\s*$/.test(given.value) ? Number(given.value) : given.value
  if (typeof priority !== 'number' || !Number.isInteger(priority))
    throw new MailrunError(`${GROUP_PRIORITY} must be a whole number, got ${JSON.stringify(given.value)}`, given.where)
  group.priority = priority
}
