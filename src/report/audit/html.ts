// Writes the report of an audit as one HTML page. The page needs no other file: no script, no font, no picture. Text of
// hosts can become no element and no script in it. The layout is in templates/audit.html.ejs; this file prepares the
// content.
import type { AuditReport } from '../../audit/audit-report.ts'
import { CHECKS, CHECK_NAMES } from '../../findings/checks.ts'
import { htmlFrom, type HtmlText } from '../write/html.ts'
import { count } from '../write/name-list.ts'
import type { AuditFormat } from './format.ts'
import { findingsOf } from './html-findings.ts'
import { bodiesOf, legendOf } from './html-matrix.ts'
import { tablesOf } from './html-tables.ts'
import { tilesOf, verdictOf } from './html-verdict.ts'

export const format: AuditFormat = {
  language: 'html',
  about:
    'people: one page that needs nothing beside itself, light and dark, for screens and paper; ' +
    'a sign and a word stand beside each colour',
  write: auditHtml,
}

export function auditHtml(report: AuditReport): HtmlText {
  return htmlFrom('audit.html.ejs', pageOf(report))
}

/** What the template is given. */
const pageOf = (report: AuditReport) => {
  const { date, mailrun, summary } = report
  return {
    mailrun,
    date,
    day: date.slice(0, 10),
    minute: date.slice(0, 16).replace('T', ' '),
    scope: `${count(summary.hosts, 'host')}, ${count(summary.domains, 'domain')}, `,
    verdict: verdictOf(report),
    tiles: tilesOf(report),
    checks: CHECK_NAMES.map((check) => CHECKS[check]),
    bodies: bodiesOf(report),
    legend: legendOf(),
    findings: findingsOf(report),
    tables: tablesOf(report),
  }
}
