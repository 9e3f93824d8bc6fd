// What `mailrun audit` is told, typed.
import type { AuditFormat } from '../../report/audit/formats.ts'
import type { ReachFlags } from './fleet-flags.ts'

export const AUDIT_FORMATS = [
  'text',
  'json',
  'ndjson',
  'junit',
  'sarif',
  'markdown',
  'html',
] as const satisfies readonly AuditFormat[]

export const FAIL_ON = ['error', 'warning', 'note', 'never'] as const

export interface AuditFlags extends ReachFlags {
  readonly format: AuditFormat
  readonly baseline?: string
  readonly writeBaseline?: string
  /** The least severity that fails the audit. */
  readonly failOn: (typeof FAIL_ON)[number]
}
