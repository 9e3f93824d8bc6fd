// `verify`: asks each host's milters to sign a message, and from which addresses its mail leaves, and judges the
// answers with DNS. Nothing is changed; mail is sent only with `deliver`.
import { randomBytes } from 'node:crypto'
import { askServer } from '../../dns/lookup/ask-server.ts'
import { authority, type Authority } from '../../dns/lookup/authority.ts'
import type { DnsVars } from '../../dns/dns-vars.ts'
import { limited } from '../../dns/lookup/look.ts'
import { askOnly } from '../../engine/ask-only.ts'
import { probeTemplate } from '../../mail/messages/probe-message.ts'
import type { Host } from '../../core/fleet/host.ts'
import { MailrunError } from '../../core/mailrun-error.ts'
import type { PreparedHost } from '../../core/fleet/prepared-host.ts'
import type { HostProof } from '../../mail/proof/proof.ts'
import type { HostResult } from '../../core/run-event.ts'
import { hostSigner } from '../../signers/signers.ts'
import { milterSigning, type MilterState } from '../../signers/milter-sign.ts'
import { outgoingAddresses, type OutgoingAddresses } from '../../resources/postfix/outgoing-addresses.ts'
import { proveHost } from '../../verify/host.ts'
import type { ProbedMessage } from '../../verify/signing.ts'
import { withUnpublished } from '../../verify/unpublished.ts'
import { openFleet, type Fleet, type FleetRequest } from '../fleet/open-fleet.ts'
import { questionHosts } from '../fleet/question-hosts.ts'
import { eachDns } from '../mail-fleet/each-dns.ts'
import { givenSelectors, type GivenSelectors } from '../mail-fleet/given-selectors.ts'
import { mailHostVars, type MailHostVars } from '../mail-fleet/mail-fleet-of.ts'
import { ownMail } from '../mail-fleet/own-mail.ts'
import { wantedRecords } from '../mail-fleet/wanted-records.ts'
import {
  deliverMessages,
  fleetOwn,
  readerOf,
  type Deliverer,
  type DeliveryEvent,
  type DeliveryRequest,
} from './deliver-messages.ts'

export interface VerifyRequest extends FleetRequest {
  /** Really send messages, and prove what becomes of them; left out: no mail is sent. */
  readonly deliver?: DeliveryRequest | undefined
  /** Is called with what is sent, before it is. */
  readonly onEvent?: ((event: DeliveryEvent) => void) | undefined
}

export interface Verification {
  readonly hosts: readonly HostProof[]
  readonly seconds: number
  readonly interrupted: boolean
}

/** @throws MailrunError before any host is touched; and, with `deliver`, before a message is sent */
export async function verify(request: VerifyRequest): Promise<Verification> {
  const began = performance.now()
  const { deliver, onEvent = () => {} } = request
  const fleet = await openFleet(request)
  const asked = await hostsAsked(fleet, deliver)
  const dns = authorityOf(await eachDns(varsOfAsked(asked)))
  const own = deliver === undefined ? undefined : fleetOwn(deliver.to, ownNames(asked))
  if (own !== undefined) onEvent(own)
  const hosts = asked.prepared.map(({ host }) => host)
  const connect = await fleet.reach([...hosts, ...(asked.reader === undefined ? [] : [asked.reader])])
  try {
    const run = await askOnly('verify', asked.prepared, connect, fleet.bounds)
    const still = await Promise.all(run.hosts.map((host) => proofOf(host, asked, dns(host.name))))
    const proofs =
      deliver === undefined
        ? still
        : await delivered(still, run.hosts, asked, (deliverers) =>
            deliverMessages(deliverers, { ...deliver, reader: asked.reader, bounds: fleet.bounds, connect, onEvent }),
          )
    const seconds = (performance.now() - began) / 1000
    return { hosts: proofs, seconds, interrupted: fleet.bounds.interrupt.aborted }
  } finally {
    fleet.close()
  }
}

