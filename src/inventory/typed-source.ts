// Reads an inventory in TypeScript.
import type { Var } from '../core/fleet/host.ts'
import { MailrunError } from '../core/mailrun-error.ts'
import type { InventoryHost, TypedInventory } from '../core/fleet/typed-inventory.ts'
import { nearest } from '../text/nearest.ts'
import { addGroup, addHost, type Tree } from './tree.ts'

/** Loads a module; rejects with a MailrunError. */
export type LoadModule = (path: string) => Promise<{ readonly default?: unknown }>

const KEYS = {
  address: 'ansible_host',
  port: 'ansible_port',
  user: 'ansible_user',
  privateKeyFile: 'ansible_ssh_private_key_file',
  become: 'ansible_become',
} as const
const MEMBERS = ['name', 'groups', 'vars', ...Object.keys(KEYS)]

/** @throws MailrunError */
export async function addTyped(tree: Tree, path: string, load: LoadModule): Promise<void> {
  const exported: unknown = (await load(path)).default
  const given: unknown = await (typeof exported === 'function' ? (exported as () => unknown)() : exported)
  if (typeof given !== 'object' || given === null || (given as { kind?: unknown }).kind !== 'inventory') {
    throw new MailrunError(
      'the default export is no inventory: write export default inventory([ … ]), or export a promise of that',
      path,
    )
  }
  const { hosts, where = path } = given as TypedInventory
  if (!Array.isArray(hosts)) throw new MailrunError('inventory( … ) takes a list of hosts', where)
  for (const host of hosts as readonly unknown[]) readHost(tree, host, where)
}

const isHost = (given: unknown): given is InventoryHost<object> =>
  typeof given === 'object' && given !== null && typeof (given as { name?: unknown }).name === 'string'

function readHost(tree: Tree, given: unknown, where: string): void {
  if (!isHost(given)) throw new MailrunError(`a host has a name, got ${JSON.stringify(given)}`, where)
  for (const key of Object.keys(given)) {
    if (MEMBERS.includes(key)) continue
    const near = nearest(key, MEMBERS)
    const hint = near ? `: did you mean ${near}?` : '; what a playbook takes goes under vars'
    throw new MailrunError(`the host ${given.name} has ${MEMBERS.join(', ')}, got ${JSON.stringify(key)}${hint}`, where)
  }
  for (const group of given.groups ?? []) addGroup(tree, group, where)
  const groups = given.groups === undefined || given.groups.length === 0 ? ['ungrouped'] : given.groups
  const host = groups.map((group) => addHost(tree, given.name, group, undefined, where)).at(-1)!
  const set = (key: string, value: unknown): unknown => host.vars.set(key, { value, where } satisfies Var)
  for (const [key, value] of Object.entries(given.vars ?? {})) if (value !== undefined) set(key, value)
  for (const [member, key] of Object.entries(KEYS)) {
    const value = given[member as keyof typeof KEYS]
    if (value !== undefined) set(key, value)
  }
}
