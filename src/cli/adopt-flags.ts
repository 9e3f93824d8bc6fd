// What `mailrun adopt` is told, typed.
import type { ReachFlags } from './options.ts'

export const ADOPT_FORMATS = ['text', 'json'] as const

export interface AdoptFlags extends ReachFlags {
  readonly format: (typeof ADOPT_FORMATS)[number]
  /** The file of the inventory. */
  readonly write?: string
  readonly diff?: boolean
  /** Of the check; left out: it is chosen. */
  readonly playbook?: string
}
