// The matrix on the HTML page of an audit: hosts and domains by checks. Each cell has a sign and a link to its
// findings.
import type { AuditCell, AuditFinding, AuditReport, AuditRow, CellStatus } from '../../audit/audit-report.ts'
import { CHECK_NAMES, type CheckName } from '../../findings/checks.ts'
import { groupedBy } from '../../text/grouped-by.ts'
import { nameParts } from '../write/html.ts'
import { causesOf } from './causes.ts'
import { concerns } from './concerns.ts'
import { SIGNS } from './words.ts'

const LEGEND: Readonly<Partial<Record<CellStatus, string>>> = {
  pass: 'as it must be',
  note: 'good to know',
  warning: 'works, with a risk',
  error: 'wrong',
  unknown: 'could not be found out',
  accepted: 'known and accepted',
  none: 'nothing to look at',
}

export const legendOf = () =>
  (Object.keys(SIGNS) as readonly CellStatus[]).map((status) => {
    const { sign, word } = SIGNS[status]
    return { status, sign, words: LEGEND[status] ?? word }
  })

/** One for each host. */
export function bodiesOf({ matrix, findings }: AuditReport) {
  const numberOf = numbers(findings)
  return [...groupedBy(matrix, ({ host }) => host ?? '')].map(([host, rows]) => ({
    host: partsOf(host === '' ? null : host),
    rows: alike(rows, numberOf).map((those) => ({
      domains: those.map(({ domain }) => partsOf(domain)),
      cells: CHECK_NAMES.map((check) => cellOf(those[0]!, check, numberOf)),
    })),
  }))
}

const partsOf = (name: string | null): readonly string[] => (name === null ? [] : nameParts(name))

/** Domains of a host that are alike in every cell share a row. */
const alike = (rows: readonly AuditRow[], numberOf: NumberOf): readonly (readonly AuditRow[])[] => [
  ...groupedBy(rows, ({ cells, ...row }) =>
    JSON.stringify([
      cells,
      CHECK_NAMES.map((check) => cells[check].ids.map((id) => numberOf(id, check, { ...row, cells }))),
    ]),
  ).values(),
]

/** Which is the first cause of an id that concerns a place, counted from 1; 0 where there is none. */
type NumberOf = (id: string, check: CheckName, row: AuditRow) => number

function numbers(findings: readonly AuditFinding[]): NumberOf {
  const byId = groupedBy(
    causesOf(findings).flatMap(({ findings: those }, index) =>
      those.map((finding) => ({ finding, number: index + 1 })),
    ),
    ({ finding }) => finding.id,
  )
  return (id, check, row) => byId.get(id)?.find(({ finding }) => concerns(finding, check, row))?.number ?? 0
}

function cellOf(row: AuditRow, check: CheckName, numberOf: NumberOf) {
  const { status, ids, text }: AuditCell = row.cells[check]
  const isPass = status === 'pass'
  return {
    status,
    ...SIGNS[status],
    value: isPass && text !== '' ? nameParts(text) : [],
    links: isPass ? [] : ids.map((id) => ({ id, finding: numberOf(id, check, row) })),
  }
}
