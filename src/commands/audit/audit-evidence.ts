// Collects the evidence of an audit: the answers of hosts, their proofs by DNS, and what name servers serve for the
// domains that the hosts send for.
import { lookAtDomains, type AskedDns } from '../../audit/look-at-domains.ts'
import type { Evidence, HostEvidence } from '../../audit/evidence.ts'
import { usedKeys } from '../../audit/used-keys.ts'
import type { Authority } from '../../dns/lookup/authority.ts'
import {
  withoutNames,
  type MailFleet,
  type MailHost,
  type MailKey,
  type MailMember,
} from '../../mail/fleet/mail-fleet.ts'
import type { MailVars } from '../../mail/fleet/mail-vars.ts'
import { distinctNames, isSelector, mailDomain } from '../../mail/names/names.ts'
import { publishableKey } from '../../mail/records/dkim/public-key.ts'
import { withoutRivals } from '../../mail/fleet/rival-keys.ts'
import { isInside } from '../../mail/fleet/sending-address.ts'
import type { MailSetup } from '../../mail/mail-setup.ts'
import type { HostProof } from '../../mail/proof/proof.ts'
import type { HostResult } from '../../core/run-event.ts'
import { hostSigner } from '../../signers/signers.ts'
import type { MilterState } from '../../signers/milter-sign.ts'
import type { OutgoingAddresses } from '../../resources/postfix/outgoing-addresses.ts'
import { proveHost } from '../../verify/host.ts'
import type { ProbedMessage } from '../../verify/signing.ts'
import { sendingDomains, type AuditHosts } from './audit-hosts.ts'
import { ownSelectors } from '../mail-fleet/given-selectors.ts'
import type { MailHostVars } from '../mail-fleet/mail-fleet-of.ts'
import { spokenKeys } from '../mail-fleet/mail-member.ts'
import { namesOf, withoutMute } from '../mail-fleet/mute-hosts.ts'
import { agreedFleet } from '../mail-fleet/left-alone.ts'
import type { Untrusted } from '../../shell/untrusted.ts'

interface Outputs {
  readonly setup?: MailSetup | null
  readonly milters?: MilterState | null
  readonly outgoing?: OutgoingAddresses | null
}

export async function auditEvidence(
  { vars, limited, given, dns: fleetDns }: Pick<AuditHosts, 'vars' | 'limited' | 'given' | 'dns'>,
  results: readonly HostResult[],
  message: ProbedMessage,
  dns: AskedDns,
): Promise<Evidence> {
  const spoken = results.map(({ name, outputs }) => spokenKeys(ownSelectors(name, vars.get(name)!, given), outputs))
  const hosts = await Promise.all(
    results.map(async (result, index) => ({
      ...(await hostEvidence(result, vars.get(result.name)!, message, dns.authority)),
      refusedKeys: spoken[index]!.refused,
    })),
  )
  const { members } = withoutRivals(
    hosts.map((host, index): MailMember => ({
      name: host.name,
      vars: withHelo(vars.get(host.name)!, host),
      addresses: seenAddresses(host),
      keys: spoken[index]!.keys,
    })),
  )
  const used = usedKeys(hosts)
  const { fleet: agreed, leftAlone } = agreedFleet(members, fleetDns)
  const fleet = withoutNames(withDiscovered(agreed, hosts, used), leftAlone)
  const disputed = [...new Set(members.flatMap(({ vars }) => domainsOf(vars)))].filter((each) => leftAlone.has(each))
  const declared = new Set([...agreed.domains.map(({ domain }) => domain), ...disputed])
  const asked = [...fleet.domains.map(({ domain }) => domain), ...disputed].map((domain) => ({
    domain,
    declared: declared.has(domain),
    selectors: selectorsOf(domain, hosts, used),
  }))
  const looked = await lookAtDomains(withoutUnheard(fleet, hosts), asked, dns)
  const domains = looked.map((each) => {
    const contradiction = leftAlone.get(each.domain)
    return contradiction === undefined ? each : { ...each, contradiction }
  })
  // Whoever was not asked may be the stranger.
  const partial = limited || hosts.some(({ status }) => status !== 'audited')
  return {
    hosts,
    domains: partial
      ? domains.map((each) => ({ ...each, notes: each.notes.filter(({ id }) => id !== 'spf-stranger') }))
      : domains,
  }
}

/** Of a domain all of whose senders are away, what SPF it needs is not known. */
function withoutUnheard(fleet: MailFleet, hosts: readonly HostEvidence[]): MailFleet {
  const away = new Map(hosts.filter(({ status }) => status !== 'audited').map(({ name, status }) => [name, status]))
  const mute = fleet.hosts.filter(({ name, addresses }) => addresses.length === 0 && away.has(name))
  if (mute.length === 0) return fleet
  const known = new Set(fleet.hosts.filter((host) => !mute.includes(host)).flatMap(namesOf))
  const { fleet: heard, unknown } = withoutMute(fleet, new Map(mute.map(({ name }) => [name, away.get(name)!])))
  return { ...heard, incomplete: [...unknown.keys()].filter((name) => !known.has(name)) }
}

const domainsOf = ({ domains, null_domains: nulls = [], mail_domains: own = {} }: MailVars): readonly string[] => [
  ...domains,
  ...nulls,
  ...Object.keys(own),
]

