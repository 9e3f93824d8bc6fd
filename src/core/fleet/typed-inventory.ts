// An inventory in TypeScript: a file that exports its hosts.
import { callSite } from '../call-site.ts'

/** A host of a typed inventory. */
export interface InventoryHost<Vars extends object = Readonly<Record<string, unknown>>> {
  readonly name: string
  readonly groups?: readonly string[]
  /** Name or address; left out: `name`. */
  readonly address?: string
  /** Left out: 22. */
  readonly port?: number
  /** Left out: `--user`, else who runs mailrun. */
  readonly user?: string
  readonly privateKeyFile?: string
  /** Do the work as root, through sudo. */
  readonly become?: boolean
  readonly vars?: Vars
}

/** What an inventory file exports by default, or a promise of it. */
export interface TypedInventory {
  readonly kind: 'inventory'
  readonly hosts: readonly InventoryHost<object>[]
  /** file:line of the call that made it. */
  readonly where: string | undefined
}

/**
 * Makes an inventory; where hosts have to be fetched first, the file exports a promise:
 * `export default fetchHosts().then(inventory)`.
 *
 * @example
 * export default inventory(
 *   ['mx1', 'mx2'].map((name) => ({
 *     name: `${name}.example.org`,
 *     groups: ['mail'],
 *     user: 'root',
 *     vars: { domains: ['example.org'] },
 *   })),
 * )
 */
export const inventory = (hosts: readonly InventoryHost<object>[]): TypedInventory => ({
  kind: 'inventory',
  hosts,
  where: callSite(inventory),
})
