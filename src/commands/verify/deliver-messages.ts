// Sends the messages of `mailrun verify --deliver`: reports them first, then sends them, follows them, and returns what
// happened to each.
import { hostname, userInfo } from 'node:os'
import { randomBytes } from 'node:crypto'
import type { RunBounds } from '../../engine/ask-only.ts'
import { ConnectionLost, Unreachable, type Connect, type Connection } from '../../engine/session/connection.ts'
import { newMark } from '../../engine/trip/make-trip.ts'
import { oneScript } from '../../engine/trip/one-script.ts'
import { mailAddress } from '../../mail/names/mail-address.ts'
import type { Host } from '../../core/fleet/host.ts'
import type { Inventory } from '../../core/fleet/inventory.ts'
import { MailrunError } from '../../core/mailrun-error.ts'
import { DELIVERY_PATHS, withStatus, type DeliveryProof, type HostProof } from '../../mail/proof/proof.ts'
import type { MilterState } from '../../signers/milter-sign.ts'
import { nearest } from '../../text/nearest.ts'
import { deliver, type Mailbox } from '../../verify/deliver.ts'
import { deliveryPlan, type DeliveryPlan } from '../../verify/delivery-plan.ts'
import { proveDelivery } from '../../verify/delivery.ts'
import { findMailboxScript, LOOK_SECONDS, readFoundMailbox, type MailboxPlace } from '../../verify/read-mailbox.ts'

export interface DeliveryRequest {
  /** The address that messages are sent to: `you@example.org`. */
  readonly to: string
  /** Where to read, on a host of the inventory, what the receiver found. */
  readonly readFrom?: MailboxPlace | undefined
  /** Seconds for messages to arrive; left out: 60. */
  readonly waitSeconds?: number | undefined
  /** Tell which messages would be sent; send none. */
  readonly check?: boolean | undefined
}

export type DeliveryEvent =
  /** The address is of the fleet's own domains: mail to it may never leave a host, and proves nothing of other mail. */
  | { readonly kind: 'own-address'; readonly to: string; readonly domain: string }
  /** Before anything is sent; in a check nothing is. */
  | { readonly kind: 'sending'; readonly to: string; readonly check: boolean; readonly hosts: readonly SendingHost[] }

export interface SendingHost {
  readonly name: string
  readonly messages: number
}

const WAIT_SECONDS = 60
const GRACE_SECONDS = 30

/** The host whose mailbox is read. @throws MailrunError before any host is touched */
export function readerOf({ host: name }: MailboxPlace, inventory: Inventory): Host {
  const host = inventory.hosts.find((each) => each.name === name)
  if (host !== undefined) return host
  const meant = nearest(name, inventory.names)
  const hint = meant === undefined ? '' : `: did you mean ${meant}?`
  throw new MailrunError(`--read-from ${name}: the inventory has no such host${hint}`)
}

/**
 * Mail to one's own hosts may never leave them.
 * @param own - domains and names of the fleet.
 * @throws MailrunError for what is no mail address
 */
export function fleetOwn(to: string, own: readonly string[]): DeliveryEvent | undefined {
  const address = mailAddress(to)
  if (address === undefined)
    throw new MailrunError(`wanted a mail address, such as you@example.org, got ${JSON.stringify(to)}`, '--deliver')
  return own.includes(address.domain) ? { kind: 'own-address', to, domain: address.domain } : undefined
}

/** One of a host that answered. */
export interface Deliverer {
  readonly host: Host
  readonly milters: MilterState
  /** Of the host's own mail. */
  readonly wanted: { readonly own: boolean; readonly bounces: boolean }
  readonly proof: HostProof
}

export interface Delivering extends DeliveryRequest {
  /** The host whose mailbox is read; `undefined`: none is. */
  readonly reader: Host | undefined
  readonly connect: Connect
  readonly bounds: RunBounds
  readonly onEvent: (event: DeliveryEvent) => void
}

/**
 * The proofs with what became of the messages, by host.
 * @throws MailrunError where the mailbox cannot be read: then nothing is sent
 */
