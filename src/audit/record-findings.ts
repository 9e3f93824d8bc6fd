// What DNS has of a domain, as findings: each record by itself, and by the audit's own rules.
import type { CheckName } from '../findings/checks.ts'
import type { Finding, Subject } from '../findings/finding.ts'
import { findAll } from '../findings/rule.ts'
import { lintAdspSet } from '../mail/adsp.ts'
import { lintDkimSet } from '../mail/dkim-lint.ts'
import { REVOKED_DKIM } from '../mail/dkim-record.ts'
import { lintDmarcSet } from '../mail/dmarc/lint.ts'
import { lintSpfSet } from '../mail/spf/lint.ts'
import type { DomainEvidence, HostEvidence, PublishedTxt } from './evidence.ts'
import { DOMAIN_RULES, RECORD_RULES } from './rules/records/index.ts'

export function recordFindings(evidence: DomainEvidence, hosts: readonly HostEvidence[]): readonly Finding[] {
  const { domain, notes } = evidence
  return [
    ...findAll(DOMAIN_RULES, evidence),
    ...lintOf(evidence, hosts),
    ...notes.filter(({ id }) => id === 'spf-stranger' || id === 'dmarc-weakens').map((each) => on({ domain }, each)),
    ...findAll(RECORD_RULES, evidence),
  ]
}

/** What one server that answers has. */
const valuesAt = ({ servers }: PublishedTxt): readonly string[] =>
  servers.find(({ values }) => values !== undefined)?.values ?? []
const isAnswered = ({ servers }: PublishedTxt): boolean => servers.some(({ values }) => values !== undefined)

const lintOf = (evidence: DomainEvidence, hosts: readonly HostEvidence[]): readonly Finding[] => [
  ...spfFindings(evidence),
  ...dmarcFindings(evidence, hosts),
  ...adspFindings(evidence),
  ...evidence.keys.flatMap((key) => keyFindings(evidence, key)),
]

function spfFindings({ domain, sends, spf, lookups }: DomainEvidence): readonly Finding[] {
  const ofSpf = isAnswered(spf) ? lintSpfSet(valuesAt(spf)) : []
  const isUnusable = ofSpf.some(({ id }) => ['spf-none', 'spf-many', 'spf-syntax'].includes(id))
  // A null MX without SPF is the plan's to tell.
  if (!sends && isUnusable) return []
  return [...ofSpf, ...(isUnusable ? [] : lookups)].map((each) => on({ domain }, each, 'spf'))
}

/** A domain above may have the policy. */
function dmarcFindings({ domain, dmarc }: DomainEvidence, hosts: readonly HostEvidence[]): readonly Finding[] {
  if (!isAnswered(dmarc)) return []
  const hasPolicy = hosts
    .flatMap(({ proof }) => proof?.dmarc ?? [])
    .some((each) => each.domain === domain && each.at !== undefined)
  return lintDmarcSet(valuesAt(dmarc))
    .filter(({ id }) => !(hasPolicy && id === 'dmarc-none'))
    .map((each) => on({ domain }, each, 'dmarc'))
}

function adspFindings({ domain, adsp, planned }: DomainEvidence): readonly Finding[] {
  const isWanted = planned.some(({ record }) => record.purpose === 'adsp')
  return isWanted ? [] : lintAdspSet(valuesAt(adsp)).map((each) => on({ domain, record: adsp.name }, each, 'dkim'))
}

function keyFindings({ domain, planned }: DomainEvidence, key: DomainEvidence['keys'][number]): readonly Finding[] {
  const isRevoked = planned.some(({ record }) => record.name === key.name && record.value === REVOKED_DKIM)
  const values = valuesAt(key)
  // Whether it is there at all is told of what is wanted.
  return (values.length === 0 ? [] : lintDkimSet(values))
    .filter(({ id }) => !(isRevoked && id === 'dkim-revoked'))
    .map((each) => on({ domain, record: key.name }, each, 'dkim'))
}

/** A finding on a record, where it is. */
function on(subject: Subject, finding: Finding, check: CheckName = finding.check): Finding {
  const { id, severity, message, remedy } = finding
  const { domain = '' } = subject
  const told = message.startsWith(`${domain}: `) ? message.slice(domain.length + 2) : message
  const stranger = id === 'spf-stranger' ? { about: told.split(' ')[0]! } : {}
  return {
    id,
    severity: id === 'spf-unanswered' ? 'unknown' : severity,
    check,
    message: told,
    remedy,
    subject: { ...subject, ...stranger },
  }
}
