// Writes the report of an audit as lines of JSON: one for each host, row and finding; the last one is the summary.
import type { AuditReport } from '../../audit/audit-report.ts'
import { jsonLines, type JsonText } from '../write/json.ts'
import type { AuditFormat } from './format.ts'

export const format: AuditFormat = {
  language: 'ndjson',
  about: 'the same in lines: `kind` is `host`, `domain`, `row`, `finding`, `stale`, in the end `audit`',
  write: auditNdjson,
}

function auditNdjson({ hosts, domains, matrix, findings, stale, ...rest }: AuditReport): JsonText {
  return jsonLines([
    ...hosts.map((each) => ({ kind: 'host', ...each })),
    ...domains.map((each) => ({ kind: 'domain', ...each })),
    ...matrix.map((each) => ({ kind: 'row', ...each })),
    ...findings.map((each) => ({ kind: 'finding', ...each })),
    ...stale.map((each) => ({ kind: 'stale', ...each })),
    { kind: 'audit', ...rest },
  ])
}
