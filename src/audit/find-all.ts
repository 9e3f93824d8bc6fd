// Runs all rules of the audit on the evidence about a fleet, and keeps one finding for each cause.
import type { Finding, Subject } from '../findings/finding.ts'
import { findAll } from '../findings/rule.ts'
import { isSuperseded } from '../findings/superseded.ts'
import { dkimName } from '../mail/records/dkim/record.ts'
import type { HostProof } from '../mail/proof/proof.ts'
import { CATALOGUE, type FindingId } from './catalogue.ts'
import type { Evidence, HostEvidence } from './evidence.ts'
import { recordFindings } from './record-findings.ts'
import { FLEET_RULES } from './rules/fleet.ts'
import { HOST_RULES, setupRules } from './rules/index.ts'
import { verdictFindings, type Asked } from './verdict-findings.ts'

export function findingsOf({ hosts, domains }: Evidence): readonly Finding<FindingId>[] {
  const planned = domains.flatMap((each) => each.planned)
  const asked: Asked = {
    evidenceOf: (name) => domains.find(({ domain }) => domain === name),
    wanted: (name, purpose) =>
      planned.find(({ record }) => record.name === name && record.purpose.startsWith(purpose))?.record.value,
  }
  const live = [...hosts.flatMap((host) => hostFindings(host, asked)), ...findAll(FLEET_RULES, hosts)]
  const dns = domains.flatMap((each) => recordFindings(each, hosts))
  const kept = dns.filter((each) => !isSuperseded(each, CATALOGUE.kindOf(each.id).supersededBy, { live, dns }))
  return distinct([...live, ...kept.flatMap((each) => onTheirHosts(each, hosts))])
}

function hostFindings(host: HostEvidence, asked: Asked): readonly Finding<FindingId>[] {
  const { setup, proof, name, signer } = host
  if (setup === undefined || proof === undefined) return []
  const own = [
    ...findAll(setupRules({ dkim_signer: signer }), setup),
    ...findAll(HOST_RULES, { ...host, setup, proof }),
  ]
  return [...own.map((each) => onHost(name, each)), ...verdictFindings(name, proof, asked)]
}

const onHost = <Id extends string>(host: string, finding: Finding<Id>): Finding<Id> => ({
  ...finding,
  subject: { host, ...finding.subject },
})

/** Of a record of a key: the hosts that sign with it. */
function onTheirHosts(finding: Finding<FindingId>, hosts: readonly HostEvidence[]): readonly Finding<FindingId>[] {
  const { record } = finding.subject
  const signers =
    record === undefined || !record.includes('._domainkey.')
      ? []
      : hosts.filter(({ proof }) => signsWith(proof, record))
  return signers.length === 0 ? [finding] : signers.map(({ name }) => onHost(name, finding))
}

const signsWith = (proof: HostProof | undefined, record: string): boolean =>
  proof?.signing.some(({ signatures }) =>
    signatures.some(({ domain, selector }) => dkimName(domain, selector) === record),
  ) ?? false

const subjectKey = ({ host, domain, record, path, line, about }: Subject): string =>
  JSON.stringify([host, domain, record, path, line, about])

function distinct(findings: readonly Finding<FindingId>[]): readonly Finding<FindingId>[] {
  return [
    ...new Map(findings.toReversed().map((each) => [`${each.id} ${subjectKey(each.subject)}`, each])).values(),
  ].toReversed()
}
