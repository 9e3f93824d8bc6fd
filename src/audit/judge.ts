// Judges the evidence: all faults of a fleet, of which one cause is told once.
import { dkimName } from '../mail/dkim-record.ts'
import type { AuditSubject } from '../model/audit.ts'
import type { MailSetup } from '../model/mail-setup.ts'
import type { HostProof } from '../model/proof.ts'
import type { Evidence, HostEvidence } from './evidence.ts'
import type { Fault } from './fault.ts'
import { domainFaults } from './judge/domain-faults.ts'
import { fleetFaults } from './judge/fleet-faults.ts'
import { proofFaults, type Asked } from './judge/proof-faults.ts'
import { isToldAlready } from './judge/told-already.ts'
import { daemonFaults } from './rules/daemon.ts'
import { keyFaults } from './rules/keys.ts'
import { originFaults } from './rules/origin.ts'
import { postfixFaults } from './rules/postfix.ts'
import { tableFaults } from './rules/tables.ts'
import { trustFaults } from './rules/trust.ts'

/** All lint on one host's setup. */
export const setupFaults = (setup: MailSetup): readonly Fault[] =>
  [daemonFaults, trustFaults, tableFaults, keyFaults, postfixFaults].flatMap((rule) => rule(setup))

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
  const ofDomains = domains.flatMap(domainFaults)
  const others = [...ofHosts, ...fleetFaults(hosts)]
  const kept = ofDomains.filter((fault) => !isToldAlready(fault, { others, ofDomains, hosts }))
  const all = distinct([...others, ...kept.flatMap((fault) => onTheirHosts(fault, hosts))])
  return all.map(withoutOwner)
}

function withoutOwner(fault: Fault): Fault {
  const { own: _, ...rest } = fault
  return rest
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
    signatures.some(({ domain, selector }) => dkimName(domain, selector) === record),
  ) ?? false

const subjectKey = ({ host, domain, record, path, line, about }: AuditSubject): string =>
  JSON.stringify([host, domain, record, path, line, about])

function distinct(faults: readonly Fault[]): readonly Fault[] {
  return [
    ...new Map(faults.toReversed().map((fault) => [`${fault.id} ${subjectKey(fault.subject)}`, fault])).values(),
  ].toReversed()
}
