// Really sends messages from hosts, follows them in the hosts' logs, and looks for them in a mailbox, until all is
// known or the time is over.
import { setTimeout as sleep } from 'node:timers/promises'
import pLimit from 'p-limit'
import { ConnectionLost, Unreachable, type Connect, type Connection } from '../engine/connection.ts'
import { newMark } from '../engine/make-trip.ts'
import { oneScript } from '../engine/one-script.ts'
import type { DeliveryMessage } from '../mail/delivery-message.ts'
import { headerFields, valuesOfField } from '../mail/header-fields.ts'
import { isLastWord, type MailFate } from '../mail/postfix-log.ts'
import type { Host } from '../model/host.ts'
import { queueIdOf, type DeliveryEvidence } from './delivery.ts'
import { followScript, LOOK_SECONDS as FOLLOW_SECONDS, readFollowed } from './follow-mail.ts'
import { handInScript, handInSeconds, readHandIns, type HandIns } from './hand-in.ts'
import { LOOK_SECONDS, mailboxScript, readMailbox, type MailboxMark } from './read-mailbox.ts'

/** What is sent from one host. */
export interface HostDelivery {
  readonly host: Host
  readonly messages: readonly DeliveryMessage[]
}

/** Where the mail is looked for. */
export interface Mailbox {
  readonly mark: MailboxMark
  readonly connection: Connection
  /** For people: `receiver:/var/mail/inbox`. */
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

const GRACE_SECONDS = 30
/** Between looks, in milliseconds; the last is repeated. */
const PAUSES = [500, 1000, 1000, 2000, 3000, 5000]

/** By nonce. What goes wrong on a host is in the evidence, never thrown. */
export async function deliver(
  hosts: readonly HostDelivery[],
  connect: Connect,
  delivering: Delivering,
): Promise<ReadonlyMap<string, DeliveryEvidence>> {
  const { mailbox, waitSeconds, signal } = delivering
  const limit = pLimit(delivering.forks)
  const underway = await Promise.all(hosts.map((host) => limit(() => handIn(host, connect, delivering))))
  const mails = new Map<string, string>()
  const problems = new Map<Underway, string>()
  const began = performance.now()
  const bounces = new Set(
    hosts.flatMap(({ messages }) => messages.filter(({ path }) => path === 'bounce').map(({ nonce }) => nonce)),
  )
  // Who can be asked no more tells no more.
  const settled = (each: Underway): boolean =>
    (mailbox === undefined && (each.connection === undefined || problems.has(each))) ||
    each.messages.every(({ nonce }) => {
      const [word, fate] = [each.handIns.handed.get(nonce)?.word, each.fates.get(nonce)]
      if (mails.has(nonce) || (word !== undefined && word !== 'taken')) return true
      return fate !== undefined && isLastWord(fate) && (mailbox === undefined || fate.kind !== 'sent')
    })
  try {
    for (let look = 0; ; look += 1) {
      await Promise.all([
        ...underway
          .filter((each) => !settled(each))
          .map((each) =>
            limit(() => follow(each, delivering).catch((error: Error) => void problems.set(each, lossOf(error)))),
          ),
        mailbox === undefined
          ? undefined
          : lookInto(mailbox, delivering, bounces, mails).catch(
              (error: Error) =>
                void underway.forEach((each) => problems.set(each, `${mailbox.place}: ${lossOf(error)}`)),
            ),
      ])
      const left = waitSeconds * 1000 - (performance.now() - began)
      if (underway.every(settled) || left <= 0 || signal.aborted) break
      await sleep(Math.min(left, PAUSES[Math.min(look, PAUSES.length - 1)]!), undefined, { signal }).catch(() => {})
    }
  } finally {
    for (const { connection } of underway) connection?.close()
  }
  const waitedSeconds = Math.round((performance.now() - began) / 1000)
  return new Map(
    underway.flatMap((each) =>
      each.messages.map((message): [string, DeliveryEvidence] => {
        const handed = each.handIns.handed.get(message.nonce)
        return [
          message.nonce,
          {
            message,
            handed,
            fate: each.fates.get(message.nonce),
            mail: mails.get(message.nonce),
            obstacle: problems.get(each) ?? (handed === undefined ? each.handIns.obstacle : undefined),
            mailbox: mailbox?.place,
            waitedSeconds,
          },
        ]
      }),
    ),
  )
}

async function handIn(host: HostDelivery, connect: Connect, { signal }: Delivering): Promise<Underway> {
  const nothing = (obstacle: string): Underway => ({
    ...host,
    connection: undefined,
    handIns: { since: undefined, handed: new Map(), obstacle },
    fates: new Map(),
  })
  if (signal.aborted) return nothing('interrupted before it was sent')
  let connection: Connection | undefined
  try {
    connection = await connect(host.host, signal)
    const mark = newMark()
    const told = await oneScript(
      connection,
      mark,
      handInScript(host.messages, mark),
      handInSeconds(host.messages.length),
      signal,
    )
    return { ...host, connection, handIns: readHandIns(told, host.messages), fates: new Map() }
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
  const told = await oneScript(
    connection,
    mark,
    followScript(since, run, address, mark),
    FOLLOW_SECONDS + GRACE_SECONDS,
    signal,
  )
  for (const [nonce, fate] of readFollowed(told, messages, address, ({ nonce: each }) => queueIdOf(handed.get(each))))
    fates.set(nonce, fate)
}

async function lookInto(
  { mark: box, connection }: Mailbox,
  { run, signal }: Delivering,
  bounces: ReadonlySet<string>,
  mails: Map<string, string>,
): Promise<void> {
  const mark = newMark()
  const told = await oneScript(connection, mark, mailboxScript(box, run, mark), LOOK_SECONDS + GRACE_SECONDS, signal)
  for (const mail of readMailbox(told)) {
    const nonce = new RegExp(`${run}[0-9a-f]{4}`).exec(mail)?.[0]
    // A bounce returns a message, and only where one was asked for is it the one that is looked for.
    if (
      nonce !== undefined &&
      valuesOfField(headerFields(mail), 'Message-ID').some((id) => id.includes(nonce)) !== bounces.has(nonce)
    )
      mails.set(nonce, mail)
  }
}

/** @throws what is no loss of a connection */
function lossOf(error: Error): string {
  if (error instanceof ConnectionLost || error instanceof Unreachable)
    return `the connection was lost: ${error.message}`
  throw error
}
