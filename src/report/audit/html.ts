// A report as one page of HTML that needs nothing beside itself: no script, no font, no picture, and nothing that hosts
// say can become any.
import type { AuditCell, AuditFinding, AuditReport, AuditRow, CellStatus } from '../../model/audit.ts'
import { CHECKS, CHECK_NAMES, type CheckName } from '../../model/findings/finding-kind.ts'
import { groupedBy } from '../../text/grouped-by.ts'
import { count } from '../name-list.ts'
import { concerns } from './concerns.ts'
import { findingsOf } from './html-findings.ts'
import { fleetOf, lostOf, staleOf } from './html-tables.ts'
import { named, text } from './html-text.ts'
import { STYLE } from './style.ts'
import { SIGNS } from './words.ts'

export function auditHtml(report: AuditReport): string {
  const { date, mailrun } = report
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
<p class="faint">${scope(report)}</p>
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
<footer>Made by mailrun ${text(mailrun)}. ${DISCLAIMER}</footer>
</body>
</html>
`
}

const DISCLAIMER = 'Hosts and name servers were asked; nothing was changed, and no mail was sent.'

/** What was audited, and when. */
function scope({ date, summary }: AuditReport): string {
  const time = `<time datetime="${date}">${date.slice(0, 16).replace('T', ' ')} UTC</time>`
  return `${count(summary.hosts, 'host')}, ${count(summary.domains, 'domain')}, ${time}`
}

/** One sentence for who reads no more. */
function verdict(report: AuditReport): string {
  const lost = report.hosts.filter(({ status }) => status !== 'audited').length
  return `${mailVerdict(report, lost)}${lost > 0 ? ` ${count(lost, 'host')} could not be audited.` : ''}`
}

function mailVerdict(report: AuditReport, lost: number): string {
  const { error, warning, unknown } = report.summary.findings
  const say = (status: CellStatus, words: string): string => `<b class="${status}">${SIGNS[status].sign} ${words}</b>`
  if (error > 0) return `${say('error', 'Mail is at risk:')} ${count(error, 'error')}${badDomains(report)}.`
  if (warning > 0) return `${say('warning', 'Mail passes, with risks:')} ${count(warning, 'warning')}.`
  if (unknown > 0 || lost > 0) return say('unknown', 'As far as is known, mail passes.')
  return `${say('pass', 'All is well:')} mail of every host is signed, authorized and aligned.`
}

/** Of how many domains mail is at risk. */
function badDomains({ matrix, summary }: AuditReport): string {
  const bad = new Set(
    matrix
      .filter(({ cells }) => CHECK_NAMES.some((check) => cells[check].status === 'error'))
      .map(({ domain }) => domain)
      .filter((domain) => domain !== null),
  )
  if (bad.size === 0) return ''
  const all = bad.size === summary.domains && bad.size > 1 ? 'all ' : ''
  return `, in mail of ${all}${count(bad.size, 'domain')}`
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
  const items = all.map(([status, number, word]) => {
    const look = number === 0 ? 'none' : status
    return `<li class="${look}"><b>${number}</b>${SIGNS[status].sign} ${word}</li>`
  })
  return `<ul class="tiles">${items.join('')}</ul>`
}

function matrixOf(report: AuditReport): string {
  const { matrix, findings } = report
  if (matrix.length === 0) return ''
  const anchors = anchorsOf(findings)
  const checks = CHECK_NAMES.map((check) => {
    const { about, title } = CHECKS[check]
    return `<th scope="col" title="${text(about)}">${text(title)}</th>`
  })
  const head = ['<th scope="col" class="name">Host</th>', '<th scope="col">Domain</th>', ...checks].join('')
  const bodies = [...groupedBy(matrix, ({ host }) => host ?? '')].map(([host, rows]) => bodyOf(host, rows, anchors))
  return `<h2 id="matrix">Hosts and domains</h2>
<div class="scroll" role="region" aria-labelledby="matrix" tabindex="0"><table class="matrix">
<thead><tr>${head}</tr></thead>
${bodies.join('\n')}
</table></div>
<ul class="legend">${legend()}</ul>`
}

function legend(): string {
  const statuses = Object.keys(SIGNS) as readonly CellStatus[]
  const items = statuses.map((status) => {
    const { sign, word } = SIGNS[status]
    return `<li><span class="${status}">${sign}</span> ${LEGEND[status] ?? word}</li>`
  })
  return items.join('')
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
  const nameCell = `<th scope="rowgroup" class="name" rowspan="${alike.length}">${name}</th>`
  const lines = alike.map((those, index) => {
    const cells = CHECK_NAMES.map((check) => cellOf(those[0]!, check, anchors))
    return `<tr>${index === 0 ? nameCell : ''}${domainsCell(those)}${cells.join('')}</tr>`
  })
  return `<tbody>${lines.join('\n')}</tbody>`
}

function domainsCell(rows: readonly AuditRow[]): string {
  const names = rows.map(({ domain }) => (domain === null ? '<span class="none">no domain</span>' : named(domain)))
  return `<th scope="row">${names.join('<br>')}</th>`
}

/** Where the first finding of an id is that concerns a place. */
type Anchors = (id: string, check: CheckName, row: AuditRow) => string | undefined

function anchorsOf(findings: readonly AuditFinding[]): Anchors {
  const byId = groupedBy(
    findings.map((finding, index) => ({ finding, index })),
    ({ finding }) => finding.id,
  )
  return (id, check, row) => {
    const found = byId.get(id)?.find(({ finding }) => concerns(finding, check, row))
    return found === undefined ? undefined : `finding-${found.index + 1}`
  }
}

function cellOf(row: AuditRow, check: CheckName, anchors: Anchors): string {
  const cell = row.cells[check]
  const { sign, word } = SIGNS[cell.status]
  if (cell.status === 'none')
    return `<td class="none"><span aria-hidden="true">${sign}</span><span class="state"></span></td>`
  const state = `<span class="state"><i aria-hidden="true">${sign}</i> ${word}</span>`
  return `<td class="${cell.status}">${state}${small(cell, row, check, anchors)}</td>`
}

function small({ status, ids, text: what }: AuditCell, row: AuditRow, check: CheckName, anchors: Anchors): string {
  const links = ids.map((id) => {
    const anchor = anchors(id, check, row)
    return anchor === undefined ? text(id) : `<a href="#${anchor}">${text(id)}</a>`
  })
  const parts = status === 'pass' ? [named(what)] : links
  return parts.join('') === '' ? '' : `<small>${parts.join('<br>')}</small>`
}
