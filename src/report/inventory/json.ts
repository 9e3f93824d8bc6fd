// Writes an inventory as JSON, in the form of `ansible-inventory --list`.
import type { Host } from '../../core/fleet/host.ts'
import type { Inventory } from '../../core/fleet/inventory.ts'
import { jsonDocument } from '../write/json.ts'
import { varsOf, type InventoryFormat } from './format.ts'

export const format: InventoryFormat = {
  language: 'json',
  about: 'programs: `--list` has the shape of `ansible-inventory --list`',
  list: (inventory) => jsonDocument(inventoryJson(inventory)),
  names: ({ hosts }) => jsonDocument(hosts.map(({ name }) => name)),
  host: (host) => jsonDocument(hostJson(host)),
}

/** The inventory in the form of `ansible-inventory --list`. */
export function inventoryJson({ hosts, groups }: Inventory): Readonly<Record<string, unknown>> {
  const names = new Set(hosts.map(({ name }) => name))
  const members = [...groups.values()].flatMap(({ name, hosts: own, children }): [string, object][] => {
    const listed = name === 'all' ? [] : own.filter((each) => names.has(each))
    const group = { ...(listed.length === 0 ? {} : { hosts: listed }), ...(children.length === 0 ? {} : { children }) }
    return Object.keys(group).length === 0 ? [] : [[name, group]]
  })
  const hostvars = hosts.map((host): [string, object] => [
    host.name,
    Object.fromEntries(varsOf(host).map(([key, { value }]) => [key, value])),
  ])
  return {
    _meta: { hostvars: Object.fromEntries(hostvars.filter(([, vars]) => Object.keys(vars).length > 0)) },
    ...Object.fromEntries(members),
  }
}

export const hostJson = (host: Host): Readonly<Record<string, unknown>> => ({
  name: host.name,
  groups: host.groups,
  where: host.where,
  vars: Object.fromEntries(varsOf(host).map(([key, { value, where }]) => [key, { value, where }])),
})
