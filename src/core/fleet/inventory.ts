// The fleet: all hosts and groups of the inventories.
import type { Host, Var } from './host.ts'

export interface InventoryGroup {
  readonly name: string
  /** Of the group itself, in order. */
  readonly hosts: readonly string[]
  readonly children: readonly string[]
  /** Its own hosts, then those of its children, each once: what the group stands for in a pattern. */
  readonly members: readonly string[]
  /** What is said of the group itself, connection keys included. */
  readonly vars: ReadonlyMap<string, Var>
}

export interface Inventory {
  /** In Ansible's order: those of `all`, `ungrouped`, the groups below, and so on down. */
  readonly hosts: readonly Host[]
  /** In order of appearance, which wildcards follow. */
  readonly names: readonly string[]
  /** `all` and `ungrouped` first, then as they are named first. */
  readonly groups: ReadonlyMap<string, InventoryGroup>
}