async function hostEvidence(
  { name, status, outputs, error }: HostResult,
  vars: MailHostVars,
  message: ProbedMessage,
  authority: Authority,
): Promise<HostEvidence> {
  const { setup, milters, outgoing } = outputs as Outputs
  const reported: OutgoingAddresses = outgoing ?? { addresses: [], relayhost: '' }
  const base = {
    name,
    declared: sendingDomains(vars),
    listed: vars.outgoing_addresses,
    helo: vars.helo_name ?? vars.fqdn ?? mailDomain(name),
    own: milters?.own,
    signer: vars.dkim_signer,
    routed: reported.addresses,
  }
  const silent = (how: HostEvidence['status'], why: Untrusted): HostEvidence => ({
    ...base,
    status: how,
    error: why,
    setup: undefined,
    proof: undefined,
  })
  if (status !== 'ok' || !setup || !milters) {
    return silent(
      status === 'unreachable' || status === 'interrupted' || status === 'not-reached' ? status : 'failed',
      error ?? 'it did not answer',
    )
  }
  if (setup.problem !== undefined) return silent('failed', setup.problem)
  // Another mail server is looked at as far as it goes.
  const hasPostfix = Object.keys(setup.parameters).length > 0
  if (milters.problem !== undefined && hasPostfix) return { ...silent('failed', milters.problem), setup }
  const inside = vars.outgoing_addresses === undefined ? reported.addresses.filter(isInside) : []
  const seen = vars.outgoing_addresses ?? (inside.length > 0 && reported.relayhost === '' ? [] : undefined)
  const proof: HostProof = hasPostfix
    ? await proveHost({ name, milters, signer: hostSigner(vars), reported, outgoing: seen }, message, authority)
    : { name, status: 'unknown', addresses: [], signing: [], spf: [], dmarc: [], reverse: [], delivery: [] }
  return { ...base, status: 'audited', setup, proof: inside.length > 0 ? explained(proof, inside) : proof }
}

const explained = (proof: HostProof, inside: readonly string[]): HostProof => ({
  ...proof,
  spf: proof.spf.map((each) =>
    each.verdict.id === 'no-address'
      ? {
          ...each,
          verdict: { ...each.verdict, what: `mail leaves from ${inside.join(', ')}, which is not its address outside` },
        }
      : each,
  ),
})

/** What it greets with and what its mail comes from count, not what its name in the inventory would make of them. */
const withHelo = (vars: MailHostVars, { proof, own }: HostEvidence): MailHostVars => ({
  ...vars,
  ...(proof?.helo === undefined ? {} : { helo_name: proof.helo }),
  // A host that did not answer has named none.
  ...(typeof own !== 'string' || mailDomain(own) !== own ? {} : { fqdn: own }),
})

const seenAddresses = ({ proof }: HostEvidence): readonly string[] => proof?.addresses ?? []

/** Domains that hosts sign for, and the inventory says nothing of. */
function withDiscovered(
  fleet: MailFleet,
  hosts: readonly HostEvidence[],
  used: ReturnType<typeof usedKeys>,
): MailFleet {
  const known = new Set(fleet.domains.map(({ domain }) => domain))
  const silent = new Set(fleet.domains.filter(({ sends }) => !sends).map(({ domain }) => domain))
  // Its own name has records of its own kind.
  const signedBy = ({ proof, own }: HostEvidence): readonly string[] =>
    [...new Set((proof?.signing ?? []).map(({ domain }) => domain))].filter(
      (domain) => domain !== own && !silent.has(domain) && mailDomain(domain) === domain,
    )
  const found = [...new Set(hosts.flatMap(signedBy))].filter((domain) => !known.has(domain))
  return {
    ...fleet,
    domains: [
      ...fleet.domains,
      ...found.map((domain) => ({
        domain,
        sends: true,
        receives: true,
        spf: { includes: [], networks: [], mechanisms: [], retired: [], all: undefined },
        dmarc: undefined,
        adsp: undefined,
      })),
    ],
    hosts: fleet.hosts.map((host): MailHost => {
      const evidence = hosts.find(({ name }) => name === host.name)
      const more = evidence === undefined ? [] : signedBy(evidence).filter((domain) => !host.domains.includes(domain))
      const keys = used
        .filter((key) => key.host === host.name && more.includes(key.domain) && isSelector(key.selector))
        .filter(({ publicKey }) => 'key' in publishableKey(publicKey))
        .map(({ domain, selector, publicKey }): MailKey => ({ domain, selector, publicKey }))
      return { ...host, domains: [...host.domains, ...more], keys: [...host.keys, ...keys] }
    }),
  }
}

function selectorsOf(
  domain: string,
  hosts: readonly HostEvidence[],
  used: ReturnType<typeof usedKeys>,
): readonly string[] {
  const live = hosts.flatMap(({ proof }) =>
    (proof?.signing ?? []).flatMap(({ signatures }) =>
      signatures.filter((each) => each.domain === domain).map(({ selector }) => selector),
    ),
  )
  const named = used.filter((key) => key.domain === domain).map(({ selector }) => selector)
  return distinctNames([...live, ...named]).filter(isSelector)
}
