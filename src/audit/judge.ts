// Judges the evidence: all faults of a fleet, of which one cause is told once.
import type { AuditSubject } from '../model/audit.ts'
import type { HostProof } from '../model/proof.ts'
import type { Evidence, HostEvidence } from './evidence.ts'
import type { Fault } from './fault.ts'
import { domainFaults } from './judge/domain-faults.ts'
import { fleetFaults } from './judge/fleet-faults.ts'
import { proofFaults, type Asked } from './judge/proof-faults.ts'
import { originFaults } from './rules/origin.ts'
import { setupFaults } from './rules/setup-faults.ts'

export function judge({ hosts, domains }: Evidence): readonly Fault[] {
  const planned = domains.flatMap((each) => each.planned)
  const asked: Asked = {
    evidenceOf: (name) => domains.find(({ domain }) => domain === name),
    wanted: (name, purpose) =>
      planned.find(({ record }) => record.name === name && record.purpose.startsWith(purpose))?.record.value,
  }
  const ofHosts = hosts.flatMap((host): readonly Fault[] => {
    const { setup, proof, name } = host
    if (setup === undefined || proof === undefined) return []
    const own = [...setupFaults(setup), ...originFaults(setup, proof, host)].map((fault) => ({
      ...fault,
      subject: { host: name, ...fault.subject },
    }))
    return [
      ...own,
      ...proofFaults(proof, asked).map(({ own: mine, ...fault }) =>
        mine === undefined ? fault : { ...fault, subject: { host: name, ...fault.subject } },
      ),
    ]
  })
  const between = fleetFaults(hosts)
  const ofDomains = domains.flatMap(domainFaults)
  const others = [...ofHosts, ...between]
  const kept = ofDomains.filter((fault) => !isToldAlready(fault, others, ofDomains, hosts))
  return distinct([...ofHosts, ...between, ...kept.flatMap((fault) => onTheirHosts(fault, hosts))]).map(
    ({ own: _, ...fault }) => fault,
  )
}

/** Of a record of a key: the hosts that sign with it. */
function onTheirHosts(fault: Fault, hosts: readonly HostEvidence[]): readonly Fault[] {
  const { record } = fault.subject
  const signers =
    record === undefined || !record.includes('._domainkey.')
      ? []
      : hosts.filter(({ proof }) => signsWith(proof, record))
  return signers.length === 0
    ? [fault]
    : signers.map(({ name }) => ({ ...fault, subject: { host: name, ...fault.subject } }))
}

const signsWith = (proof: HostProof | undefined, record: string): boolean =>
  proof?.signing.some(({ signatures }) =>
    signatures.some(({ domain, selector }) => `${selector}._domainkey.${domain}` === record),
  ) ?? false

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
/** What is seen in the record, and by the live signature under another name. */
const SAME: Readonly<Record<string, string>> = {
  'dkim-none': 'no-key',
  'dkim-many': 'many-keys',
  'dkim-syntax': 'bad-record',
  'dkim-revoked': 'key-revoked',
  'dkim-weak-key': 'weak-key',
  'record-missing': 'no-key',
  'record-differs': '',
  'record-lags': 'servers-differ',
}

function isToldAlready(
  { id, subject, check, purpose }: Fault,
  others: readonly Fault[],
  all: readonly Fault[],
  hosts: readonly HostEvidence[],
): boolean {
  const { domain, record } = subject
  const told = (...ids: readonly string[]): boolean =>
    others.some((other) => ids.includes(other.id) && other.subject.domain === domain && other.check === check)
  const live = others.filter(
    (other) => LIVE.includes(other.id) && other.subject.record === record && record !== undefined,
  )
  if (
    record !== undefined &&
    SAME[id] !== undefined &&
    live.some((other) => id === 'record-differs' || other.id === SAME[id])
  )
    return true
  switch (id) {
    case 'spf-none':
    case 'dmarc-none':
      // A domain above may have the policy.
      return (
        told(id) ||
        (id === 'dmarc-none' &&
          hosts.some(
            ({ proof }) => proof?.dmarc.some((each) => each.domain === domain && each.at !== undefined) ?? false,
          )) ||
        all.some((other) => other.id === 'record-missing' && other.subject.domain === domain && other.check === check)
      )
    case 'record-missing':
      if (purpose === 'spf-helo')
        return others.some(
          (other) =>
            other.id === 'bounces-unauthenticated' || (other.id === 'spf-none' && other.subject.domain === record),
        )
      return purpose === 'spf' ? told('spf-none') : purpose === 'dmarc' ? told('dmarc-none') : false
    case 'record-differs':
      if (purpose === 'dmarc')
        return all.some(
          (other) => ['dmarc-many', 'dmarc-version'].includes(other.id) && other.subject.domain === domain,
        )
      return (
        purpose === 'spf' &&
        told(
          'spf-fail',
          'spf-softfail',
          'spf-neutral',
          'spf-permerror',
          'spf-missing-ip4',
          'spf-missing-ip6',
          'servers-differ',
        )
      )
    case 'record-lags':
      return told('servers-differ')
    case 'records-contradict':
      return [...others, ...all].some(
        (other) =>
          ['selector-collision', 'spf-many', 'spf-syntax', 'no-address'].includes(other.id) &&
          other.subject.domain === domain,
      )
    case 'record-unanswered':
      return (
        record !== undefined &&
        all.some((other) => other.id === id && other.subject.record === undefined && other.subject.domain === domain)
      )
    default:
      return false
  }
}

const subjectKey = ({ host, domain, record, path, line, about }: AuditSubject): string =>
  JSON.stringify([host, domain, record, path, line, about])

function distinct(faults: readonly Fault[]): readonly Fault[] {
  return [
    ...new Map(faults.toReversed().map((fault) => [`${fault.id} ${subjectKey(fault.subject)}`, fault])).values(),
  ].toReversed()
}
