// What `mailrun rotate` is told, typed.
import type { BatchSize } from '../../engine/run-options.ts'
import type { ReachFlags } from './fleet-flags.ts'

export interface RotateFlags extends ReachFlags {
  readonly format: 'text' | 'json'
  readonly check?: boolean
  readonly domain?: readonly string[]
  readonly start?: boolean
  /** Hosts. */
  readonly compromised?: readonly string[]
  readonly serial?: readonly BatchSize[]
  /** Seconds. */
  readonly wait?: number
}
