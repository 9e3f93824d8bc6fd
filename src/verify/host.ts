// All that is proved of one host: signing, SPF, DMARC and its names, for each of its domains.
import type { Authority } from '../dns/authority.ts'
import { shownServer } from '../dns/name-server.ts'
import { walkDns } from '../dns/walk-dns.ts'
import { evaluateDmarc } from '../mail/dmarc/evaluate.ts'
import { mailDomain } from '../mail/names.ts'
import {
  judged,
  type DmarcProof,
  type HostProof,
  type SigningProof,
  type SpfProof,
  type Verdict,
} from '../model/proof.ts'
import type { MilterState } from '../probes/milter-sign.ts'
import type { OutgoingAddresses } from '../probes/outgoing-addresses.ts'
import { proveReverse } from './reverse.ts'
import { proveSigning, signatureVerdict, type ProbedMessage } from './signing.ts'

export interface HostEvidence {
  readonly name: string
  readonly milters: MilterState
  readonly told: OutgoingAddresses
  /** Of the inventory: others see these. */
  readonly outgoing: readonly string[] | undefined
}

export async function proveHost(
  { name, milters, told, outgoing }: HostEvidence,
  message: ProbedMessage,
  authority: Authority,
): Promise<HostProof> {
  const helo = mailDomain(milters.parameters['smtp_helo_name'] ?? '')
  // With a relay it is the relay's addresses that count, which the host does not know.
  const addresses = outgoing ?? (told.relayhost === '' ? told.addresses : [])
  const base = { name, ...(helo === undefined ? {} : { helo }), addresses }
  if (milters.obstacle !== undefined)
    return {
      ...base,
      status: 'failed',
      error: milters.obstacle,
      signing: [],
      spf: [],
      dmarc: [],
      reverse: [],
      delivery: [],
    }
  const signing = await Promise.all(
    milters.sessions.map((session) => proveSigning(session, milters, message, authority)),
  )
  const domains = [...new Set([...milters.domains, ...(milters.own === undefined ? [] : [milters.own])])]
  const spf = await proveAllSpf(domains, addresses, helo, told.relayhost, authority)
  const dmarc = await Promise.all(domains.map((domain) => proveDmarc(domain, signing, spf, authority)))
  const reverse = await Promise.all(
    addresses.map((address) => proveReverse(address, told.relayhost === '' ? helo : undefined, authority)),
  )
  return judged({ ...base, status: 'pass', signing, spf, dmarc, reverse, delivery: [] })
}

async function proveAllSpf(
  domains: readonly string[],
  addresses: readonly string[],
  helo: string | undefined,
  relay: string,
  authority: Authority,
): Promise<readonly SpfProof[]> {
  if (addresses.length === 0) {
    const verdict: Verdict = {
      status: 'unknown',
      id: 'no-address',
      what:
        relay === ''
          ? 'the addresses that its mail leaves from are not known: it has no route, or no ip(8)'
          : `its mail leaves by ${relay}, whose addresses are not known`,
      advice: 'set outgoing_addresses in the inventory',
    }
    return domains.map((domain) => ({ identity: 'mailfrom', domain, address: '', result: 'temperror', verdict }))
  }
  // Loaded by who needs it: it brings a library along.
  const { proveSpf } = await import('./spf.ts')
  const greeting = helo ?? 'unknown.invalid'
  const identities = [
    ...domains.map((domain) => ({ identity: 'mailfrom' as const, domain })),
    ...(helo === undefined || relay !== '' ? [] : [{ identity: 'helo' as const, domain: helo }]),
  ]
  return Promise.all(
    identities.flatMap((each) => addresses.map((address) => proveSpf({ ...each, address, helo: greeting }, authority))),
  )
}

