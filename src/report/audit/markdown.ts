// A report as Markdown, for tickets, wikis and the summaries of CI jobs (GitHub's tables).
import type { AuditFinding, AuditReport } from '../../model/audit.ts'
import { CHECKS, CHECK_NAMES } from '../../model/findings/finding-kind.ts'
import { harmlessLine } from '../harmless.ts'
import { count, nameList } from '../name-list.ts'
import { cellText, severityCounts, SIGNS, subjectGroups } from './words.ts'

export function auditMarkdown(report: AuditReport): string {
  const { matrix, findings, hosts, stale } = report
  const lost = hosts
    .filter(({ error }) => error !== undefined)
    .map(({ name, status, error }) => `- ${plain(name)}: ${status}: ${plain(error!)}`)
  const baseline = stale.map(({ id, where, why }) => {
    const state = why === 'expired' ? 'has expired, and accepts nothing any more' : 'is found no more'
    return `- ${code(where)}: ${code(id)} ${state}`
  })
  const blocks = [
    '# Mail audit',
    summaryText(report),
    ...(matrix.length === 0 ? [] : [tableText(report), legend()]),
    ...(findings.length === 0 ? [] : ['## Findings', ...findings.map(findingMarkdown)]),
    ...(lost.length === 0 ? [] : ['## Hosts that were not audited', lost.join('\n')]),
    ...(baseline.length === 0 ? [] : ['## Baseline', baseline.join('\n')]),
  ]
  return `${blocks.join('\n\n')}\n`
}

function summaryText({ summary, date, mailrun }: AuditReport): string {
  const scope = `${count(summary.hosts, 'host')}, ${count(summary.domains, 'domain')}`
  const time = `${date.slice(0, 16).replace('T', ' ')} UTC`
  return `${scope}: **${severityCounts(summary)}** (${time}, mailrun ${plain(mailrun)})`
}

function tableText({ matrix }: AuditReport): string {
  const head = ['Host', 'Domain', ...CHECK_NAMES.map((check) => CHECKS[check].title)]
  const rows = matrix.map(({ host, domain, cells }) => [
    plain(host ?? '–'),
    plain(domain ?? '–'),
    ...CHECK_NAMES.map((check) => `${SIGNS[cells[check].status].sign} ${plain(cellText(cells[check]))}`.trim()),
  ])
  return [
    `| ${head.join(' | ')} |`,
    `|${head.map(() => '---').join('|')}|`,
    ...rows.map((row) => `| ${row.join(' | ')} |`),
  ].join('\n')
}

const legend = (): string =>
  Object.values(SIGNS)
    .map(({ sign, word }) => `${sign} ${word}`)
    .join(' · ')

/** No mark-up, no cell and no line of its own gets through. */
const plain = (text: string): string =>
  harmlessLine(text).replace(/[\\`*_{}[\]<>()#+!|~&]/g, (character) => `\\${character}`)

/** Within as many backticks as it needs; cells and links end at no sign in it. */
function code(text: string): string {
  const line = harmlessLine(text)
  const fence = '`'.repeat(Math.max(0, ...[...line.matchAll(/`+/g)].map(([run]) => run.length)) + 1)
  return /^`|`$/.test(line) ? `${fence} ${line} ${fence}` : `${fence}${line}${fence}`
}

function findingMarkdown(finding: AuditFinding): string {
  const { id, severity, message, expected, found, remedy, accepted } = finding
  const state =
    accepted === undefined ? `${SIGNS[severity].sign} ${severity}` : `${SIGNS.accepted.sign} accepted ${severity}`
  const where = subjectGroups(finding).map(({ hosts, detail }) =>
    plain([nameList(hosts), detail].filter((part) => part !== '').join(': ')),
  )
  return [
    `### ${state}: ${code(id)}`,
    plain(message),
    [
      `- Where: ${where.join('; ') || 'the fleet'}`,
      ...(expected === undefined ? [] : [`- Expected: ${code(expected)}`]),
      ...(found === undefined ? [] : [`- Found: ${code(found)}`]),
      accepted === undefined
        ? `- To do: ${plain(remedy)}`
        : `- Accepted: ${plain(accepted.reason)}${accepted.until === undefined ? '' : ` (until ${accepted.until})`}`,
    ].join('\n'),
  ].join('\n\n')
}
