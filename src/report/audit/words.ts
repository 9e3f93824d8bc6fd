// How a report's statuses and subjects are said, in every format.
import type { AuditCell, AuditFinding, AuditReport, AuditSubject, CellStatus } from '../../model/audit.ts'
import type { Severity } from '../../model/findings/finding-kind.ts'
import { count } from '../name-list.ts'

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
export const cellText = ({ status, ids, text }: AuditCell): string =>
  status === 'pass' || status === 'none' ? text : ids.length === 0 ? SIGNS[status].word : `${ids[0]}${ids.length > 1 ? ` +${ids.length - 1}` : ''}`

/** `/etc/opendkim.conf:12` */
export const placeText = ({ path, line }: AuditSubject): string => (path === undefined ? '' : `${path}${line === undefined || line === 0 ? '' : `:${line}`}`)

/** All of a subject but its host. */
export const detailText = (subject: AuditSubject): string =>
  [subject.record ?? subject.domain, placeText(subject), subject.about].filter((part) => part !== undefined && part !== '').join(', ')

/** Subjects by what they are of, each with the hosts that have it: `mx1, mx2: /etc/opendkim.conf:12`. */
export function subjectGroups({ subjects }: Pick<AuditFinding, 'subjects'>): readonly { readonly hosts: readonly string[]; readonly detail: string }[] {
  const byDetail = new Map<string, string[]>()
  for (const subject of subjects) {
    const detail = detailText(subject)
    const hosts = byDetail.get(detail) ?? []
    if (subject.host !== undefined && !hosts.includes(subject.host)) hosts.push(subject.host)
    byDetail.set(detail, hosts)
  }
  // Those with the same hosts together.
  const byHosts = new Map<string, { readonly hosts: readonly string[]; readonly details: string[] }>()
  for (const [detail, hosts] of byDetail) {
    const key = JSON.stringify(hosts)
    const known = byHosts.get(key)
    if (known) known.details.push(detail)
    else byHosts.set(key, { hosts, details: [detail] })
  }
  return [...byHosts.values()].map(({ hosts, details }) => ({ hosts, detail: details.filter((each) => each !== '').join('; ') }))
}

export const severityCounts = ({ findings, accepted }: AuditReport['summary']): string => {
  const words: readonly string[] = [
    ...(['error', 'unknown', 'warning', 'note'] as const satisfies readonly Severity[]).filter((each) => findings[each] > 0).map((each) => (each === 'unknown' ? `${findings[each]} not found out` : count(findings[each], each))),
    ...(accepted > 0 ? [`${accepted} accepted`] : []),
  ]
  return words.length === 0 ? 'no findings' : words.join(', ')
}
