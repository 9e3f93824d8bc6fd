// The findings on the HTML page of an audit.
import type { AuditFinding, AuditReport } from '../../audit/audit-report.ts'
import { CATALOGUE } from '../../audit/catalogue.ts'
import { CHECKS } from '../../findings/checks.ts'
import { causesOf, valuesOf, type CauseGroup } from './causes.ts'
import { SIGNS, subjectGroups } from './words.ts'

/** One for each cause. */
export const findingsOf = ({ findings }: AuditReport) => causesOf(findings).map(causeOf)

function causeOf(group: CauseGroup) {
  const { first, findings } = group
  const { severity, accepted } = first
  const status = accepted === undefined ? severity : 'accepted'
  const word = accepted === undefined ? SIGNS[severity].word : `accepted ${severity}`
  const places = subjectGroups(group).map(({ hosts, details }) => ({
    hosts: hosts.join(', '),
    detail: details.join('; '),
  }))
  return {
    ids: group.ids.map((id, index) => ({ id, isLast: index === group.ids.length - 1 })),
    status,
    badge: `${SIGNS[status].sign} ${word}`,
    messages: [...new Set(findings.map(({ message }) => message))],
    about: aboutOf(findings),
    places: places.filter(({ hosts, detail }) => hosts !== '' || detail !== ''),
    entries: entriesOf(group),
  }
}

/** Each id's column, and what it means. */
const aboutOf = (findings: readonly AuditFinding[]): readonly string[] => [
  ...new Set(findings.map(({ id, check }) => `${CHECKS[check].title}: ${CATALOGUE.kindOf(id).means}`)),
]

function entriesOf(group: CauseGroup) {
  const {
    first: { accepted },
    remedies,
  } = group
  const words = (term: string, text: string) => ({ term, text, isCode: false })
  return [
    ...valuesOf(group).map((each) => ({ ...each, isCode: true })),
    ...(accepted === undefined ? [] : [words('Accepted', acceptedText(accepted))]),
    ...remedies.map((remedy) => words('To do', remedy)),
  ]
}

const acceptedText = ({ reason, until }: NonNullable<AuditFinding['accepted']>): string =>
  `${reason}${until === undefined ? '' : ` (until ${until})`}`
