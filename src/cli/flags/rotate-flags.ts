// What `mailrun rotate` is told, typed.
import type { BatchSize } from '../../engine/run-options.ts'
import type { FleetFlags } from './fleet-flags.ts'

export interface RotateFlags extends FleetFlags {
  readonly check?: boolean
  readonly domain?: readonly string[]
  readonly start?: boolean
  /** Hosts. */
  readonly compromised?: readonly string[]
  readonly serial?: readonly BatchSize[]
  /** Seconds. */
  readonly wait?: number
}
