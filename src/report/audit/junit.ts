// A report as JUnit's XML, as CI systems read it: a suite for each host, a case for each domain and check.
import type { AuditCell, AuditFinding, AuditReport, AuditRow } from '../../model/audit.ts'
import { CHECKS, CHECK_NAMES, type CheckName } from '../../model/findings/finding-kind.ts'
import { groupedBy } from '../../text/grouped-by.ts'
import { harmless } from '../harmless.ts'
import { escapeMarkup } from './markup.ts'
import { detailText } from './words.ts'

export function auditJunit(report: AuditReport): string {
  const { matrix, hosts, date, seconds } = report
  const rows = [...groupedBy(matrix, ({ host }) => host ?? '')]
  // Hosts of which nothing was asked have a case of their own, which failed to run.
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
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="mailrun audit" tests="${all.tests}" failures="${all.failures}" errors="${all.errors}" skipped="${all.skipped}" time="${seconds}">\n${suites.map(({ text }) => text).join('')}</testsuites>\n`
}

interface Case {
  readonly kind: 'pass' | 'failure' | 'error' | 'skipped'
  readonly text: string
}

interface Suite {
  readonly text: string
  readonly tests: number
  readonly failures: number
  readonly errors: number
  readonly skipped: number
}

function suite(name: string, own: readonly Case[], error: string | undefined, date: string): Suite {
  const cases: readonly Case[] =
    error === undefined
      ? own
      : [
          ...own,
          {
            kind: 'error',
            text: testCase(name, 'audit', element('error', 'it could not be asked', 'not-audited', error)),
          },
        ]
  const of = (kind: Case['kind']): number => cases.filter((each) => each.kind === kind).length
  const counts = { tests: cases.length, failures: of('failure'), errors: of('error'), skipped: of('skipped') }
  return {
    ...counts,
    text: `  <testsuite name="${xml(name)}" tests="${counts.tests}" failures="${counts.failures}" errors="${counts.errors}" skipped="${counts.skipped}" timestamp="${date.slice(0, 19)}">\n${cases.map(({ text }) => text).join('')}  </testsuite>\n`,
  }
}

const xml = (text: string): string => escapeMarkup(harmless(text))
const testCase = (classname: string, name: string, inside: string): string =>
  `    <testcase classname="${xml(classname)}" name="${xml(name)}"${inside === '' ? '/>' : `>${inside}</testcase>`}\n`
const element = (tag: string, message: string, type: string, text: string): string =>
  `<${tag} message="${xml(message)}" type="${xml(type)}">${xml(text)}</${tag}>`

function casesOf(row: AuditRow, { findings }: AuditReport): readonly Case[] {
  const { host, domain, cells } = row
  return CHECK_NAMES.filter((check) => cells[check].status !== 'none' || cells[check].ids.length > 0).map(
    (check): Case => {
      const found = findings.filter((finding) => concerns(finding, check, row))
      const name = `${domain ?? 'the host'}: ${CHECKS[check].title}`
      const kind = kindOf(cells[check])
      return { kind, text: testCase(host ?? 'no host', name, inside(kind, found)) }
    },
  )
}

/** Whether a finding is behind a cell. */
function concerns({ check, subjects }: AuditFinding, cell: CheckName, { host, domain }: AuditRow): boolean {
  return (
    check === cell &&
    subjects.some(
      (subject) =>
        (subject.host === undefined || subject.host === host) &&
        (subject.domain === undefined || subject.domain === domain),
    )
  )
}

function kindOf({ status }: AuditCell): Case['kind'] {
  return status === 'error' || status === 'warning'
    ? 'failure'
    : status === 'unknown'
      ? 'error'
      : status === 'accepted'
        ? 'skipped'
        : 'pass'
}

function inside(kind: Case['kind'], findings: readonly AuditFinding[]): string {
  const [first] = findings
  const told = findings.map(textOf).join('\n\n')
  if (kind === 'pass') return told === '' ? '' : `<system-out>${xml(told)}</system-out>`
  if (kind === 'skipped')
    return `<skipped message="${xml(findings.map(({ id, accepted }) => `${id}: accepted: ${accepted?.reason ?? ''}`).join('; '))}"/>`
  return element(kind, first?.message ?? 'it could not be found out', first?.id ?? 'unknown', told)
}

const textOf = ({ id, severity, message, expected, found, remedy, subjects, accepted }: AuditFinding): string =>
  [
    `${accepted === undefined ? severity : 'accepted'} ${id}: ${message}`,
    ...(expected === undefined ? [] : [`expected: ${expected}`]),
    ...(found === undefined ? [] : [`found: ${found}`]),
    `to do: ${remedy}`,
    [...new Set(subjects.map(detailText))].filter((each) => each !== '').join('; '),
  ]
    .filter((line) => line !== '')
    .join('\n')
