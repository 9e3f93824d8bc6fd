// Audit rules about a host's own names and addresses, with which its mail leaves, compared with what was proved about
// them.
import type { FindingDetails } from '../../findings/finding.ts'
import { foundIf, rule } from '../../findings/rule.ts'
import type { MailSetup } from '../../mail/mail-setup.ts'
import { covers, parseNetwork } from '../../mail/records/spf/network.ts'
import type { HostProof, SpfProof } from '../../mail/proof/proof.ts'
import type { HostEvidence } from '../evidence.ts'
import { hostInspection } from '../../signers/inspections.ts'
import { once } from '../../text/once.ts'

/** Of a host that answered. */
export interface AnsweredHost extends Pick<HostEvidence, 'listed' | 'routed' | 'own' | 'helo' | 'signer'> {
  readonly setup: MailSetup
  readonly proof: HostProof
}

const hasPostfix = ({ setup }: AnsweredHost): boolean => Object.keys(setup.parameters).length > 0

/** Where own mail is to be signed, the live signature says whether it is. */
const isOwnUnproved = (host: AnsweredHost): boolean => hasPostfix(host) && host.own === undefined

const spfOfHelo = ({ spf }: HostProof): readonly SpfProof[] => spf.filter(({ identity }) => identity === 'helo')

/** Whether SPF lets every address of the host send under the name that it greets with. */
function isHeloCovered(proof: HostProof): boolean {
  const ofHelo = spfOfHelo(proof)
  return ofHelo.length > 0 && ofHelo.every(({ verdict }) => verdict.status === 'pass')
}

const bouncesUnauthenticated = rule({
  id: 'bounces-unauthenticated',
  check: 'setup',
  severity: 'warning',
  means:
    'Bounces are not signed, and SPF does not cover the name with which the host greets: receivers ' + 'refuse them.',
  remedy: 'publish SPF for that name, or set internal_mail_filter_classes = bounce',
  find(host: AnsweredHost) {
    const {
      setup: { parameters },
      proof,
    } = host
    const areFiltered = /\b(?:bounce|notify)\b/.test(parameters['internal_mail_filter_classes'] ?? '')
    if (!isOwnUnproved(host) || proof.helo === undefined || areFiltered) return []
    const results = spfOfHelo(proof).map(({ result }) => result)
    return foundIf(!isHeloCovered(proof), {
      subject: { about: proof.helo },
      message: 'bounces are not signed, and SPF of the name that the host greets with does not pass',
      expected: 'SPF of that name, or internal_mail_filter_classes = bounce',
      found: [...new Set(results)].join(', ') || 'no SPF',
    })
  },
})

const originUnauthenticated = rule({
  id: 'origin-unauthenticated',
  check: 'setup',
  severity: 'warning',
  means:
    'Mail of programs on the host comes from a name that neither the SigningTable nor SPF covers: ' +
    'receivers refuse mail from cron.',
  remedy: 'publish SPF for that name, sign for it, or set myorigin to the domain',
  find(host: AnsweredHost) {
    const { setup, proof, signer } = host
    const origin = (setup.parameters['myorigin'] ?? '').toLowerCase()
    if (!isOwnUnproved(host) || origin === '') return []
    const isCovered = origin === proof.helo && isHeloCovered(proof)
    return foundIf(!hostInspection({ dkim_signer: signer }).signs(setup, `root@${origin}`) && !isCovered, {
      subject: { about: `root@${origin}` },
      message: 'mail of programs on the host comes from a name that is neither signed nor covered by SPF',
      expected: 'the name in the SigningTable, or SPF of it',
    })
  },
})

const heloDiffers = rule({
  id: 'helo-differs',
  check: 'setup',
  severity: 'warning',
  means:
    'The host greets others with another name than the inventory says, and SPF is published for the ' +
    'name in the inventory.',
  remedy: 'set helo_name to the name with which it greets, or myhostname to the name in the inventory',
  find(host: AnsweredHost): readonly FindingDetails[] {
    const { helo: wanted, proof } = host
    const { helo } = proof
    if (!hasPostfix(host) || wanted === undefined || helo === undefined) return []
    return foundIf(wanted !== helo, {
      subject: { about: helo },
      message: `it greets others as ${helo}, and by the inventory as ${wanted}`,
      expected: wanted,
      found: helo,
    })
  },
})

const ip6Unlisted = rule({
  id: 'ip6-unlisted',
  check: 'setup',
  severity: 'warning',
  means:
    'Mail also leaves by IPv6, and outgoing_addresses has no IPv6 address: SPF does not allow the ' +
    'address to send.',
  remedy: 'add the address to outgoing_addresses, or set inet_protocols = ipv4',
  find(host: AnsweredHost): readonly FindingDetails[] {
    const { listed, routed, setup } = host
    const usesIp6 = hasPostfix(host) && /all|ipv6/.test(setup.parameters['inet_protocols'] ?? 'all')
    if (!usesIp6 || listed === undefined || listed.some((address) => address.includes(':'))) return []
    return routed.filter(isGlobal6).map((address) => ({
      subject: { about: address },
      message: `mail leaves from ${address}, too`,
      expected: `${address} in outgoing_addresses`,
      found: listed.join(', '),
    }))
  },
})

const global6 = once(() => parseNetwork('2000::/3')!)

function isGlobal6(address: string): boolean {
  const network = parseNetwork(address)
  return network?.family === 6 && covers(global6(), network)
}

export const ORIGIN_RULES = [bouncesUnauthenticated, originUnauthenticated, heloDiffers, ip6Unlisted]
