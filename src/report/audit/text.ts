// Writes the report of an audit for a terminal: the matrix, cut to the terminal's width, then each cause once, with the
// places that it concerns and what to do.
import type { AuditReport, AuditRow, CellStatus } from '../../audit/audit-report.ts'
import { CHECKS, CHECK_NAMES } from '../../findings/checks.ts'
import type { Colours } from '../write/colour.ts'
import { causesOf, type CauseGroup } from './causes.ts'
import { count } from '../write/name-list.ts'
import { secondsText } from '../run/recap.ts'
import { wrapped, wrappedText } from '../write/wrap.ts'
import { fit, pad, width } from '../write/width.ts'
import { EMPTY, indented, joined, said, term, withoutEnd, type Paint, type TerminalText } from '../write/terminal.ts'
import { cellText, placesOf, severityCounts, SIGNS } from './words.ts'
import type { AuditFormat } from './format.ts'

export const format: AuditFormat = {
  language: 'terminal',
  about: 'a terminal: where the matrix does not fit its width the signs stand alone',
  write: (report, { columns, paint }) => auditText(report, columns, paint),
}

const plain: Paint = (text) => text

const painter = (paint: Colours, status: CellStatus): Paint =>
  ({
    pass: paint.good,
    error: paint.bad,
    warning: paint.changed,
    unknown: paint.doubtful,
    note: plain,
    accepted: paint.faint,
    none: paint.faint,
  })[status]

/** @param columns - of the terminal; `undefined`: as wide as it comes. */
export function auditText(report: AuditReport, columns: number | undefined, paint: Colours): TerminalText {
  const { hosts, findings, stale } = report
  const causes = causesOf(findings)
  const parts = [
    ...table(report, columns, paint),
    ...causes.map((each) => causeText(each, columns, paint)),
    ...hosts
      .filter(({ error }) => error !== undefined)
      .map(({ name, status, error }) =>
        wrappedText(term`${paint.bad(said(status))}  ${said(name)}\n${indent(error!)}\n`, columns),
      ),
    ...stale.map(({ id, where, why }) => {
      const state = why === 'expired' ? 'has expired, and accepts nothing any more' : 'is found no more: take it out'
      return wrappedText(term`${paint.doubtful(term`baseline`)}  ${said(`${where}: ${id} ${state}`)}\n`, columns)
    }),
    wrappedText(sumOf(report, causes, paint), columns),
    EMPTY,
  ]
  return joined(parts, term`\n`)
}

const indent = (text: string): TerminalText => joined(indented(text, term`    `), term`\n`)

interface Cell {
  readonly text: TerminalText
  readonly status: CellStatus
}

/** Between columns, where there is room and where there is none. */
const [GAP, NARROW_GAP] = [2, 1]
const LEAST = 3

function table({ matrix }: AuditReport, columns: number | undefined, paint: Colours): readonly TerminalText[] {
  if (matrix.length === 0) return []
  const head = ['host', 'domain', ...CHECK_NAMES.map((check) => CHECKS[check].title)].map((text): Cell => ({
    text: said(text),
    status: 'none',
  }))
  const full = matrix.map((row) => cellsOf(row, cellText))
  const whole = widthsOf([head, ...full])
  // Where the words do not fit, the signs stand alone, and the findings below say the rest.
  const narrow = columns !== undefined && total(whole, GAP) > columns
  const rows = narrow ? matrix.map((row) => cellsOf(row, () => '')) : full
  const titles = narrow
    ? head.map((cell, index): Cell => (index < 2 ? cell : { ...cell, text: fit(cell.text, 8) }))
    : head
  const widths = narrow ? shrunk(widthsOf([titles, ...rows]), columns) : whole
  const gap = pad(EMPTY, narrow ? NARROW_GAP : GAP)
  const lineOf = (row: readonly Cell[], colour: (cell: Cell) => Paint): TerminalText => {
    const cells = row.map((cell, index) => {
      const text = fit(cell.text, widths[index]!)
      return colour(cell)(index === row.length - 1 ? text : pad(text, widths[index]!))
    })
    return withoutEnd(joined(cells, gap))
  }
  return [
    lineOf(titles, () => paint.faint),
    ...rows.map((row) => lineOf(row, ({ status }) => painter(paint, status))),
    ...(narrow ? wrapped(paint.faint(legend()), columns) : []),
    EMPTY,
  ]
}

