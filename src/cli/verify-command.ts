// `mailrun verify`: a run of no tasks whose questions are what milters do and where mail leaves; the answers are judged
// by DNS.
import { randomBytes } from 'node:crypto'
import * as v from 'valibot'
import { connector } from '../connection/connector.ts'
import { askServer } from '../dns/ask-server.ts'
import { authority } from '../dns/authority.ts'
import { limited } from '../dns/look.ts'
import { askOnly } from '../engine/ask-only.ts'
import { probeTemplate } from '../mail/probe-message.ts'
import type { MailVars } from '../mail/mail-vars.ts'
import type { Host } from '../model/host.ts'
import { MailrunError } from '../model/mailrun-error.ts'
import type { HostProof } from '../model/proof.ts'
import type { HostResult } from '../model/run-event.ts'
import { readExtraVars } from '../playbook/extra-vars.ts'
import { milterSigning, type MilterState } from '../probes/milter-sign.ts'
import { outgoingAddresses, type OutgoingAddresses } from '../probes/outgoing-addresses.ts'
import { colours, wantsColour } from '../report/colour.ts'
import { jsonDocument, jsonLine } from '../report/json-text.ts'
import { proofDocument, proofText } from '../report/proof.ts'
import { fleetVars } from '../run/fleet-vars.ts'
import { keyringFor } from '../run/keyring-for.ts'
import { affordableForks } from '../run/open-files.ts'
import { oneDns } from '../run/one-dns.ts'
import { ownMail } from '../run/own-mail.ts'
import { questionHosts } from '../run/question-hosts.ts'
import { readFleet } from '../run/read-fleet.ts'
import { proveHost, type HostEvidence } from '../verify/host.ts'
import { EXIT } from './exit-status.ts'
import { fleetSource } from './fleet.ts'
import type { Given, VerifyFlags } from './options.ts'
import { stdout } from './output.ts'
import { checkDeliverFlags, verifyDelivery, warnOfOwn, type Deliverer } from './verify-delivery.ts'
import type { Signals } from './signals.ts'

/** Resolves with the exit status. @throws MailrunError before any host is touched */
export async function verifyCommand(flags: Given<VerifyFlags>, signals: Signals): Promise<number> {
  const began = performance.now()
  const source = await fleetSource(flags)
  const keyring = keyringFor(source)
  const extraVars = await readExtraVars(source.extraVars ?? [], keyring)
  const inventory = await readFleet(source, extraVars, undefined, keyring)
  const reader = checkDeliverFlags(flags, inventory)
  const message = { template: probeTemplate(new Date()), nonce: randomBytes(8).toString('hex') }
  const { hosts: all, vars: varsOf } = await questionHosts(
    'verify',
    v.object(fleetVars),
    { inventory, limit: flags.limit, extraVars, keyring },
    ({ vars }) => ({
      milters: milterSigning({ domains: [...new Set(vars.domains)], ...ownMail(vars), ...message }),
      outgoing: outgoingAddresses,
    }),
  )
  // Who is named is asked, whatever the inventory says: its SigningTable may name domains.
  const prepared = flags.limit === undefined ? all.filter(({ host }) => varsOf.get(host.name)!.domains.length > 0) : all
  if (prepared.length === 0)
    throw new MailrunError(
      'no host has domains, the list of those that it sends for: set it in the inventory, or name hosts by --limit',
    )
  const dns = authority(
    await oneDns(new Map(prepared.map(({ host }) => [host.name, varsOf.get(host.name)!]))),
    limited(askServer),
  )
  if (flags.deliver !== undefined)
    warnOfOwn(
      flags.deliver,
      [
        ...prepared.map(({ host }) => host.name),
        ...[...varsOf.values()].flatMap(({ domains, helo_name, fqdn }) => [...domains, helo_name, fqdn]),
      ].filter((name) => typeof name === 'string'),
    )
  const hosts = prepared.map(({ host }) => host)
  const { connect, close } = await connector(
    [...new Set([...hosts, ...(reader === undefined ? [] : [reader])])],
    source,
  )
  signals.runBegins()
  try {
    const run = await askOnly('verify', prepared, connect, {
      forks: affordableForks(flags.forks),
      interrupt: signals.interrupt,
      abandon: signals.abandon,
    })
    const still = await Promise.all(
      run.hosts.map((host) =>
        proofOf(host, varsOf.get(host.name)?.outgoing_addresses, (evidence) => proveHost(evidence, message, dns)),
      ),
    )
    const proofs =
      flags.deliver === undefined
        ? still
        : await delivered(
            still,
            run.hosts,
            hosts,
            (name) => ownMail(varsOf.get(name)!),
            (deliverers) => verifyDelivery(deliverers, flags, reader, connect, signals),
          )
    const seconds = (performance.now() - began) / 1000
    if (flags.format === 'json') stdout.write(jsonDocument(proofDocument(proofs, seconds)))
    else if (flags.format === 'ndjson')
      stdout.write(proofs.map((each) => jsonLine({ kind: 'host-proof', ...each })).join(''))
    else stdout.write(proofText(proofs, seconds, colours(wantsColour(process.env, process.stdout.isTTY === true))))
    return statusOf(proofs, signals.interrupt.aborted)
  } finally {
    close()
  }
}

/** From those that could be asked. */
async function delivered(
  proofs: readonly HostProof[],
  results: readonly HostResult[],
  hosts: readonly Host[],
  wantedOf: (host: string) => Deliverer['wanted'],
  send: (deliverers: readonly Deliverer[]) => Promise<ReadonlyMap<string, HostProof>>,
): Promise<readonly HostProof[]> {
  const deliverers = proofs.flatMap((proof): readonly Deliverer[] => {
    const milters = results.find(({ name }) => name === proof.name)?.outputs['milters'] as
      | MilterState
      | null
      | undefined
    const host = hosts.find(({ name }) => name === proof.name)
    return host === undefined || !milters || proof.error !== undefined
      ? []
      : [{ host, milters, wanted: wantedOf(host.name), proof }]
  })
  const after = await send(deliverers)
  return proofs.map((proof) => after.get(proof.name) ?? proof)
}

async function proofOf(
  { name, status, outputs, error }: HostResult,
  outgoing: MailVars['outgoing_addresses'],
  prove: (evidence: HostEvidence) => Promise<HostProof>,
): Promise<HostProof> {
  const { milters, outgoing: told } = outputs as {
    readonly milters?: MilterState | null
    readonly outgoing?: OutgoingAddresses | null
  }
  if (status === 'ok' && milters)
    return prove({ name, milters, told: told ?? { addresses: [], relayhost: '' }, outgoing })
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
