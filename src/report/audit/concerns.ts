// Finds the findings that belong to a cell of the matrix.
import type { AuditFinding, AuditRow } from '../../audit/audit-report.ts'
import type { CheckName } from '../../findings/checks.ts'

/** What a subject leaves out is not concerned: it holds for every host, or domain. */
export function concerns({ check, subjects }: AuditFinding, cell: CheckName, { host, domain }: AuditRow): boolean {
  if (check !== cell) return false
  return subjects.some((subject) => {
    const isHost = subject.host === undefined || subject.host === host
    const isDomain = subject.domain === undefined || subject.domain === domain
    return isHost && isDomain
  })
}
