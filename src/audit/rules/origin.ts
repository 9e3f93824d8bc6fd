// Lint on what a host says of itself: names and addresses under which its own mail leaves, looked at with what was
// proved of them.
import { covers, parseNetwork } from '../../mail/network.ts'
import type { MailSetup } from '../../model/mail-setup.ts'
import type { HostProof, SpfProof } from '../../model/proof.ts'
import type { HostEvidence } from '../evidence.ts'
import { faultIf, type Fault } from '../fault.ts'
import { signs } from './signing-table.ts'

const GLOBAL6 = parseNetwork('2000::/3')!

type Said = Pick<HostEvidence, 'listed' | 'routed' | 'own' | 'helo'>

export function originFaults(setup: MailSetup, proof: HostProof, said: Said): readonly Fault[] {
  if (Object.keys(setup.parameters).length === 0) return []
  return [
    // Where own mail is to be signed, the live signature says whether it is.
    ...(said.own === undefined ? [...unprovedBounces(setup, proof), ...unprovedOrigin(setup, proof)] : []),
    ...otherHelo(proof, said),
    ...unlistedAddresses(setup, said),
  ]
}

const spfOfHelo = ({ spf }: HostProof): readonly SpfProof[] => spf.filter(({ identity }) => identity === 'helo')

/** Whether SPF lets every address of the host send under the name that it greets with. */
function isHeloCovered(proof: HostProof): boolean {
  const ofHelo = spfOfHelo(proof)
  return ofHelo.length > 0 && ofHelo.every(({ verdict }) => verdict.status === 'pass')
}

function unprovedBounces({ parameters }: MailSetup, proof: HostProof): readonly Fault[] {
  const areFiltered = /\b(?:bounce|notify)\b/.test(parameters['internal_mail_filter_classes'] ?? '')
  if (proof.helo === undefined || areFiltered || isHeloCovered(proof)) return []
  const results = spfOfHelo(proof).map(({ result }) => result)
  return [
    {
      id: 'bounces-unauthenticated',
      subject: { about: proof.helo },
      message: 'bounces are not signed, and SPF of the name that the host greets with does not pass',
      expected: 'SPF of that name, or internal_mail_filter_classes = bounce',
      found: [...new Set(results)].join(', ') || 'no SPF',
    },
  ]
}

function unprovedOrigin(setup: MailSetup, proof: HostProof): readonly Fault[] {
  const origin = (setup.parameters['myorigin'] ?? '').toLowerCase()
  const isSigned = signs(setup, `root@${origin}`)
  const isCovered = origin === proof.helo && isHeloCovered(proof)
  return faultIf(origin !== '' && !isSigned && !isCovered, {
    id: 'origin-unauthenticated',
    subject: { about: `root@${origin}` },
    message: 'mail of programs on the host comes from a name that is neither signed nor covered by SPF',
    expected: 'the name in the SigningTable, or SPF of it',
  })
}

function otherHelo({ helo }: HostProof, { helo: wanted }: Said): readonly Fault[] {
  if (wanted === undefined || helo === undefined || wanted === helo) return []
  return [
    {
      id: 'helo-differs',
      subject: { about: helo },
      message: `it greets others as ${helo}, and by the inventory as ${wanted}`,
      expected: wanted,
      found: helo,
    },
  ]
}

/** Addresses of IPv6, where the inventory lists none. */
function unlistedAddresses({ parameters }: MailSetup, { listed, routed }: Said): readonly Fault[] {
  const usesIp6 = /all|ipv6/.test(parameters['inet_protocols'] ?? 'all')
  if (!usesIp6 || listed === undefined || listed.some((address) => address.includes(':'))) return []
  return routed.filter(isGlobal6).map((address) => ({
    id: 'ip6-unlisted',
    subject: { about: address },
    message: `mail leaves from ${address}, too`,
    expected: `${address} in outgoing_addresses`,
    found: listed.join(', '),
  }))
}

function isGlobal6(address: string): boolean {
  const network = parseNetwork(address)
  return network?.family === 6 && covers(GLOBAL6, network)
}
