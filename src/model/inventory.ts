// The fleet as the inventory files describe it.
import type { Host } from './host.ts'

export interface Inventory {
  /** In order of appearance. */
  readonly hosts: readonly Host[]
  /** Names of the hosts of each group, those of its children included; with `all` and `ungrouped`. */
  readonly groups: ReadonlyMap<string, readonly string[]>
}
