// The type of an output format of `mailrun audit`.
import type { AuditReport } from '../../audit/audit-report.ts'
import type { About } from '../registry.ts'
import type { Look } from '../screen.ts'
import type { Printable } from '../write/checked.ts'

export interface AuditFormat extends About {
  readonly write: (report: AuditReport, look: Look) => Printable
}
