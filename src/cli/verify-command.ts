// `mailrun verify`: a run of no tasks whose questions are what milters do and where mail leaves; the answers are judged
// by DNS.
import { randomBytes } from 'node:crypto'
import * as v from 'valibot'
import { connector } from '../connection/connector.ts'
import { askServer } from '../dns/lookup/ask-server.ts'
import { authority, type Authority } from '../dns/lookup/authority.ts'
import type { DnsVars } from '../dns/dns-vars.ts'
import { limited } from '../dns/lookup/look.ts'
import { askOnly } from '../engine/ask-only.ts'
import { probeTemplate } from '../mail/probe-message.ts'
import type { Host } from '../model/host.ts'
import { MailrunError } from '../model/mailrun-error.ts'
import type { PreparedHost } from '../model/prepared-host.ts'
import type { HostProof } from '../model/proof.ts'
import type { HostResult } from '../model/run-event.ts'
import { readExtraVars } from '../playbook/extra-vars.ts'
import { milterSigning, type MilterState } from '../probes/milter-sign.ts'
import { outgoingAddresses, type OutgoingAddresses } from '../probes/outgoing-addresses.ts'
import { colours, wantsColour } from '../report/colour.ts'
import { jsonDocument, jsonLines } from '../report/json-text.ts'
import { proofDocument, proofText } from '../report/proof.ts'
import { fleetVars } from '../run/fleet-vars.ts'
import { keyringFor } from '../run/keyring-for.ts'
import { affordableForks } from '../run/open-files.ts'
import { eachDns } from '../run/each-dns.ts'
import { ownMail } from '../run/own-mail.ts'
import { questionHosts } from '../run/question-hosts.ts'
import { readFleet } from '../run/read-fleet.ts'
import { proveHost } from '../verify/host.ts'
import type { ProbedMessage } from '../verify/signing.ts'
import { EXIT } from './exit-status.ts'
import { fleetSource } from './fleet.ts'
import type { Format, Given, VerifyFlags } from './options.ts'
import { stdout } from './output.ts'
import { checkDeliverFlags, verifyDelivery, warnOfOwn, type Deliverer } from './verify-delivery.ts'
import type { Signals } from './signals.ts'

type Flags = Given<VerifyFlags>
const varsSchema = v.object(fleetVars)
type VerifyVars = v.InferOutput<typeof varsSchema>

/** Resolves with the exit status. @throws MailrunError before any host is touched */
export async function verifyCommand(flags: Flags, signals: Signals): Promise<number> {
  const began = performance.now()
  const source = await fleetSource(flags)
  const asked = await hostsAsked(flags, source)
  const dns = authorityOf(await eachDns(varsOfAsked(asked)))
  if (flags.deliver !== undefined) warnOfOwn(flags.deliver, ownNames(asked))
  const hosts = asked.prepared.map(({ host }) => host)
  const readers = asked.reader === undefined ? [] : [asked.reader]
  const { connect, close } = await connector([...new Set([...hosts, ...readers])], source)
  signals.runBegins()
  try {
    const run = await askOnly('verify', asked.prepared, connect, {
      forks: affordableForks(flags.forks),
      interrupt: signals.interrupt,
      abandon: signals.abandon,
    })
    const still = await Promise.all(run.hosts.map((host) => proofOf(host, asked, dns(host.name))))
    const send = (deliverers: readonly Deliverer[]) => verifyDelivery(deliverers, flags, asked.reader, connect, signals)
    const proofs = flags.deliver === undefined ? still : await delivered(still, run.hosts, asked, send)
    tellProofs(proofs, (performance.now() - began) / 1000, flags.format)
    return statusOf(proofs, signals.interrupt.aborted)
  } finally {
    close()
  }
}

/** Who is asked, and what. */
interface Asked {
  readonly prepared: readonly PreparedHost[]
  /** By host; of those too that are not asked. */
  readonly vars: ReadonlyMap<string, VerifyVars>
  /** That milters are asked to sign. */
  readonly message: ProbedMessage
  /** The host whose mailbox is read, where one is. */
  readonly reader: Host | undefined
}

/** No host is touched. */
async function hostsAsked(flags: Flags, source: Awaited<ReturnType<typeof fleetSource<Flags>>>): Promise<Asked> {
  const keyring = keyringFor(source)
  const extraVars = await readExtraVars(source.extraVars ?? [], keyring)
  const inventory = await readFleet(source, extraVars, undefined, keyring)
  const reader = checkDeliverFlags(flags, inventory)
  const message = { template: probeTemplate(new Date()), nonce: randomBytes(8).toString('hex') }
  const { hosts, vars } = await questionHosts(
    'verify',
    varsSchema,
    { inventory, limit: flags.limit, extraVars, keyring },
    ({ vars: own }) => ({
      milters: milterSigning({ domains: [...new Set(own.domains)], ...ownMail(own), ...message }),
      outgoing: outgoingAddresses,
    }),
  )
  // Who is named is asked, whatever the inventory says: its SigningTable may name domains.
  const prepared =
    flags.limit === undefined ? hosts.filter(({ host }) => vars.get(host.name)!.domains.length > 0) : hosts
  if (prepared.length === 0) {
    throw new MailrunError(
      'no host has domains, the list of those that it sends for: set it in the inventory, or name hosts by --limit',
    )
  }
  return { prepared, vars, message, reader }
}

const varsOfAsked = ({ prepared, vars }: Asked): ReadonlyMap<string, VerifyVars> =>
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

function tellProofs(proofs: readonly HostProof[], seconds: number, format: Format): void {
  if (format === 'json') stdout.write(jsonDocument(proofDocument(proofs, seconds)))
  else if (format === 'ndjson') stdout.write(jsonLines(proofs.map((each) => ({ kind: 'host-proof', ...each }))))
  else stdout.write(proofText(proofs, seconds, colours(wantsColour(process.env, process.stdout.isTTY === true))))
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
  { vars, message }: Asked,
  dns: Authority,
): Promise<HostProof> {
  const { milters, outgoing: told } = outputs as Outputs
  if (status === 'ok' && milters) {
    const outgoing = vars.get(name)?.outgoing_addresses
    return proveHost({ name, milters, told: told ?? { addresses: [], relayhost: '' }, outgoing }, message, dns)
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

function statusOf(proofs: readonly HostProof[], interrupted: boolean): number {
  const some = (...words: readonly HostProof['status'][]): boolean =>
    proofs.some(({ status }) => words.includes(status))
  if (interrupted || some('interrupted')) return EXIT.interrupted
  if (some('fail', 'unknown', 'failed')) return EXIT.failed
  return some('unreachable', 'not-reached') ? EXIT.unreachable : EXIT.satisfied
}
