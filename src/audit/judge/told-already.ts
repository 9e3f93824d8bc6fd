// Which faults of records are told already: one cause, seen in DNS and by a proof on a host, is told once, as the
// latter.
import type { FindingId } from '../../model/findings/finding-kinds.ts'
import type { HostEvidence } from '../evidence.ts'
import type { Fault } from '../fault.ts'

export interface Found {
  /** Faults of hosts, and between them. */
  readonly others: readonly Fault[]
  readonly ofDomains: readonly Fault[]
  readonly hosts: readonly HostEvidence[]
}

/** @param fault - of a domain */
export const isToldAlready = (fault: Fault, found: Found): boolean =>
  isSeenLive(fault, found.others) || (RULES[fault.id]?.(fault, found) ?? false)

const LIVE: readonly string[] = [
  'no-key',
  'many-keys',
  'bad-record',
  'key-revoked',
  'key-differs',
  'weak-key',
  'servers-differ',
  'not-verified',
]

/** What is seen in the record, and by the live signature under another name; `any` of LIVE. */
const SAME: Readonly<Record<string, string>> = {
  'dkim-none': 'no-key',
  'dkim-many': 'many-keys',
  'dkim-syntax': 'bad-record',
  'dkim-revoked': 'key-revoked',
  'dkim-weak-key': 'weak-key',
  'record-missing': 'no-key',
  'record-differs': 'any',
  'record-lags': 'servers-differ',
}

function isSeenLive({ id, subject: { record } }: Fault, others: readonly Fault[]): boolean {
  const same = SAME[id]
  if (record === undefined || same === undefined) return false
  const live = others.filter((other) => LIVE.includes(other.id) && other.subject.record === record)
  return live.some((other) => same === 'any' || other.id === same)
}

type Rule = (fault: Fault, found: Found) => boolean

/** Of the same domain, in the same column. */
const isTold = (ids: readonly string[], { subject, check }: Fault, among: readonly Fault[]): boolean =>
  among.some((other) => ids.includes(other.id) && other.subject.domain === subject.domain && other.check === check)

/** Of the same domain, in whatever column. */
const isToldOfDomain = (ids: readonly string[], { subject }: Fault, among: readonly Fault[]): boolean =>
  among.some((other) => ids.includes(other.id) && other.subject.domain === subject.domain)

const isNoneTold: Rule = (fault, { others, ofDomains }) =>
  isTold([fault.id], fault, others) || isTold(['record-missing'], fault, ofDomains)

/** A domain above may have the policy. */
const hasPolicyAbove: Rule = ({ subject: { domain } }, { hosts }) =>
  hosts.flatMap(({ proof }) => proof?.dmarc ?? []).some((each) => each.domain === domain && each.at !== undefined)

const isMissingTold: Rule = (fault, { others }) => {
  switch (fault.purpose) {
    case 'spf-helo':
      return isHeloTold(fault, others)
    case 'spf':
      return isTold(['spf-none'], fault, others)
    case 'dmarc':
      return isTold(['dmarc-none'], fault, others)
    default:
      return false
  }
}

const isHeloTold = ({ subject: { record } }: Fault, others: readonly Fault[]): boolean =>
  others.some(({ id, subject }) => id === 'bounces-unauthenticated' || (id === 'spf-none' && subject.domain === record))

const SPF_FAULTS = [
  'spf-fail',
  'spf-softfail',
  'spf-neutral',
  'spf-permerror',
  'spf-missing-ip4',
  'spf-missing-ip6',
  'servers-differ',
]

const isDifferenceTold: Rule = (fault, { others, ofDomains }) => {
  if (fault.purpose === 'dmarc') return isToldOfDomain(['dmarc-many', 'dmarc-version'], fault, ofDomains)
  return fault.purpose === 'spf' && isTold(SPF_FAULTS, fault, others)
}

const CONTRADICTIONS = ['selector-collision', 'spf-many', 'spf-syntax', 'no-address']

const isContradictionTold: Rule = (fault, { others, ofDomains }) =>
  isToldOfDomain(CONTRADICTIONS, fault, [...others, ...ofDomains])

/** Of a single record, where the whole domain is told to be silent. */
const isSilenceTold: Rule = ({ id, subject: { domain, record } }, { ofDomains }) =>
  record !== undefined &&
  ofDomains.some(({ id: other, subject }) => other === id && subject.record === undefined && subject.domain === domain)

const RULES: Readonly<Partial<Record<FindingId, Rule>>> = {
  'spf-none': isNoneTold,
  'dmarc-none': (fault, found) => isNoneTold(fault, found) || hasPolicyAbove(fault, found),
  'record-missing': isMissingTold,
  'record-differs': isDifferenceTold,
  'record-lags': (fault, { others }) => isTold(['servers-differ'], fault, others),
  'records-contradict': isContradictionTold,
  'record-unanswered': isSilenceTold,
}
