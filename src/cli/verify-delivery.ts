// `mailrun verify --deliver`: what is to be sent is told, then sent, followed, and judged.
import { hostname, userInfo } from 'node:os'
import { randomBytes } from 'node:crypto'
import { ConnectionLost, Unreachable, type Connect, type Connection } from '../engine/connection.ts'
import { newMark } from '../engine/make-trip.ts'
import { oneScript } from '../engine/one-script.ts'
import { mailAddress } from '../mail/mail-address.ts'
import type { Host } from '../model/host.ts'
import type { Inventory } from '../model/inventory.ts'
import { MailrunError } from '../model/mailrun-error.ts'
import { DELIVERY_PATHS, withStatus, type DeliveryProof, type HostProof } from '../mail/proof/proof.ts'
import type { MilterState } from '../probes/milter-sign.ts'
import { count } from '../report/name-list.ts'
import { said, term } from '../report/write/terminal.ts'
import { affordableForks } from '../run/open-files.ts'
import { nearest } from '../text/nearest.ts'
import { deliver, type Mailbox } from '../verify/deliver.ts'
import { deliveryPlan, type DeliveryPlan } from '../verify/delivery-plan.ts'
import { proveDelivery } from '../verify/delivery.ts'
import { findMailboxScript, LOOK_SECONDS, readFoundMailbox, type MailboxPlace } from '../verify/read-mailbox.ts'
import type { Given, VerifyFlags } from './options.ts'
import { stderr } from './output.ts'
import type { Signals } from './signals.ts'

type Flags = Given<VerifyFlags>

const WAIT_SECONDS = 60
const GRACE_SECONDS = 30

/**
 * What goes with it, and nothing else does; the host whose mailbox is read.
 * @throws MailrunError before any host is touched
 */
export function checkDeliverFlags(
  { deliver: address, readFrom, wait, check }: Flags,
  inventory: Inventory,
): Host | undefined {
  const alone = [readFrom && '--read-from', wait !== undefined && '--wait', check === true && '--check'].find(
    (flag) => flag,
  )
  if (address === undefined && alone)
    throw new MailrunError(`${alone} goes with --deliver ADDRESS: without it verify sends nothing and changes nothing`)
  if (readFrom === undefined) return undefined
  const host = inventory.hosts.find(({ name }) => name === readFrom.host)
  if (host !== undefined) return host
  const meant = nearest(readFrom.host, inventory.names)
  const hint = meant === undefined ? '' : `: did you mean ${meant}?`
  throw new MailrunError(`--read-from ${readFrom.host}: the inventory has no such host${hint}`)
}

/** Mail to one's own hosts may never leave them. @param own - domains and names of the fleet. */
export function warnOfOwn(address: string, own: Iterable<string>): void {
  const { domain } = mailAddress(address)!
  if ([...own].includes(domain)) {
    const what = `mail to ${address} does not leave it, and proves nothing of mail to others`
    stderr.write(
      term`mailrun: warning: ${said(domain)} is the fleet's own: where a host holds it for its own, ${said(what)}\n`,
    )
  }
}

/** One of a host that answered. */
export interface Deliverer {
  readonly host: Host
  readonly milters: MilterState
  /** Of the host's own mail. */
  readonly wanted: { readonly own: boolean; readonly bounces: boolean }
  readonly proof: HostProof
}

/**
 * The proofs with what became of the messages.
 * @throws MailrunError where the mailbox cannot be read: then nothing is sent
 */
export async function verifyDelivery(
  deliverers: readonly Deliverer[],
  flags: Flags,
  reader: Host | undefined,
  connect: Connect,
  signals: Signals,
): Promise<ReadonlyMap<string, HostProof>> {
  const address = flags.deliver!
  const run = randomBytes(6).toString('hex')
  const plans = plansOf(deliverers, address, run)
  if (flags.check === true) {
    announce(plans, address, true)
    return notSent(plans, `would be sent to ${address}`)
  }
  if (signals.interrupt.aborted) return notSent(plans, 'interrupted before it was sent')

  const mailbox =
    reader === undefined ? undefined : await openMailbox(reader, flags.readFrom!, address, connect, signals.interrupt)
  announce(plans, address, false)
  try {
    const delivering = {
      run,
      address,
      mailbox,
      waitSeconds: flags.wait ?? WAIT_SECONDS,
      forks: affordableForks(flags.forks),
      signal: signals.interrupt,
    }
    const evidence = await deliver(
      plans.map(({ host, plan }) => ({ host, messages: plan.messages })),
      connect,
      delivering,
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

/** Before anything is sent. */
function announce(plans: readonly Planned[], address: string, check: boolean): void {
  const numbers = plans.map(({ plan }) => plan.messages.length)
  const all = numbers.reduce((sum, each) => sum + each, 0)
  const byHost = plans.map(({ host, plan }) => `${plan.messages.length} by ${host.name}`).join(', ')
  const most = `${count(plans.length, 'host')}, at most ${Math.max(...numbers)} each`
  const shown = plans.length > 6 ? most : byHost || 'no host can send'
  const now = all === 1 ? 'is sent' : 'are sent'
  const what = `${count(all, 'message')} ${check ? 'would be sent' : now} to ${address}: ${shown}`
  stderr.write(term`mailrun: ${said(what)}\n`)
}

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