/** Who is asked, and what. */
interface Asked {
  readonly prepared: readonly PreparedHost[]
  /** By host; of those too that are not asked. */
  readonly vars: ReadonlyMap<string, MailHostVars>
  /** The selectors that the inventory gives to its hosts. */
  readonly given: readonly GivenSelectors[]
  /** That milters are asked to sign. */
  readonly message: ProbedMessage
  /** The host whose mailbox is read, where one is. */
  readonly reader: Host | undefined
}

/** No host is touched. */
async function hostsAsked(fleet: Fleet, deliver: DeliveryRequest | undefined): Promise<Asked> {
  const reader = deliver?.readFrom === undefined ? undefined : readerOf(deliver.readFrom, fleet.inventory)
  const message = { template: probeTemplate(new Date()), nonce: randomBytes(8).toString('hex') }
  const { hosts, vars } = await questionHosts('verify', mailHostVars, fleet, ({ vars: own }) => ({
    milters: milterSigning({
      domains: [...new Set(own.domains)],
      signer: hostSigner(own),
      ...ownMail(own),
      ...message,
    }),
    outgoing: outgoingAddresses,
  }))
  // Who is named is asked, whatever the inventory says: its SigningTable may name domains.
  const prepared =
    fleet.limit === undefined ? hosts.filter(({ host }) => vars.get(host.name)!.domains.length > 0) : hosts
  if (prepared.length === 0) {
    throw new MailrunError(
      'no host has domains, the list of those that it sends for: set it in the inventory, or name hosts by --limit',
    )
  }
  return { prepared, vars, given: givenSelectors(fleet.inventory.hosts), message, reader }
}

const varsOfAsked = ({ prepared, vars }: Asked): ReadonlyMap<string, MailHostVars> =>
  new Map(prepared.map(({ host }) => [host.name, vars.get(host.name)!]))

/** Hosts whose `dns` is the same share what was asked. */
function authorityOf(settings: ReadonlyMap<string, DnsVars>): (host: string) => Authority {
  const ask = limited(askServer)
  const authorities = new Map([...new Set(settings.values())].map((dns) => [dns, authority(dns, ask)]))
  return (host) => authorities.get(settings.get(host)!)!
}

/** Domains and names of the fleet. */
function ownNames({ prepared, vars }: Asked): readonly string[] {
  const said = [...vars.values()].flatMap(({ domains, helo_name, fqdn }) => [...domains, helo_name, fqdn])
  return [...prepared.map(({ host }) => host.name), ...said].filter((name) => typeof name === 'string')
}

/** From those that could be asked. */
async function delivered(
  proofs: readonly HostProof[],
  results: readonly HostResult[],
  { prepared, vars }: Asked,
  send: (deliverers: readonly Deliverer[]) => Promise<ReadonlyMap<string, HostProof>>,
): Promise<readonly HostProof[]> {
  const deliverers = proofs.flatMap((proof): readonly Deliverer[] => {
    const { milters } = (results.find(({ name }) => name === proof.name)?.outputs ?? {}) as Outputs
    const host = prepared.find((each) => each.host.name === proof.name)?.host
    if (host === undefined || !milters || proof.error !== undefined) return []
    return [{ host, milters, wanted: ownMail(vars.get(host.name)!), proof }]
  })
  const after = await send(deliverers)
  return proofs.map((proof) => after.get(proof.name) ?? proof)
}

interface Outputs {
  readonly milters?: MilterState | null
  readonly outgoing?: OutgoingAddresses | null
}

async function proofOf(
  { name, status, outputs, error }: HostResult,
  { vars, given, message }: Asked,
  dns: Authority,
): Promise<HostProof> {
  const { milters, outgoing: reported } = outputs as Outputs
  if (status === 'ok' && milters) {
    const own = vars.get(name)!
    const evidence = { name, milters, signer: hostSigner(own), outgoing: own.outgoing_addresses }
    const known = { ...evidence, reported: reported ?? { addresses: [], relayhost: '' } }
    return withUnpublished(await proveHost(known, message, dns), wantedRecords(name, own, given))
  }
  const how = status === 'unreachable' || status === 'interrupted' || status === 'not-reached' ? status : 'failed'
  return {
    name,
    status: how,
    error: error ?? 'it did not answer',
    addresses: [],
    signing: [],
    spf: [],
    dmarc: [],
    reverse: [],
    delivery: [],
  }
}
