// A report as one page of HTML that needs nothing beside itself: no script, no font, no picture, and nothing that hosts
// say can become any.
import type { AuditCell, AuditFinding, AuditReport, AuditRow, CellStatus } from '../../audit/audit-report.ts'
import { CHECKS, CHECK_NAMES, type CheckName } from '../../findings/checks.ts'
import { groupedBy } from '../../text/grouped-by.ts'
import { count } from '../write/name-list.ts'
import { htmlJoined, type HtmlText, named, page, text } from '../write/html.ts'
import { concerns } from './concerns.ts'
import { findingsOf } from './html-findings.ts'
import { fleetOf, lostOf, staleOf } from './html-tables.ts'
import { STYLE } from './style.ts'
import { SIGNS } from './words.ts'
import type { AuditFormat } from './format.ts'

export const format: AuditFormat = {
  language: 'html',
  about:
    'people: one page that needs nothing beside itself, light and dark, for screens and paper; ' +
    'a sign and a word stand beside each colour',
  write: auditHtml,
}

export function auditHtml(report: AuditReport): HtmlText {
  const { date, mailrun } = report
  return page`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="generator" content="mailrun ${text(mailrun)}">
<title>Mail audit, ${text(date.slice(0, 10))}</title>
${STYLE}
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

const DISCLAIMER = page`Hosts and name servers were asked; nothing was changed, and no mail was sent.`

/** What was audited, and when. */
function scope({ date, summary }: AuditReport): HtmlText {
  const time = page`<time datetime="${text(date)}">${text(date.slice(0, 16).replace('T', ' '))} UTC</time>`
  const what = `${count(summary.hosts, 'host')}, ${count(summary.domains, 'domain')}, `
  return page`${text(what)}${time}`
}

/** One sentence for who reads no more. */
function verdict(report: AuditReport): HtmlText {
  const lost = report.hosts.filter(({ status }) => status !== 'audited').length
  const more = lost > 0 ? ` ${count(lost, 'host')} could not be audited.` : ''
  return page`${mailVerdict(report, lost)}${text(more)}`
}

function mailVerdict(report: AuditReport, lost: number): HtmlText {
  const { error, warning, unknown } = report.summary.findings
  const say = (status: CellStatus, words: string): HtmlText =>
    page`<b class="${text(status)}">${text(SIGNS[status].sign)} ${text(words)}</b>`
  if (error > 0)
    return page`${say('error', 'Mail is at risk:')} ${text(`${count(error, 'error')}${badDomains(report)}.`)}`
  if (lost > 0 && lost === report.hosts.length) return say('unknown', 'Nothing is known of mail:')
  if (warning > 0) return page`${say('warning', 'Mail passes, with risks:')} ${text(count(warning, 'warning'))}.`
  if (unknown > 0 || lost > 0) return say('unknown', 'As far as is known, mail passes.')
  return page`${say('pass', 'All is well:')} mail of every host is signed, authorized and aligned.`
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

function tiles({ summary }: AuditReport): HtmlText {
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
    return page`<li class="${text(look)}"><b>${number}</b>${text(`${SIGNS[status].sign} ${word}`)}</li>`
  })
  return page`<ul class="tiles">${htmlJoined(items)}</ul>`
}

function matrixOf(report: AuditReport): HtmlText {
  const { matrix, findings } = report
  if (matrix.length === 0) return page``
  const anchors = anchorsOf(findings)
  const checks = CHECK_NAMES.map((check) => {
    const { about, title } = CHECKS[check]
    return page`<th scope="col" title="${text(about)}">${text(title)}</th>`
  })
  const head = page`<th scope="col" class="name">Host</th><th scope="col">Domain</th>${htmlJoined(checks)}`
  const bodies = [...groupedBy(matrix, ({ host }) => host ?? '')].map(([host, rows]) => bodyOf(host, rows, anchors))
  return page`<h2 id="matrix">Hosts and domains</h2>
<div class="scroll" role="region" aria-labelledby="matrix" tabindex="0"><table class="matrix">
<thead><tr>${head}</tr></thead>
${htmlJoined(bodies, page`\n`)}
</table></div>
<ul class="legend">${legend()}</ul>`
}

function legend(): HtmlText {
  const statuses = Object.keys(SIGNS) as readonly CellStatus[]
  const items = statuses.map((status) => {
    const { sign, word } = SIGNS[status]
    return page`<li><span class="${text(status)}">${text(sign)}</span> ${text(LEGEND[status] ?? word)}</li>`
  })
  return htmlJoined(items)
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
function bodyOf(host: string, rows: readonly AuditRow[], anchors: Anchors): HtmlText {
  const alike = [
    ...groupedBy(rows, ({ cells, ...row }) =>
      JSON.stringify([
        cells,
        CHECK_NAMES.map((check) => cells[check].ids.map((id) => anchors(id, check, { ...row, cells }))),
      ]),
    ).values(),
  ]
  const name = host === '' ? page`<span class="none">no host</span>` : named(host)
  const nameCell = page`<th scope="rowgroup" class="name" rowspan="${alike.length}">${name}</th>`
  const lines = alike.map((those, index) => {
    const cells = CHECK_NAMES.map((check) => cellOf(those[0]!, check, anchors))
    return page`<tr>${index === 0 ? nameCell : page``}${domainsCell(those)}${htmlJoined(cells)}</tr>`
  })
  return page`<tbody>${htmlJoined(lines, page`\n`)}</tbody>`
}

function domainsCell(rows: readonly AuditRow[]): HtmlText {
  const none = page`<span class="none">no domain</span>`
  const names = rows.map(({ domain }) => (domain === null ? none : named(domain)))
  return page`<th scope="row">${htmlJoined(names, page`<br>`)}</th>`
}

/** Where the first finding of an id is that concerns a place. */
type Anchors = (id: string, check: CheckName, row: AuditRow) => HtmlText | undefined

function anchorsOf(findings: readonly AuditFinding[]): Anchors {
  const byId = groupedBy(
    findings.map((finding, index) => ({ finding, index })),
    ({ finding }) => finding.id,
  )
  return (id, check, row) => {
    const found = byId.get(id)?.find(({ finding }) => concerns(finding, check, row))
    return found === undefined ? undefined : page`finding-${found.index + 1}`
  }
}

function cellOf(row: AuditRow, check: CheckName, anchors: Anchors): HtmlText {
  const cell = row.cells[check]
  const { sign, word } = SIGNS[cell.status]
  if (cell.status === 'none')
    return page`<td class="none"><span aria-hidden="true">${text(sign)}</span><span class="state"></span></td>`
  const state = page`<span class="state"><i aria-hidden="true">${text(sign)}</i> ${text(word)}</span>`
  return page`<td class="${text(cell.status)}">${state}${small(cell, row, check, anchors)}</td>`
}

function small({ status, ids, text: what }: AuditCell, row: AuditRow, check: CheckName, anchors: Anchors): HtmlText {
  const links = ids.map((id) => {
    const anchor = anchors(id, check, row)
    return anchor === undefined ? text(id) : page`<a href="#${anchor}">${text(id)}</a>`
  })
  const parts = status === 'pass' ? [named(what)] : links
  return parts.join('') === '' ? page`` : page`<small>${htmlJoined(parts, page`<br>`)}</small>`
}