async function proveDmarc(
  domain: string,
  signing: readonly SigningProof[],
  spf: readonly SpfProof[],
  authority: Authority,
): Promise<DmarcProof> {
  const roles = signing.filter((each) => each.domain === domain && each.role !== 'outsider')
  const verifying = (proof: SigningProof): readonly string[] =>
    CHANGED.includes(proof.verdict.id)
      ? []
      : proof.signatures
          .filter((signature) => signatureVerdict(signature).status === 'pass')
          .map((signature) => signature.domain)
  // Only what every way and every address has counts: mail of each must pass.
  const dkim = [...new Set(roles.flatMap(verifying))].filter((each) =>
    roles.every((role) => verifying(role).includes(each)),
  )
  const own = spf.filter((each) => each.identity === 'mailfrom' && each.domain === domain)
  const authorized = own.length > 0 && own.every(({ verdict }) => verdict.status === 'pass') ? [domain] : []
  const { servers } = await authority.serversOf(domain)
  // Of a bounce SPF looks at the HELO name alone (RFC 7208, section 2.4).
  const helo = spf.filter(({ identity }) => identity === 'helo')
  const ways = roles.some(({ role }) => role === 'bounce')
    ? [
        authorized,
        helo.every(({ verdict }) => verdict.status === 'pass') ? [...new Set(helo.map((each) => each.domain))] : [],
      ]
    : [authorized]
  const outcomes = await Promise.all(
    (servers.length === 0 ? [undefined] : servers).map(async (server) => {
      const each = await Promise.all(
        ways.map((way) =>
          walkDns(evaluateDmarc({ author: domain, dkim, spf: way }), (question) => authority.resolve(question, server)),
        ),
      )
      return {
        server: server === undefined ? '' : shownServer(server),
        ...(each.find(({ result }) => result !== 'pass') ?? each[0]!),
      }
    }),
  )
  const { applied, policy, aligned, result, failed } = outcomes[0]!
  const told = {
    domain,
    ...(applied === undefined ? {} : { at: applied.domain }),
    ...(policy === undefined ? {} : { policy }),
    aligned,
  }
  const fault = (status: Verdict['status'], id: string, what: string, advice: string): DmarcProof => ({
    ...told,
    verdict: { status, id, what, advice },
  })
  const words = outcomes.map((each) => `${each.result}${each.policy === undefined ? '' : ` (p=${each.policy})`}`)
  if (new Set(words).size > 1)
    return fault(
      'fail',
      'servers-differ',
      `the name servers do not agree on DMARC of ${domain}: ${words.map((word, index) => `${outcomes[index]!.server}: ${word}`).join('; ')}`,
      'see that the zone reaches every server (serial, transfer), and wait until it has',
    )
  switch (result) {
    case 'failed':
      return fault(
        'unknown',
        'dns-failed',
        `${failed!.name} cannot be asked for: ${failed!.why}`,
        'see that its name servers answer',
      )
    case 'none':
      return fault('fail', 'dmarc-none', `no DMARC record holds for ${domain}`, `publish _dmarc.${domain}`)
    case 'pass':
      return {
        ...told,
        verdict: {
          status: 'pass',
          id: 'dmarc-pass',
          what: `DMARC passes by ${[...(aligned.dkim.length > 0 ? ['DKIM'] : []), ...(aligned.spf.length > 0 ? ['SPF'] : [])].join(' and ')}`,
        },
      }
    case 'fail': {
      const [mode, others] = [applied!.record.adkim ?? 'r', dkim.filter((each) => each !== domain)]
      return others.length > 0
        ? fault(
            'fail',
            'dmarc-unaligned',
            `mail from ${domain} is signed for ${others.join(', ')}, which does not align (adkim=${mode}); receivers are asked for ${policy}`,
            `have it signed with d=${domain}`,
          )
        : fault(
            'fail',
            'dmarc-fail',
            `neither DKIM nor SPF passes for ${domain}: receivers are asked for ${policy}`,
            'mend signing first, then SPF',
          )
    }
  }
}

const CHANGED: readonly string[] = ['message-changed', 'milter-tempfail', 'milter-refused', 'milter-unreached']
