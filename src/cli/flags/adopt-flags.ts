// What `mailrun adopt` is told, typed.
import type { ReachFlags } from './fleet-flags.ts'

export const ADOPT_FORMATS = ['text', 'json'] as const

export interface AdoptFlags extends ReachFlags {
  readonly format: (typeof ADOPT_FORMATS)[number]
  /** The file of the inventory. */
  readonly write?: string
  readonly diff?: boolean
}
