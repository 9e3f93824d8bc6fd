// What `mailrun audit` is told, typed.
import type { FleetFlags } from './fleet-flags.ts'

export const FAIL_ON = ['error', 'warning', 'note', 'never'] as const

export interface AuditFlags extends FleetFlags {
  readonly baseline?: string
  readonly writeBaseline?: string
  /** The least severity that fails the audit. */
  readonly failOn: (typeof FAIL_ON)[number]
}
