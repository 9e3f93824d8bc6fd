// Findings about the records that DNS has of a domain: from the lint of each record, and from the audit's own rules.
import type { Finding, Subject } from '../findings/finding.ts'
import { findAll } from '../findings/rule.ts'
import { lintAdspSet } from '../mail/records/adsp.ts'
import { lintDkimSet, type DkimFindingId } from '../mail/records/dkim/lint.ts'
import { REVOKED_DKIM } from '../mail/records/dkim/record.ts'
import { lintDmarcSet, type DmarcFindingId } from '../mail/records/dmarc/lint.ts'
import { lintSpfSet, type SpfFindingId } from '../mail/records/spf/lint.ts'
import type { DomainEvidence, HostEvidence, PublishedTxt } from './evidence.ts'
import { DOMAIN_RULES, RECORD_RULES } from './rules/records/index.ts'

type RecordFindingId =
  | (typeof DOMAIN_RULES | typeof RECORD_RULES)[number]['id']
  | (typeof AUDITED_NOTES)[number]
  | SpfFindingId
  | DkimFindingId
  | DmarcFindingId

/** Of what a plan notes, all else is seen in the records themselves. */
const AUDITED_NOTES = ['spf-stranger', 'dmarc-weakens'] as const

const isAudited = (note: Finding): note is Finding<(typeof AUDITED_NOTES)[number]> =>
  AUDITED_NOTES.some((id) => id === note.id)

export function recordFindings(
  evidence: DomainEvidence,
  hosts: readonly HostEvidence[],
): readonly Finding<RecordFindingId>[] {
  const { domain, notes } = evidence
  return [
    ...findAll(DOMAIN_RULES, evidence),
    ...lintOf(evidence, hosts),
    ...notes.filter(isAudited).map((each) => on({ domain }, each)),
    ...findAll(RECORD_RULES, evidence),
  ]
}

/** What one server that answers has. */
const valuesAt = ({ servers }: PublishedTxt): readonly string[] =>
  servers.find(({ values }) => values !== undefined)?.values ?? []
const isAnswered = ({ servers }: PublishedTxt): boolean => servers.some(({ values }) => values !== undefined)

const lintOf = (evidence: DomainEvidence, hosts: readonly HostEvidence[]): readonly Finding<RecordFindingId>[] => [
  ...spfFindings(evidence),
  ...dmarcFindings(evidence, hosts),
  ...adspFindings(evidence),
  ...evidence.keys.flatMap((key) => keyFindings(evidence, key)),
]

function spfFindings({ domain, sends, spf, lookups }: DomainEvidence): readonly Finding<RecordFindingId>[] {
  const ofSpf = isAnswered(spf) ? lintSpfSet(valuesAt(spf)) : []
  const isUnusable = ofSpf.some(({ id }) => ['spf-none', 'spf-many', 'spf-syntax'].includes(id))
  // A null MX without SPF is the plan's to tell.
  if (!sends && isUnusable) return []
  return [...ofSpf, ...(isUnusable ? [] : lookups)].map((each) => on({ domain }, each))
}

/** A domain above may have the policy. */
function dmarcFindings(
  { domain, dmarc }: DomainEvidence,
  hosts: readonly HostEvidence[],
): readonly Finding<RecordFindingId>[] {
  if (!isAnswered(dmarc)) return []
  const hasPolicy = hosts
    .flatMap(({ proof }) => proof?.dmarc ?? [])
    .some((each) => each.domain === domain && each.at !== undefined)
  return lintDmarcSet(valuesAt(dmarc))
    .filter(({ id }) => !(hasPolicy && id === 'dmarc-none'))
    .map((each) => on({ domain }, each))
}

function adspFindings({ domain, adsp, planned }: DomainEvidence): readonly Finding<RecordFindingId>[] {
  const isWanted = planned.some(({ record }) => record.purpose === 'adsp')
  return isWanted ? [] : lintAdspSet(valuesAt(adsp)).map((each) => on({ domain, record: adsp.name }, each))
}

function keyFindings(
  { domain, planned }: DomainEvidence,
  key: DomainEvidence['keys'][number],
): readonly Finding<RecordFindingId>[] {
  const isRevoked = planned.some(({ record }) => record.name === key.name && record.value === REVOKED_DKIM)
  const values = valuesAt(key)
  // Whether it is there at all is reported for what is wanted.
  return (values.length === 0 ? [] : lintDkimSet(values))
    .filter(({ id }) => !(isRevoked && id === 'dkim-revoked'))
    .map((each) => on({ domain, record: key.name }, each))
}

/** A finding on a record, where it is. */
function on<Id extends string>(subject: Subject, finding: Finding<Id>): Finding<Id> {
  const { message } = finding
  const { domain = '' } = subject
  const reported = message.startsWith(`${domain}: `) ? message.slice(domain.length + 2) : message
  const stranger = finding.id === 'spf-stranger' ? { about: reported.split(' ')[0]! } : {}
  return {
    ...finding,
    ...(finding.id === 'spf-unanswered' ? { severity: 'unknown' } : {}),
    message: reported,
    subject: { ...subject, ...stranger },
  }
}
