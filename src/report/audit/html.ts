// A report as one page of HTML that needs nothing beside itself: no script, no font, no picture, and nothing that hosts
// say can become any.
import type { AuditCell, AuditFinding, AuditReport, AuditRow, CellStatus } from '../../model/audit.ts'
import { CHECKS, CHECK_NAMES, type CheckName } from '../../model/findings/finding-kind.ts'
import { kindOf } from '../../model/findings/finding-kinds.ts'
import { groupedBy } from '../../text/grouped-by.ts'
import { count } from '../name-list.ts'
import { fleetOf, lostOf, staleOf } from './html-tables.ts'
import { code, named, text } from './html-text.ts'
import { STYLE } from './style.ts'
import { SIGNS, subjectGroups } from './words.ts'

export function auditHtml(report: AuditReport): string {
  const { date, mailrun, summary } = report
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="generator" content="mailrun ${text(mailrun)}">
<title>Mail audit, ${date.slice(0, 10)}</title>
<style>${STYLE}</style>
</head>
<body>
<header>
<h1>Mail audit</h1>
<p class="faint">${count(summary.hosts, 'host')}, ${count(summary.domains, 'domain')}, <time datetime="${date}">${date.slice(0, 16).replace('T', ' ')} UTC</time></p>
<p class="verdict">${verdict(report)}</p>
${tiles(report)}
<nav><a href="#matrix">Hosts and domains</a> <a href="#findings">Findings</a></nav>
</header>
<main>
${matrixOf(report)}
${findingsOf(report)}
${lostOf(report)}
${staleOf(report)}
${fleetOf(report)}
</main>
<footer>Made by mailrun ${text(mailrun)}. Hosts and name servers were asked; nothing was changed, and no mail was sent.</footer>
</body>
</html>
`
}

/** One sentence for who reads no more. */
function verdict({ hosts, matrix, summary }: AuditReport): string {
  const { error, warning, unknown } = summary.findings
  const bad = new Set(
    matrix
      .filter(({ cells }) => CHECK_NAMES.some((check) => cells[check].status === 'error'))
      .map(({ domain }) => domain)
      .filter((domain) => domain !== null),
  )
  const lost = hosts.filter(({ status }) => status !== 'audited').length
  const first =
    error > 0
      ? `<b class="error">${SIGNS.error.sign} Mail is at risk:</b> ${count(error, 'error')}${bad.size === 0 ? '' : `, in mail of ${bad.size === summary.domains && bad.size > 1 ? 'all' : ''} ${count(bad.size, 'domain')}`}.`
      : warning > 0
        ? `<b class="warning">${SIGNS.warning.sign} Mail passes, with risks:</b> ${count(warning, 'warning')}.`
        : unknown > 0 || lost > 0
          ? `<b class="unknown">${SIGNS.unknown.sign} As far as is known, mail passes.</b>`
          : `<b class="pass">${SIGNS.pass.sign} All is well:</b> mail of every host is signed, authorized and aligned.`
  return `${first}${lost > 0 ? ` ${count(lost, 'host')} could not be audited.` : ''}`
}

function tiles({ summary }: AuditReport): string {
  const { findings, accepted } = summary
  const all: readonly (readonly [status: CellStatus, number: number, word: string])[] = [
    ['error', findings.error, findings.error === 1 ? 'error' : 'errors'],
    ['warning', findings.warning, findings.warning === 1 ? 'warning' : 'warnings'],
    ['unknown', findings.unknown, 'not found out'],
    ['note', findings.note, findings.note === 1 ? 'note' : 'notes'],
    ['accepted', accepted, 'accepted'],
  ]
  return `<ul class="tiles">${all.map(([status, number, word]) => `<li class="${number === 0 ? 'none' : status}"><b>${number}</b>${SIGNS[status].sign} ${word}</li>`).join('')}</ul>`
}

function matrixOf(report: AuditReport): string {
  const { matrix, findings } = report
  if (matrix.length === 0) return ''
  const anchors = anchorsOf(findings)
  const head =
    ['Host', 'Domain']
      .map((each, index) => `<th scope="col"${index === 0 ? ' class="name"' : ''}>${each}</th>`)
      .join('') +
    CHECK_NAMES.map(
      (check) => `<th scope="col" title="${text(CHECKS[check].about)}">${text(CHECKS[check].title)}</th>`,
    ).join('')
  const bodies = [...groupedBy(matrix, ({ host }) => host ?? '')].map(([host, rows]) => bodyOf(host, rows, anchors))
  return `<h2 id="matrix">Hosts and domains</h2>
<div class="scroll" role="region" aria-labelledby="matrix" tabindex="0"><table class="matrix">
<thead><tr>${head}</tr></thead>
${bodies.join('\n')}
</table></div>
<ul class="legend">${(Object.entries(SIGNS) as readonly (readonly [CellStatus, { readonly sign: string; readonly word: string }])[]).map(([status, { sign, word }]) => `<li><span class="${status}">${sign}</span> ${LEGEND[status] ?? word}</li>`).join('')}</ul>`
}

const LEGEND: Readonly<Partial<Record<CellStatus, string>>> = {
  pass: 'as it must be',
  note: 'good to know',
  warning: 'works, with a risk',
  error: 'wrong',
  unknown: 'could not be found out',
  accepted: 'known and accepted',
  none: 'nothing to look at',
}

/** Domains of a host that are alike in every cell share a row. */
function bodyOf(host: string, rows: readonly AuditRow[], anchors: Anchors): string {
  const alike = [
    ...groupedBy(rows, ({ cells, ...row }) =>
      JSON.stringify([
        cells,
        CHECK_NAMES.map((check) => cells[check].ids.map((id) => anchors(id, check, { ...row, cells }))),
      ]),
    ).values(),
  ]
  const name = host === '' ? '<span class="none">no host</span>' : named(host)
  return `<tbody>${alike.map((those, index) => `<tr>${index === 0 ? `<th scope="rowgroup" class="name" rowspan="${alike.length}">${name}</th>` : ''}<th scope="row">${those.map(({ domain }) => (domain === null ? '<span class="none">no domain</span>' : named(domain))).join('<br>')}</th>${CHECK_NAMES.map((check) => cellOf(those[0]!, check, anchors)).join('')}</tr>`).join('\n')}</tbody>`
}

/** Where the first finding of an id is that concerns a place. */
type Anchors = (id: string, check: CheckName, row: AuditRow) => string | undefined

function anchorsOf(findings: readonly AuditFinding[]): Anchors {
  const byId = groupedBy(
    findings.map((finding, index) => ({ finding, index })),
    ({ finding }) => finding.id,
  )
  return (id, check, { host, domain }) => {
    const found = byId
      .get(id)
      ?.find(
        ({ finding }) =>
          finding.check === check &&
          finding.subjects.some(
            (subject) =>
              (subject.host === undefined || subject.host === host) &&
              (subject.domain === undefined || subject.domain === domain),
          ),
      )
    return found === undefined ? undefined : `finding-${found.index + 1}`
  }
}

function cellOf(row: AuditRow, check: CheckName, anchors: Anchors): string {
  const cell = row.cells[check]
  const { sign, word } = SIGNS[cell.status]
  if (cell.status === 'none')
    return `<td class="none"><span aria-hidden="true">${sign}</span><span class="state"></span></td>`
  return `<td class="${cell.status}"><span class="state"><i aria-hidden="true">${sign}</i> ${word}</span>${small(cell, row, check, anchors)}</td>`
}

function small({ status, ids, text: what }: AuditCell, row: AuditRow, check: CheckName, anchors: Anchors): string {
  const links = ids.map((id) => {
    const anchor = anchors(id, check, row)
    return anchor === undefined ? text(id) : `<a href="#${anchor}">${text(id)}</a>`
  })
  const parts = status === 'pass' ? [named(what)] : links
  return parts.join('') === '' ? '' : `<small>${parts.join('<br>')}</small>`
}

function findingsOf({ findings }: AuditReport): string {
  if (findings.length === 0) return '<h2 id="findings">Findings</h2>\n<p>None.</p>'
  return `<h2 id="findings">Findings</h2>\n${findings.map((finding, index) => findingOf(finding, index + 1)).join('\n')}`
}

function findingOf(finding: AuditFinding, number: number): string {
  const { id, severity, check, message, expected, found, remedy, accepted } = finding
  const status: CellStatus = accepted === undefined ? severity : 'accepted'
  const entry = (term: string, definition: string): string => `<dt>${term}</dt><dd>${definition}</dd>`
  const where = subjectGroups(finding).map(({ hosts, detail }) =>
    [hosts.length > 0 ? `<b>${text(hosts.join(', '))}</b>` : '', text(detail)].filter((part) => part !== '').join(': '),
  )
  return `<article class="finding ${status}" id="finding-${number}">
<h3><span class="badge ${status}">${SIGNS[status].sign} ${accepted === undefined ? SIGNS[severity].word : `accepted ${severity}`}</span> <span>${text(message)}</span> ${code(id)}</h3>
<p class="faint">${text(CHECKS[check].title)}: ${text(kindOf(id).means)}</p>
<dl>${entry('Where', where.filter((each) => each !== '').join('<br>') || 'the fleet')}${expected === undefined ? '' : entry('Expected', code(expected))}${found === undefined ? '' : entry('Found', code(found))}${accepted === undefined ? '' : entry('Accepted', `${text(accepted.reason)}${accepted.until === undefined ? '' : ` (until ${text(accepted.until)})`}`)}${entry('To do', text(remedy))}</dl>
</article>`
}
