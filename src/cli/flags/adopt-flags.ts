// What `mailrun adopt` is told, typed.
import type { FleetFlags } from './fleet-flags.ts'

export interface AdoptFlags extends FleetFlags {
  /** The file of the inventory. */
  readonly write?: string
  readonly diff?: boolean
}
