// Writes the report of an audit as Markdown (with GitHub's tables), for tickets, wikis and the summaries of CI jobs.
import type { AuditCell, AuditFinding, AuditReport, CellStatus } from '../../audit/audit-report.ts'
import { CHECKS, CHECK_NAMES } from '../../findings/checks.ts'
import { count, nameList } from '../write/name-list.ts'
import { code, mark, markJoined, plain, type MarkdownText } from '../write/markdown.ts'
import { causesOf, valuesOf, type CauseGroup } from './causes.ts'
import { cellText, severityCounts, SIGNS, subjectGroups } from './words.ts'
import type { AuditFormat } from './format.ts'

export const format: AuditFormat = {
  language: 'markdown',
  about: 'tickets, and summaries of CI jobs',
  write: auditMarkdown,
}

export function auditMarkdown(report: AuditReport): MarkdownText {
  const { matrix, findings, hosts, stale } = report
  const lost = hosts
    .filter(({ error }) => error !== undefined)
    .map(({ name, status, error }) => mark`- ${plain(name)}: ${plain(status)}: ${plain(error!)}`)
  const baseline = stale.map(({ id, where, why }) => {
    const state = why === 'expired' ? 'has expired, and accepts nothing any more' : 'is found no more'
    return mark`- ${code(where)}: ${code(id)} ${plain(state)}`
  })
  const blocks = [
    mark`# Mail audit`,
    summaryText(report),
    ...(matrix.length === 0 ? [] : [tableText(report), legend()]),
    ...(findings.length === 0 ? [] : [mark`## Findings`, ...causesOf(findings).map(causeMarkdown)]),
    ...(lost.length === 0 ? [] : [mark`## Hosts that were not audited`, markJoined(lost, LINE)]),
    ...(baseline.length === 0 ? [] : [mark`## Baseline`, markJoined(baseline, LINE)]),
  ]
  return mark`${markJoined(blocks, mark`\n\n`)}\n`
}

const LINE = mark`\n`

function summaryText(report: AuditReport): MarkdownText {
  const { summary, date, mailrun } = report
  const scope = `${count(summary.hosts, 'host')}, ${count(summary.domains, 'domain')}`
  const time = `${date.slice(0, 16).replace('T', ' ')} UTC`
  return mark`${plain(scope)}: **${plain(severityCounts(report))}** (${plain(time)}, mailrun ${plain(mailrun)})`
}

function tableText({ matrix }: AuditReport): MarkdownText {
  const head = ['Host', 'Domain', ...CHECK_NAMES.map((check) => CHECKS[check].title)].map(plain)
  const rows = matrix.map(({ host, domain, cells }) => [
    plain(host ?? '–'),
    plain(domain ?? '–'),
    ...CHECK_NAMES.map((check) => cellMarkdown(cells[check])),
  ])
  const line = (row: readonly MarkdownText[]): MarkdownText => mark`| ${markJoined(row, mark` | `)} |`
  const rule = markJoined(
    head.map(() => mark`---`),
    mark`|`,
  )
  return markJoined([line(head), mark`|${rule}|`, ...rows.map(line)], LINE)
}

function cellMarkdown(cell: AuditCell): MarkdownText {
  const what = cellText(cell)
  const sign = SIGN_TEXT[cell.status]
  return what === '' ? sign : mark`${sign} ${plain(what)}`
}

/** Signs that mark nothing up where they stand alone. */
const SIGN_TEXT: Readonly<Record<CellStatus, MarkdownText>> = {
  pass: mark`✓`,
  note: mark`i`,
  warning: mark`!`,
  error: mark`✗`,
  unknown: mark`?`,
  accepted: mark`~`,
  none: mark`–`,
}

const legend = (): MarkdownText =>
  markJoined(
    (Object.keys(SIGNS) as readonly CellStatus[]).map(
      (status) => mark`${SIGN_TEXT[status]} ${plain(SIGNS[status].word)}`,
    ),
    mark` · `,
  )

function causeMarkdown(group: CauseGroup): MarkdownText {
  const { first, findings, ids, remedies } = group
  const { severity, accepted } = first
  const state =
    accepted === undefined
      ? mark`${SIGN_TEXT[severity]} ${plain(severity)}`
      : mark`${SIGN_TEXT.accepted} accepted ${plain(severity)}`
  const where = subjectGroups(group).map(({ hosts, details }) =>
    plain([nameList(hosts), details.join('; ')].filter((part) => part !== '').join(': ')),
  )
  const entries = [
    mark`- Where: ${where.length === 0 ? mark`the fleet` : markJoined(where, mark`; `)}`,
    ...valuesOf(group).map(({ term, text }) => mark`- ${plain(term)}: ${code(text)}`),
    ...(accepted === undefined
      ? remedies.map((remedy) => mark`- To do: ${plain(remedy)}`)
      : [mark`- Accepted: ${acceptedMarkdown(accepted)}`]),
  ]
  const head = mark`### ${state}: ${markJoined(ids.map(code), mark`, `)}`
  const messages = [...new Set(findings.map(({ message }) => message))].map(plain)
  return markJoined([head, ...messages, markJoined(entries, LINE)], mark`\n\n`)
}

const acceptedMarkdown = ({ reason, until }: NonNullable<AuditFinding['accepted']>): MarkdownText =>
  mark`${plain(reason)}${until === undefined ? mark`` : mark` (until ${plain(until)})`}`
