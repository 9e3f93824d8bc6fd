// The findings on an audit's page.
import type { AuditFinding, AuditReport, CellStatus } from '../../model/audit.ts'
import { CHECKS } from '../../model/findings/finding-kind.ts'
import { kindOf } from '../../model/findings/finding-kinds.ts'
import { code, text } from './html-text.ts'
import { SIGNS, subjectGroups } from './words.ts'

export function findingsOf({ findings }: AuditReport): string {
  const shown = findings.map((finding, index) => findingOf(finding, index + 1))
  return ['<h2 id="findings">Findings</h2>', ...(shown.length === 0 ? ['<p>None.</p>'] : shown)].join('\n')
}

function findingOf(finding: AuditFinding, number: number): string {
  const { id, severity, check, message, accepted } = finding
  const status: CellStatus = accepted === undefined ? severity : 'accepted'
  const word = accepted === undefined ? SIGNS[severity].word : `accepted ${severity}`
  const badge = `<span class="badge ${status}">${SIGNS[status].sign} ${word}</span>`
  return `<article class="finding ${status}" id="finding-${number}">
<h3>${badge} <span>${text(message)}</span> ${code(id)}</h3>
<p class="faint">${text(CHECKS[check].title)}: ${text(kindOf(id).means)}</p>
<dl>${entriesOf(finding)}</dl>
</article>`
}

function entriesOf(finding: AuditFinding): string {
  const { expected, found, remedy, accepted } = finding
  const entry = (term: string, definition: string): string => `<dt>${term}</dt><dd>${definition}</dd>`
  return [
    entry('Where', whereOf(finding) || 'the fleet'),
    ...(expected === undefined ? [] : [entry('Expected', code(expected))]),
    ...(found === undefined ? [] : [entry('Found', code(found))]),
    ...(accepted === undefined ? [] : [entry('Accepted', acceptedText(accepted))]),
    entry('To do', text(remedy)),
  ].join('')
}

function whereOf(finding: AuditFinding): string {
  const places = subjectGroups(finding).map(({ hosts, detail }) => {
    const names = hosts.length > 0 ? `<b>${text(hosts.join(', '))}</b>` : ''
    return [names, text(detail)].filter((part) => part !== '').join(': ')
  })
  return places.filter((each) => each !== '').join('<br>')
}

function acceptedText({ reason, until }: NonNullable<AuditFinding['accepted']>): string {
  return `${text(reason)}${until === undefined ? '' : ` (until ${text(until)})`}`
}
