// The findings on the HTML page of an audit.
import type { AuditFinding, AuditReport } from '../../audit/audit-report.ts'
import { CATALOGUE } from '../../audit/catalogue.ts'
import { CHECKS } from '../../findings/checks.ts'
import { SIGNS, subjectGroups } from './words.ts'

export const findingsOf = ({ findings }: AuditReport) => findings.map(findingOf)

function findingOf(finding: AuditFinding) {
  const { id, severity, check, message, accepted } = finding
  const status = accepted === undefined ? severity : 'accepted'
  const word = accepted === undefined ? SIGNS[severity].word : `accepted ${severity}`
  const places = subjectGroups(finding).map(({ hosts, detail }) => ({ hosts: hosts.join(', '), detail }))
  return {
    id,
    status,
    badge: `${SIGNS[status].sign} ${word}`,
    message,
    check: CHECKS[check].title,
    means: CATALOGUE.kindOf(id).means,
    places: places.filter(({ hosts, detail }) => hosts !== '' || detail !== ''),
    entries: entriesOf(finding),
  }
}

function entriesOf({ expected, found, remedy, accepted }: AuditFinding) {
  const code = (term: string, text: string | undefined) => (text === undefined ? [] : [{ term, text, isCode: true }])
  const words = (term: string, text: string) => ({ term, text, isCode: false })
  return [
    ...code('Expected', expected),
    ...code('Found', found),
    ...(accepted === undefined ? [] : [words('Accepted', acceptedText(accepted))]),
    words('To do', remedy),
  ]
}

const acceptedText = ({ reason, until }: NonNullable<AuditFinding['accepted']>): string =>
  `${reason}${until === undefined ? '' : ` (until ${until})`}`
