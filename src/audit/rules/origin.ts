// Lint on what a host says of itself: names and addresses under which its own mail leaves, looked at with what was
// proved of them.
import { covers, parseNetwork } from '../../mail/network.ts'
import type { MailSetup } from '../../model/mail-setup.ts'
import type { HostProof } from '../../model/proof.ts'
import type { HostEvidence } from '../evidence.ts'
import type { Fault } from '../fault.ts'
import { signs } from './signing-table.ts'

const GLOBAL6 = parseNetwork('2000::/3')!

export function originFaults(
  setup: MailSetup,
  proof: HostProof,
  { listed, routed, own, helo: wantedHelo }: Pick<HostEvidence, 'listed' | 'routed' | 'own' | 'helo'>,
): readonly Fault[] {
  const { parameters } = setup
  if (Object.keys(parameters).length === 0) return []
  const helo = proof.spf.filter(({ identity }) => identity === 'helo')
  const covered = helo.length > 0 && helo.every(({ verdict }) => verdict.status === 'pass')
  const origin = (parameters['myorigin'] ?? '').toLowerCase()
  const six =
    /all|ipv6/.test(parameters['inet_protocols'] ?? 'all') &&
    listed !== undefined &&
    !listed.some((address) => address.includes(':'))
      ? routed.filter((address) => isGlobal6(address))
      : []
  return [
    // Where it is to be signed, the live signature says whether it is.
    ...(own !== undefined ||
    covered ||
    proof.helo === undefined ||
    /\b(?:bounce|notify)\b/.test(parameters['internal_mail_filter_classes'] ?? '')
      ? []
      : [
          {
            id: 'bounces-unauthenticated',
            subject: { about: proof.helo },
            message: 'bounces are not signed, and SPF of the name that the host greets with does not pass',
            expected: 'SPF of that name, or internal_mail_filter_classes = bounce',
            found: [...new Set(helo.map(({ result }) => result))].join(', ') || 'no SPF',
          } as const,
        ]),
    ...(own !== undefined || origin === '' || signs(setup, `root@${origin}`) || (covered && origin === proof.helo)
      ? []
      : [
          {
            id: 'origin-unauthenticated',
            subject: { about: `root@${origin}` },
            message: 'mail of programs on the host comes from a name that is neither signed nor covered by SPF',
            expected: 'the name in the SigningTable, or SPF of it',
          } as const,
        ]),
    ...(wantedHelo === undefined || proof.helo === undefined || wantedHelo === proof.helo
      ? []
      : [
          {
            id: 'helo-differs',
            subject: { about: proof.helo },
            message: `it greets others as ${proof.helo}, and by the inventory as ${wantedHelo}`,
            expected: wantedHelo,
            found: proof.helo,
          } as const,
        ]),
    ...six.map(
      (address) =>
        ({
          id: 'ip6-unlisted',
          subject: { about: address },
          message: `mail leaves from ${address}, too`,
          expected: `${address} in outgoing_addresses`,
          found: listed!.join(', '),
        }) as const,
    ),
  ]
}

const isGlobal6 = (address: string): boolean => {
  const network = parseNetwork(address)
  return network !== undefined && network.family === 6 && covers(GLOBAL6, network)
}
