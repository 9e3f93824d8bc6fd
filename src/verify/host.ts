// The proof of one host: signing, SPF, DMARC and names, for each of its domains.
import { unknown } from '../mail/proof/verdicts.ts'
import type { Authority } from '../dns/lookup/authority.ts'
import { mailDomain } from '../mail/names/names.ts'
import { withStatus, type HostProof, type SpfProof } from '../mail/proof/proof.ts'
import type { Signer } from '../signers/signer.ts'
import type { MilterState } from '../signers/milter-sign.ts'
import type { OutgoingAddresses } from '../resources/postfix/outgoing-addresses.ts'
import { proveDmarc } from './dmarc.ts'
import { proveReverse } from './reverse.ts'
import { oneCause, proveSigning, type ProbedMessage } from './signing.ts'

export interface HostEvidence {
  readonly name: string
  readonly milters: MilterState
  /** That signs there. */
  readonly signer: Signer
  readonly reported: OutgoingAddresses
  /** The addresses of the inventory, which others see. */
  readonly outgoing: readonly string[] | undefined
}

export async function proveHost(
  { name, milters, signer, reported, outgoing }: HostEvidence,
  message: ProbedMessage,
  authority: Authority,
): Promise<HostProof> {
  const helo = mailDomain(milters.parameters['smtp_helo_name'] ?? '')
  // With a relay, the addresses of the relay count, and the host does not know them.
  const addresses = outgoing ?? (reported.relayhost === '' ? reported.addresses : [])
  const base = { name, ...(helo === undefined ? {} : { helo }), addresses }
  if (milters.problem !== undefined) {
    return {
      ...base,
      status: 'failed',
      error: milters.problem,
      signing: [],
      spf: [],
      dmarc: [],
      reverse: [],
      delivery: [],
    }
  }
  const signing = oneCause(
    await Promise.all(milters.sessions.map((session) => proveSigning(session, milters, message, signer, authority))),
  )
  const domains = [...new Set([...milters.domains, ...(milters.own === undefined ? [] : [milters.own])])]
  const known = await proveAllSpf(domains, addresses, helo, reported.relayhost, authority)
  const spf = outgoing === undefined ? [...known, ...unfitProofs(domains, reported.unfit ?? [])] : known
  const dmarc = await Promise.all(domains.map((domain) => proveDmarc(domain, domains, signing, spf, authority)))
  const reverse = await Promise.all(
    addresses.map((address) => proveReverse(address, reported.relayhost === '' ? helo : undefined, authority)),
  )
  return withStatus({ ...base, status: 'pass', signing, spf, dmarc, reverse, delivery: [] })
}

/** Proofs for what the host said instead of a usable address. */
const unfitProofs = (domains: readonly string[], unfit: readonly string[]): readonly SpfProof[] =>
  unfit.flatMap((what) =>
    domains.map((domain): SpfProof => {
      const verdict = unknown('no-address', `it says that its mail leaves from ${what}`)
      return { identity: 'mailfrom', domain, address: '', result: 'temperror', verdict }
    }),
  )

async function proveAllSpf(
  domains: readonly string[],
  addresses: readonly string[],
  helo: string | undefined,
  relay: string,
  authority: Authority,
): Promise<readonly SpfProof[]> {
  if (addresses.length === 0) {
    const verdict = unknown(
      'no-address',
      relay === ''
        ? 'the addresses that its mail leaves from are not known: it has no route, or no ip(8)'
        : `its mail leaves by ${relay}, whose addresses are not known`,
    )
    return domains.map((domain) => ({ identity: 'mailfrom', domain, address: '', result: 'temperror', verdict }))
  }
  // Loaded only if it is needed, because it loads a library.
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
