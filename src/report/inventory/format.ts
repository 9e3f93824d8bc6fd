// The type of an output format of `mailrun inventory`, and which vars it may show.
import type { Host, Var } from '../../core/fleet/host.ts'
import type { Inventory } from '../../core/fleet/inventory.ts'
import { STARS } from '../../shell/secret.ts'
import type { About } from '../registry.ts'
import type { Printable } from '../write/checked.ts'
import type { Colours } from '../write/terminal.ts'

export interface InventoryFormat extends About {
  /** All hosts with their groups and vars. */
  readonly list: (inventory: Inventory, paint: Colours) => Printable
  /** The names of all hosts. */
  readonly names: (inventory: Inventory) => Printable
  readonly host: (host: Host, paint: Colours) => Printable
  /** The tree of groups. Absent if the format cannot draw it. */
  readonly graph?: (inventory: Inventory) => Printable
}

/** The names of passwords, whose values are never shown. */
const PASSWORDS = /^ansible_(?:\w+_)?pass(?:word|phrase)?$/

/** All vars of a host, also those of its connection, sorted by name. A password is stars. */
export const varsOf = ({ vars, connection }: Host): readonly (readonly [string, Var])[] =>
  [...vars, ...connection]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, each]) => [key, PASSWORDS.test(key) ? { ...each, value: STARS } : each])
