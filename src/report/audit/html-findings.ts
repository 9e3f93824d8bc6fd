// The findings on an audit's page.
import type { AuditFinding, AuditReport, CellStatus } from '../../audit/audit-report.ts'
import { CHECKS } from '../../findings/checks.ts'
import { CATALOGUE } from '../../audit/catalogue.ts'
import { code, htmlJoined, type HtmlText, page, text } from '../write/html.ts'
import { SIGNS, subjectGroups } from './words.ts'

export function findingsOf({ findings }: AuditReport): HtmlText {
  const shown = findings.map((finding, index) => findingOf(finding, index + 1))
  const head = page`<h2 id="findings">Findings</h2>`
  return htmlJoined([head, ...(shown.length === 0 ? [page`<p>None.</p>`] : shown)], page`\n`)
}

function findingOf(finding: AuditFinding, number: number): HtmlText {
  const { id, severity, check, message, accepted } = finding
  const status: CellStatus = accepted === undefined ? severity : 'accepted'
  const word = accepted === undefined ? SIGNS[severity].word : `accepted ${severity}`
  const badge = page`<span class="badge ${text(status)}">${text(`${SIGNS[status].sign} ${word}`)}</span>`
  return page`<article class="finding ${text(status)}" id="finding-${number}">
<h3>${badge} <span>${text(message)}</span> ${code(id)}</h3>
<p class="faint">${text(CHECKS[check].title)}: ${text(CATALOGUE.kindOf(id).means)}</p>
<dl>${entriesOf(finding)}</dl>
</article>`
}

function entriesOf(finding: AuditFinding): HtmlText {
  const { expected, found, remedy, accepted } = finding
  const entry = (term: string, definition: HtmlText): HtmlText => page`<dt>${text(term)}</dt><dd>${definition}</dd>`
  const where = whereOf(finding)
  return htmlJoined([
    entry('Where', where === '' ? page`the fleet` : where),
    ...(expected === undefined ? [] : [entry('Expected', code(expected))]),
    ...(found === undefined ? [] : [entry('Found', code(found))]),
    ...(accepted === undefined ? [] : [entry('Accepted', acceptedText(accepted))]),
    entry('To do', text(remedy)),
  ])
}

function whereOf(finding: AuditFinding): HtmlText {
  const places = subjectGroups(finding).map(({ hosts, detail }) => {
    const names = hosts.length > 0 ? page`<b>${text(hosts.join(', '))}</b>` : page``
    return htmlJoined(
      [names, text(detail)].filter((part) => part !== ''),
      page`: `,
    )
  })
  return htmlJoined(
    places.filter((each) => each !== ''),
    page`<br>`,
  )
}

function acceptedText({ reason, until }: NonNullable<AuditFinding['accepted']>): HtmlText {
  return page`${text(reason)}${until === undefined ? page`` : page` (until ${text(until)})`}`
}
