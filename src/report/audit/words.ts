// The words for statuses and subjects of an audit, for every format.
import type { Subject } from '../../findings/finding.ts'
import type { AuditCell, AuditFinding, AuditReport, CellStatus } from '../../audit/audit-report.ts'
import { SEVERITIES } from '../../findings/severity.ts'
import { groupedBy } from '../../text/grouped-by.ts'
import { count, nameList, placeList, shortened } from '../write/name-list.ts'

/** A sign and a word: colour is never the only one. */
export const SIGNS: Readonly<Record<CellStatus, { readonly sign: string; readonly word: string }>> = {
  pass: { sign: '✓', word: 'pass' },
  note: { sign: 'i', word: 'note' },
  warning: { sign: '!', word: 'warning' },
  error: { sign: '✗', word: 'error' },
  unknown: { sign: '?', word: 'unknown' },
  accepted: { sign: '~', word: 'accepted' },
  none: { sign: '–', word: 'none' },
}

/** What a cell says beside its sign: what is wrong, else what is there. */
export function cellText({ status, ids, text }: AuditCell): string {
  if (status === 'pass' || status === 'none') return text
  const [first, ...more] = ids
  if (first === undefined) return SIGNS[status].word
  return more.length > 0 ? `${first} +${more.length}` : first
}

/** `/etc/postfix/main.cf:12` */
const placeText = ({ path, line }: Subject): string =>
  path === undefined ? '' : `${path}${line === undefined || line === 0 ? '' : `:${line}`}`

/** All of a subject but its host. */
export const detailText = (subject: Subject): string =>
  [subject.record ?? subject.domain, placeText(subject), subject.about]
    .filter((part) => part !== undefined && part !== '')
    .join(', ')

/** Subjects by what they are of, each with the hosts that have it: `mx1, mx2: /etc/postfix/main.cf:12`. */
export function subjectGroups({ subjects }: Pick<AuditFinding, 'subjects'>): readonly {
  readonly hosts: readonly string[]
  readonly details: readonly string[]
}[] {
  const details = [...groupedBy(subjects, detailText)].map(([detail, those]) => ({
    detail,
    hosts: [...new Set(those.flatMap(({ host }) => host ?? []))],
  }))
  // Those with the same hosts together.
  return [...groupedBy(details, ({ hosts }) => JSON.stringify(hosts)).values()].map((those) => ({
    hosts: those[0]!.hosts,
    details: those.map(({ detail }) => detail).filter((each) => each !== ''),
  }))
}

/**
 * Where the findings of a cause are, for a terminal: one place stands beside their ids, several have a line each. Where
 * hosts or domains are many, some are counted.
 */
export function placesOf(group: Pick<AuditFinding, 'subjects'>): {
  readonly beside: string
  readonly lines: readonly string[]
} {
  const groups = subjectGroups(group)
  if (groups.every(({ hosts }) => hosts.length === 0))
    return { beside: placeList(groups.flatMap(({ details }) => details)), lines: [] }
  const places = groups.map(({ hosts, details }) =>
    [nameList(hosts), placeList(details)].filter((part) => part !== '').join(': '),
  )
  return places.length === 1
    ? { beside: places[0]!, lines: [] }
    : { beside: '', lines: shortened(places, PLACES_AT_MOST) }
}

const PLACES_AT_MOST = 6

/** Hosts that could not be audited are none without findings. */
export const severityCounts = ({
  hosts,
  summary: { findings, accepted },
}: Pick<AuditReport, 'hosts' | 'summary'>): string => {
  const lost = hosts.filter(({ status }) => status !== 'audited').length
  const words: readonly string[] = [
    ...SEVERITIES.filter((each) => findings[each] > 0).map((each) =>
      each === 'unknown' ? `${findings[each]} not found out` : count(findings[each], each),
    ),
    ...(accepted > 0 ? [`${accepted} accepted`] : []),
    ...(lost > 0
      ? [lost === hosts.length ? 'no host could be audited' : `${count(lost, 'host')} could not be audited`]
      : []),
  ]
  return words.length === 0 ? 'no findings' : words.join(', ')
}