export async function deliverMessages(
  deliverers: readonly Deliverer[],
  { to, readFrom, waitSeconds = WAIT_SECONDS, check = false, reader, connect, bounds, onEvent }: Delivering,
): Promise<ReadonlyMap<string, HostProof>> {
  const signal = bounds.interrupt
  const run = randomBytes(6).toString('hex')
  const plans = plansOf(deliverers, to, run)
  const hosts = plans.map(({ host, plan }) => ({ name: host.name, messages: plan.messages.length }))
  const announce = (): void => onEvent({ kind: 'sending', to, check, hosts })
  if (check) {
    announce()
    return notSent(plans, `would be sent to ${to}`)
  }
  if (signal.aborted) return notSent(plans, 'interrupted before it was sent')

  const mailbox = reader === undefined ? undefined : await openMailbox(reader, readFrom!, to, connect, signal)
  announce()
  try {
    const evidence = await deliver(
      plans.map(({ host, plan }) => ({ host, messages: plan.messages })),
      connect,
      { run, address: to, mailbox, waitSeconds, forks: bounds.forks, signal },
    )
    return withProofs(plans, ({ plan, proof }) =>
      plan.messages.map(({ nonce }) => proveDelivery(evidence.get(nonce)!, proof)),
    )
  } finally {
    mailbox?.connection.close()
  }
}

interface Planned extends Deliverer {
  readonly plan: DeliveryPlan
}

/** Messages are numbered through all hosts. */
function plansOf(deliverers: readonly Deliverer[], address: string, run: string): readonly Planned[] {
  const asked = { address, asker: `${userInfo().username}@${hostname()}`, date: new Date() }
  let first = 0
  return deliverers.map((each) => {
    const plan = deliveryPlan(each.milters, each.wanted, { ...asked, host: each.host.name }, run, first)
    first += plan.messages.length
    return { ...each, plan }
  })
}

const withProofs = (
  plans: readonly Planned[],
  proofsOf: (one: Planned) => readonly DeliveryProof[],
): ReadonlyMap<string, HostProof> =>
  new Map(
    plans.map((each) => [
      each.host.name,
      withStatus({ ...each.proof, delivery: inOrder([...proofsOf(each), ...each.plan.leftOut], each.plan) }),
    ]),
  )

const notSent = (plans: readonly Planned[], what: string): ReadonlyMap<string, HostProof> =>
  withProofs(plans, ({ plan }) =>
    plan.messages.map(({ domain, path }): DeliveryProof => ({
      domain,
      path,
      verdict: { status: 'none', id: 'not-sent', what },
    })),
  )

function inOrder(proofs: readonly DeliveryProof[], { messages, leftOut }: DeliveryPlan): readonly DeliveryProof[] {
  const ofDomains = [...messages, ...leftOut].filter(({ path }) => path !== 'root' && path !== 'bounce')
  const domains = [...new Set(ofDomains.map(({ domain }) => domain))]
  const placeOf = (domain: string): number => (domains.includes(domain) ? domains.indexOf(domain) : domains.length)
  const rank = ({ domain, path }: DeliveryProof): number =>
    placeOf(domain) * DELIVERY_PATHS.length + DELIVERY_PATHS.indexOf(path)
  return [...proofs].sort((a, b) => rank(a) - rank(b))
}

async function openMailbox(
  host: Host,
  place: MailboxPlace,
  address: string,
  connect: Connect,
  signal: AbortSignal,
): Promise<Mailbox> {
  const given = `${host.name}${place.path === undefined ? '' : `:${place.path}`}`
  const whole = (why: string): MailrunError => new MailrunError(`--read-from ${given}: ${why}; nothing was sent`)
  let connection: Connection | undefined
  try {
    connection = await connect(host, signal)
    const mark = newMark()
    const script = findMailboxScript(place.path, mailAddress(address)!.local, mark)
    const found = readFoundMailbox(await oneScript(connection, mark, script, LOOK_SECONDS + GRACE_SECONDS, signal))
    if (typeof found === 'string') throw whole(found)
    return { mark: found, connection, place: `${host.name}:${found.path}` }
  } catch (error) {
    connection?.close()
    throw error instanceof Unreachable || error instanceof ConnectionLost ? whole(error.message) : error
  }
}
