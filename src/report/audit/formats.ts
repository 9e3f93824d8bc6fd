// A report in the format that is asked for.
import type { AuditReport } from '../../audit/audit-report.ts'
import type { Colours } from '../colour.ts'
import { jsonDocument, jsonLines, type JsonText } from '../json-text.ts'
import type { Printable } from '../write/checked.ts'
import { auditHtml } from './html.ts'
import { auditJunit } from './junit.ts'
import { auditMarkdown } from './markdown.ts'
import { auditSarif } from './sarif.ts'
import { auditText } from './text.ts'

export type AuditFormat = 'text' | 'json' | 'ndjson' | 'junit' | 'sarif' | 'markdown' | 'html'

export interface Screen {
  /** `undefined`: no terminal. */
  readonly columns: number | undefined
  readonly paint: Colours
}

export function auditAs(format: AuditFormat, report: AuditReport, { columns, paint }: Screen): Printable {
  switch (format) {
    case 'text':
      return auditText(report, columns, paint)
    case 'json':
      return jsonDocument(report)
    case 'ndjson':
      return auditNdjson(report)
    case 'junit':
      return auditJunit(report)
    case 'sarif':
      return auditSarif(report)
    case 'markdown':
      return auditMarkdown(report)
    case 'html':
      return auditHtml(report)
  }
}

/** A line for each host, row and finding; the last one sums up. */
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
