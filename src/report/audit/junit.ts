// Writes the report of an audit as JUnit XML for CI systems: a suite for each host, a case for each domain and check.
import type { AuditFinding, AuditReport, AuditRow, CellStatus } from '../../audit/audit-report.ts'
import { CHECKS, CHECK_NAMES } from '../../findings/checks.ts'
import { groupedBy } from '../../text/grouped-by.ts'
import { inLines, word, xml, xmlJoined, type XmlText } from '../write/xml.ts'
import { concerns } from './concerns.ts'
import { detailText } from './words.ts'
import type { AuditFormat } from './format.ts'

export const format: AuditFormat = {
  language: 'xml',
  about:
    'CI: a suite for each host, a case for each domain and column. Errors and warnings are failures, ' +
    'what could not be found out is an error, what is accepted is skipped, notes are in `system-out`',
  write: auditJunit,
}

export function auditJunit(report: AuditReport): XmlText {
  const { matrix, hosts, date, seconds } = report
  const rows = [...groupedBy(matrix, ({ host }) => host ?? '')]
  // A host that was not asked has a case of its own, with an error.
  const suites = rows.map(([host, those]) =>
    suite(
      host === '' ? 'no host' : host,
      those.flatMap((row) => casesOf(row, report)),
      hosts.find(({ name }) => name === host)?.error,
      date,
    ),
  )
  const all = suites.reduce(
    (sum, each) => ({
      tests: sum.tests + each.tests,
      failures: sum.failures + each.failures,
      errors: sum.errors + each.errors,
      skipped: sum.skipped + each.skipped,
    }),
    { tests: 0, failures: 0, errors: 0, skipped: 0 },
  )
  return xml`<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="mailrun audit" ${countsText(all)} time="${seconds}">
${xmlJoined(suites.map(({ text }) => text))}</testsuites>
`
}

interface Case {
  readonly kind: 'pass' | 'failure' | 'error' | 'skipped'
  readonly text: XmlText
}

interface Counts {
  readonly tests: number
  readonly failures: number
  readonly errors: number
  readonly skipped: number
}

const countsText = ({ tests, failures, errors, skipped }: Counts): XmlText =>
  xml`tests="${tests}" failures="${failures}" errors="${errors}" skipped="${skipped}"`

interface Suite extends Counts {
  readonly text: XmlText
}

function suite(name: string, own: readonly Case[], error: string | undefined, date: string): Suite {
  const cases = error === undefined ? own : [...own, notAudited(name, error)]
  const of = (kind: Case['kind']): number => cases.filter((each) => each.kind === kind).length
  const counts = { tests: cases.length, failures: of('failure'), errors: of('error'), skipped: of('skipped') }
  const text = xml`  <testsuite name="${word(name)}" ${countsText(counts)} timestamp="${word(date.slice(0, 19))}">
${xmlJoined(cases.map((each) => each.text))}  </testsuite>
`
  return { ...counts, text }
}

const notAudited = (host: string, error: string): Case => ({
  kind: 'error',
  text: testCase(host, 'audit', element('error', 'it could not be asked', 'not-audited', [error])),
})

function testCase(classname: string, name: string, inside: XmlText): XmlText {
  const end = inside === '' ? xml`/>` : xml`>${inside}</testcase>`
  return xml`    <testcase classname="${word(classname)}" name="${word(name)}"${end}\n`
}

function element(tag: 'failure' | 'error', message: string, type: string, reported: readonly string[]): XmlText {
  const name = word(tag)
  return xml`<${name} message="${word(message)}" type="${word(type)}">${inLines(reported)}</${name}>`
}

function casesOf(row: AuditRow, { findings }: AuditReport): readonly Case[] {
  const { host, domain, cells } = row
  return CHECK_NAMES.filter((check) => cells[check].status !== 'none' || cells[check].ids.length > 0).map(
    (check): Case => {
      const found = findings.filter((finding) => concerns(finding, check, row))
      const name = `${domain ?? 'the host'}: ${CHECKS[check].title}`
      const kind = KINDS[cells[check].status]
      return { kind, text: testCase(host ?? 'no host', name, inside(kind, found)) }
    },
  )
}

const KINDS: Readonly<Record<CellStatus, Case['kind']>> = {
  pass: 'pass',
  note: 'pass',
  warning: 'failure',
  error: 'failure',
  // The case has an error, because it could not run.
  unknown: 'error',
  accepted: 'skipped',
  none: 'pass',
}

function inside(kind: Case['kind'], findings: readonly AuditFinding[]): XmlText {
  const [first] = findings
  const reported = findings.flatMap((each, index) => [...(index === 0 ? [] : ['']), ...linesOf(each)])
  if (kind === 'pass') return reported.length === 0 ? xml`` : xml`<system-out>${inLines(reported)}</system-out>`
  if (kind === 'skipped') {
    const reasons = findings.map(({ id, accepted }) => `${id}: accepted: ${accepted?.reason ?? ''}`)
    return xml`<skipped message="${word(reasons.join('; '))}"/>`
  }
  return element(kind, first?.message ?? 'it could not be found out', first?.id ?? 'unknown', reported)
}

const linesOf = ({
  id,
  severity,
  message,
  expected,
  found,
  remedy,
  subjects,
  accepted,
}: AuditFinding): readonly string[] =>
  [
    `${accepted === undefined ? severity : 'accepted'} ${id}: ${message}`,
    ...(expected === undefined ? [] : [`expected: ${expected}`]),
    ...(found === undefined ? [] : [`found: ${found}`]),
    `to do: ${remedy}`,
    [...new Set(subjects.map(detailText))].filter((each) => each !== '').join('; '),
  ].filter((line) => line !== '')
