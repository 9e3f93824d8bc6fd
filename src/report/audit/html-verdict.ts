// The head of the HTML page of an audit: the result in one sentence, and the numbers of findings.
import type { AuditReport, CellStatus } from '../../audit/audit-report.ts'
import { CHECK_NAMES } from '../../findings/checks.ts'
import { count } from '../write/name-list.ts'
import { SIGNS } from './words.ts'

interface Verdict {
  readonly status: CellStatus
  /** With its sign. */
  readonly words: string
  /** What follows. */
  readonly more: string
}

export function verdictOf(report: AuditReport): Verdict {
  const lost = report.hosts.filter(({ status }) => status !== 'audited').length
  const verdict = mailVerdict(report, lost)
  return lost > 0 ? { ...verdict, more: `${verdict.more} ${count(lost, 'host')} could not be audited.` } : verdict
}

function mailVerdict(report: AuditReport, lost: number): Verdict {
  const { error, warning, unknown } = report.summary.findings
  const say = (status: CellStatus, words: string, more = ''): Verdict => ({
    status,
    words: `${SIGNS[status].sign} ${words}`,
    more,
  })
  if (error > 0) return say('error', 'Mail is at risk:', ` ${count(error, 'error')}${badDomains(report)}.`)
  if (lost > 0 && lost === report.hosts.length) return say('unknown', 'Nothing is known of mail:')
  if (warning > 0) return say('warning', 'Mail passes, with risks:', ` ${count(warning, 'warning')}.`)
  if (unknown > 0 || lost > 0) return say('unknown', 'As far as is known, mail passes.')
  return say('pass', 'All is well:', ' mail of every host is signed, authorized and aligned.')
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

export function tilesOf({ summary }: AuditReport) {
  const { findings, accepted } = summary
  const all: readonly (readonly [status: CellStatus, number: number, word: string])[] = [
    ['error', findings.error, findings.error === 1 ? 'error' : 'errors'],
    ['warning', findings.warning, findings.warning === 1 ? 'warning' : 'warnings'],
    ['unknown', findings.unknown, 'not found out'],
    ['note', findings.note, findings.note === 1 ? 'note' : 'notes'],
    ['accepted', accepted, 'accepted'],
  ]
  return all.map(([status, number, word]) => ({
    look: number === 0 ? 'none' : status,
    number,
    word: `${SIGNS[status].sign} ${word}`,
  }))
}
