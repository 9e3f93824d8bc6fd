// Really sends messages from hosts, follows them in the hosts' logs, and looks for them in a mailbox, until everything
// is known or the time is over.
import { setTimeout as sleep } from 'node:timers/promises'
import pLimit from 'p-limit'
import { ConnectionLost, Unreachable, type Connect, type Connection } from '../engine/session/connection.ts'
import { newMark } from '../engine/trip/make-trip.ts'
import { oneScript } from '../engine/trip/one-script.ts'
import type { DeliveryMessage } from '../mail/messages/delivery-message.ts'
import { headerFields, valuesOfField } from '../mail/messages/header-fields.ts'
import { isLastWord, type MailFate } from '../mail/messages/postfix-log.ts'
import type { Host } from '../core/fleet/host.ts'
import { queueIdOf, type DeliveryEvidence } from './delivery.ts'
import { followScript, LOOK_SECONDS as FOLLOW_SECONDS, readFollowed } from './follow-mail.ts'
import { handInScript, handInSeconds, readHandIns, type HandIns } from './hand-in.ts'
import { LOOK_SECONDS, mailboxScript, readMailbox, type MailboxMark } from './read-mailbox.ts'

/** What is sent from one host. */
export interface HostDelivery {
  readonly host: Host
  readonly messages: readonly DeliveryMessage[]
}

/** The mailbox in which the messages are looked for. */
export interface Mailbox {
  readonly mark: MailboxMark
  readonly connection: Connection
  /** Its name for people: `receiver:/var/mail/inbox`. */
  readonly place: string
}

export interface Delivering {
  readonly run: string
  readonly address: string
  readonly mailbox: Mailbox | undefined
  /** After the last message was handed in. */
  readonly waitSeconds: number
  readonly forks: number
  readonly signal: AbortSignal
}

interface Underway extends HostDelivery {
  readonly connection: Connection | undefined
  readonly handIns: HandIns
  readonly fates: Map<string, MailFate>
}

/** The evidence so far. */
interface Found {
  /** The messages in the mailbox, by nonce. */
  readonly mails: Map<string, string>
  /** Why a host can no longer be asked, or the mailbox cannot be read. */
  readonly problems: Map<Underway, string>
}

const GRACE_SECONDS = 30
/** Pauses between two looks, in milliseconds; the last one is repeated. */
const PAUSES = [500, 1000, 1000, 2000, 3000, 5000]

/** The evidence by nonce. A fault on a host is in the evidence; it is not thrown. */
export async function deliver(
  hosts: readonly HostDelivery[],
  connect: Connect,
  delivering: Delivering,
): Promise<ReadonlyMap<string, DeliveryEvidence>> {
  const limit = pLimit(delivering.forks)
  const underway = await Promise.all(hosts.map((host) => limit(() => handIn(host, connect, delivering))))
  const found: Found = { mails: new Map(), problems: new Map() }
  const began = performance.now()
  try {
    await lookUntilSettled(underway, found, delivering, began + delivering.waitSeconds * 1000)
  } finally {
    for (const { connection } of underway) connection?.close()
  }
  const waitedSeconds = Math.round((performance.now() - began) / 1000)
  return evidenceOf(underway, found, delivering.mailbox, waitedSeconds)
}

async function lookUntilSettled(
  underway: readonly Underway[],
  found: Found,
  delivering: Delivering,
  until: number,
): Promise<void> {
  const { mailbox, forks, signal } = delivering
  const limit = pLimit(forks)
  const isSettled = (each: Underway): boolean => allIsKnown(each, found, mailbox)
  for (let look = 0; ; look += 1) {
    const open = underway.filter((each) => !isSettled(each))
    await Promise.all([
      ...open.map((each) => limit(() => followOrNote(each, found, delivering))),
      mailbox === undefined ? undefined : lookIntoOrNote(mailbox, underway, found, delivering),
    ])
    const left = until - performance.now()
    if (underway.every(isSettled) || left <= 0 || signal.aborted) return
    await sleep(Math.min(left, PAUSES[Math.min(look, PAUSES.length - 1)]!), undefined, { signal }).catch(() => {})
  }
}

/** Who can be asked no more tells no more. */
function allIsKnown(each: Underway, { mails, problems }: Found, mailbox: Mailbox | undefined): boolean {
  const isSilent = each.connection === undefined || problems.has(each)
  if (mailbox === undefined && isSilent) return true
  return each.messages.every(({ nonce }) => mails.has(nonce) || isDecided(each, nonce, mailbox))
}