const legend = (): TerminalText =>
  joined(
    Object.values(SIGNS).map(({ sign, word }) => said(`${sign} ${word}`)),
    term`   `,
  )

function cellsOf(
  { host, domain, cells }: AuditRow,
  textOf: (cell: AuditRow['cells']['setup']) => string,
): readonly Cell[] {
  const named = [host ?? '–', domain ?? '–'].map((text): Cell => ({ text: said(text), status: 'note' }))
  return [
    ...named,
    ...CHECK_NAMES.map((check): Cell => ({
      text: withoutEnd(said(`${SIGNS[cells[check].status].sign} ${textOf(cells[check])}`)),
      status: cells[check].status,
    })),
  ]
}

const widthsOf = (rows: readonly (readonly Cell[])[]): readonly number[] =>
  rows[0]!.map((_, index) => Math.max(...rows.map((row) => width(row[index]!.text))))

const total = (widths: readonly number[], gap: number): number => widths.reduce((sum, each) => sum + each + gap, -gap)

/** Long names give way first. */
function shrunk(widths: readonly number[], columns: number): readonly number[] {
  const left = [...widths]
  for (let over = total(left, NARROW_GAP) - columns; over > 0; over -= 1) {
    const widest = left.indexOf(Math.max(...left))
    if (left[widest]! <= LEAST) break
    left[widest]! -= 1
  }
  return left
}

function causeText(group: CauseGroup, columns: number | undefined, paint: Colours): TerminalText {
  const { first, ids, remedies } = group
  const { severity, accepted } = first
  const colour = painter(paint, accepted === undefined ? severity : 'accepted')
  const { beside, lines } = placesOf(group)
  const word =
    accepted === undefined ? `${SIGNS[severity].sign} ${severity}` : `${SIGNS.accepted.sign} accepted ${severity}`
  const to = (each: TerminalText): TerminalText => wrappedText(each, columns)
  const parts = [
    to(withoutEnd(term`${colour(said(`${word}  ${ids.join(', ')}`))}  ${said(beside)}`)),
    ...lines.map((line) => to(indent(line))),
    // Records and settings stay in one piece.
    ...messagesOf(group).flatMap(({ message, values }) => [to(indent(message)), ...values.map(indent)]),
    ...(accepted === undefined
      ? remedies.map((remedy) => to(indent(`→ ${remedy}`)))
      : [
          to(indent(`accepted: ${accepted.reason}${accepted.until === undefined ? '' : ` (until ${accepted.until})`}`)),
        ]),
    EMPTY,
  ]
  return joined(parts, term`\n`)
}

/** Of one cause; all of them are in the formats for programs. */
const MESSAGES_AT_MOST = 20

interface Message {
  readonly message: string
  /** What is expected and what is found. */
  readonly values: readonly string[]
}

/** What is so, each once. What is expected of many is for the remedy to say. */
function messagesOf({ findings, first: { cause } }: CauseGroup): readonly Message[] {
  const isShared = findings.length > 1 && cause !== undefined
  const all = findings.map(({ message, expected, found, accepted }): Message => {
    const isShown = !isShared && accepted === undefined
    return {
      message,
      values: [
        ...(expected !== undefined && isShown ? [`expected: ${expected}`] : []),
        ...(found !== undefined && isShown ? [`found:    ${found}`] : []),
      ],
    }
  })
  const messages = [...new Map(all.map((each) => [JSON.stringify(each), each])).values()]
  if (messages.length <= MESSAGES_AT_MOST) return messages
  const left = messages.length - MESSAGES_AT_MOST + 1
  return [...messages.slice(0, MESSAGES_AT_MOST - 1), { message: `and ${left} more`, values: [] }]
}

function sumOf(report: AuditReport, causes: readonly CauseGroup[], paint: Colours): TerminalText {
  const { summary, seconds } = report
  const scope = `${count(summary.hosts, 'host')}, ${count(summary.domains, 'domain')}`
  const open = report.findings.filter(({ accepted }) => accepted === undefined).length
  const apart = causes.filter(({ first }) => first.accepted === undefined).length
  const counted = apart < open ? `, of ${count(apart, 'cause')}` : ''
  const found = said(`${severityCounts(report)}${counted}`)
  return term`${paint.strong(said(scope))}: ${found}; in ${said(secondsText(seconds))}`
}
