// What became of mail that hosts sent to the lab's receiver without a pause: lost, unsigned, refused, by which keys.
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseMail, type ReceivedMail } from '../../lab/internet/received-mail.ts'
import type { Handed } from './continuous-mail.ts'
import { inHost } from './in-host.ts'

export interface MailFigures {
  readonly handed: number
  readonly taken: number
  readonly received: number
  readonly lost: number
  readonly pass: number
  readonly fail: number
  readonly unsigned: number
  readonly refused: number
  readonly milterRejects: number
  readonly selectors: number
}

/** Of {@link MailFigures}, those that mail must not have. */
export const FAULTLESS = { lost: 0, fail: 0, unsigned: 0, refused: 0, milterRejects: 0 }

export const faultsIn = ({ lost, fail, unsigned, refused, milterRejects }: MailFigures) => ({
  lost,
  fail,
  unsigned,
  refused,
  milterRejects,
})

/** All mail that the receiver has. The lab is the one that the test has named by the first call. */
export async function allReceived(): Promise<readonly ReceivedMail[]> {
  const { hostFiles } = await import('../../lab/index.ts')
  const folder = join(hostFiles('receiver'), 'var/mail/inbox/new')
  return Promise.all(
    (await readdir(folder)).map(async (name) => parseMail(name, await readFile(join(folder, name), 'latin1'))),
  )
}

/** Of the wanted messages, what the receiver has once all are there, or after 90 s. */
async function receivedOf(wanted: ReadonlySet<string>): Promise<readonly ReceivedMail[]> {
  const received = async (): Promise<readonly ReceivedMail[]> =>
    (await allReceived()).filter(({ messageId }) => wanted.has(messageId))
  const until = performance.now() + 90_000
  while (performance.now() < until && (await received()).length < wanted.size) await sleep(1000)
  return received()
}

async function milterRejects(hosts: readonly string[]): Promise<number> {
  const counts = await Promise.all(
    hosts.map((host) => inHost(host, 'journalctl -q --no-pager -o cat -u "postfix*" | grep -c milter-reject || :')),
  )
  return counts.map(Number).reduce((a, b) => a + b, 0)
}

export async function mailFigures(hosts: readonly string[], handed: readonly Handed[]): Promise<MailFigures> {
  const taken = handed.filter((each) => each.taken)
  const wanted = new Set(taken.map(({ messageId }) => messageId))
  const received = await receivedOf(wanted)
  const count = (result: string): number => received.filter((mail) => mail.results('dkim')[0]?.result === result).length
  const selectors = new Set(received.map((mail) => mail.results('dkim')[0]?.properties['header.s']))
  return {
    handed: handed.length,
    taken: taken.length,
    received: received.length,
    lost: wanted.size - new Set(received.map(({ messageId }) => messageId)).size,
    pass: count('pass'),
    fail: received.length - count('pass') - count('none'),
    unsigned: count('none'),
    refused: handed.length - taken.length,
    milterRejects: await milterRejects(hosts),
    selectors: selectors.size,
  }
}