/** Whether nothing more will happen to a message. If another server accepted it, the mailbox decides. */
function isDecided({ handIns, fates }: Underway, nonce: string, mailbox: Mailbox | undefined): boolean {
  const [word, fate] = [handIns.handed.get(nonce)?.word, fates.get(nonce)]
  if (word !== undefined && word !== 'taken') return true
  if (fate === undefined || !isLastWord(fate)) return false
  return mailbox === undefined || fate.kind !== 'sent'
}

async function followOrNote(each: Underway, { problems }: Found, delivering: Delivering): Promise<void> {
  try {
    await follow(each, delivering)
  } catch (error) {
    problems.set(each, lossOf(error as Error))
  }
}

/** If the mailbox cannot be read, nothing more is known about the mail of any host. */
async function lookIntoOrNote(
  mailbox: Mailbox,
  underway: readonly Underway[],
  { mails, problems }: Found,
  delivering: Delivering,
): Promise<void> {
  try {
    await lookInto(mailbox, delivering, bouncesOf(underway), mails)
  } catch (error) {
    for (const each of underway) problems.set(each, `${mailbox.place}: ${lossOf(error as Error)}`)
  }
}

const bouncesOf = (hosts: readonly HostDelivery[]): ReadonlySet<string> =>
  new Set(hosts.flatMap(({ messages }) => messages.filter(({ path }) => path === 'bounce').map(({ nonce }) => nonce)))

function evidenceOf(
  underway: readonly Underway[],
  { mails, problems }: Found,
  mailbox: Mailbox | undefined,
  waitedSeconds: number,
): ReadonlyMap<string, DeliveryEvidence> {
  const reported = underway.flatMap((each) =>
    each.messages.map((message): DeliveryEvidence => {
      const handed = each.handIns.handed.get(message.nonce)
      return {
        message,
        handed,
        fate: each.fates.get(message.nonce),
        mail: mails.get(message.nonce),
        problem: problems.get(each) ?? (handed === undefined ? each.handIns.problem : undefined),
        mailbox: mailbox?.place,
        waitedSeconds,
      }
    }),
  )
  return new Map(reported.map((each) => [each.message.nonce, each]))
}

async function handIn(host: HostDelivery, connect: Connect, { signal }: Delivering): Promise<Underway> {
  const nothing = (problem: string): Underway => ({
    ...host,
    connection: undefined,
    handIns: { since: undefined, handed: new Map(), problem },
    fates: new Map(),
  })
  if (signal.aborted) return nothing('interrupted before it was sent')
  let connection: Connection | undefined
  try {
    connection = await connect(host.host, signal)
    const mark = newMark()
    const reported = await oneScript(
      connection,
      mark,
      handInScript(host.messages, mark),
      handInSeconds(host.messages.length),
      signal,
    )
    return { ...host, connection, handIns: readHandIns(reported, host.messages), fates: new Map() }
  } catch (error) {
    connection?.close()
    return nothing(
      error instanceof Unreachable
        ? `nothing was sent: ${error.message}`
        : `${lossOf(error as Error)}: whether it was sent is not known`,
    )
  }
}

async function follow(
  { connection, messages, handIns: { since, handed }, fates }: Underway,
  { run, address, signal }: Delivering,
): Promise<void> {
  if (connection === undefined || since === undefined) return
  const mark = newMark()
  const reported = await oneScript(
    connection,
    mark,
    followScript(since, run, address, mark),
    FOLLOW_SECONDS + GRACE_SECONDS,
    signal,
  )
  for (const [nonce, fate] of readFollowed(reported, messages, address, ({ nonce: each }) =>
    queueIdOf(handed.get(each)),
  ))
    fates.set(nonce, fate)
}

async function lookInto(
  { mark: box, connection }: Mailbox,
  { run, signal }: Delivering,
  bounces: ReadonlySet<string>,
  mails: Map<string, string>,
): Promise<void> {
  const mark = newMark()
  const reported = await oneScript(
    connection,
    mark,
    mailboxScript(box, run, mark),
    LOOK_SECONDS + GRACE_SECONDS,
    signal,
  )
  for (const mail of readMailbox(reported)) {
    const nonce = new RegExp(`${run}[0-9a-f]{4}`).exec(mail)?.[0]
    // A bounce returns a message. It counts only if a bounce was expected for this nonce.
    if (
      nonce !== undefined &&
      valuesOfField(headerFields(mail), 'Message-ID').some((id) => id.includes(nonce)) !== bounces.has(nonce)
    )
      mails.set(nonce, mail)
  }
}

/** @throws every error except a lost connection */
function lossOf(error: Error): string {
  if (error instanceof ConnectionLost || error instanceof Unreachable)
    return `the connection was lost: ${error.message}`
  throw error
}
