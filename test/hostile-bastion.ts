// A bastion that does as it likes with who comes by: each way of it is a behaviour, and a seed chooses the rest.
import { once } from 'node:events'
import { connect as connectTcp, createServer, type AddressInfo, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import ssh2, { type AuthContext, type Connection as Client, type KeyboardAuthContext } from 'ssh2'
import { randomOf, type Random } from './fuzz/random.ts'

export const BASTION_BEHAVIOURS = [
  'endless-lines',
  'endless-bytes',
  'garbage',
  'stops',
  'drips',
  'silence',
  'imitates',
  'asks-on',
  'banners',
  'takes-password',
  'imposter',
  'channel-flood',
  'channel-garbage',
  'channel-stops',
  'refuses',
] as const
export type BastionBehaviour = (typeof BASTION_BEHAVIOURS)[number]

export interface HostileBastion {
  readonly port: number
  /** All that it was asked to log in with, by whichever method. */
  readonly reported: readonly string[]
  /** All bytes that came, as they are on the wire. */
  readonly heard: () => Buffer
  close(): void
}

/** The host that it stands before, and what it may know of it. */
export interface Victim {
  readonly port: number
  readonly user: string
  readonly keyFile: string
}

const FLOOD_BYTES = 32 << 20
const DRIP_MS = 100

const TEXTS = [
  '\u001b[2J\u001b]52;c;aGk=\u0007',
  '\u202e\u2066\u200f',
  'Permission denied, please try again.\r\n',
  'Host key verification failed.\r\n',
  "Warning: Permanently added 'mx1' to the list of known hosts.\r\n",
  'mailrun-ready-0123456789abcdef\n',
  '[sudo] password for root: ',
  `${'y'.repeat(3000)}\n`,
  '\n\r\t\u0000\u009b31m',
] as const

/** What imitates a question of ssh's own, or of the host behind. */
const lies = ({ port, user, keyFile }: Victim, random: Random): string => {
  const lie = random.pick([
    `${user}@127.0.0.1's password: `,
    `(${user}@127.0.0.1) Password: `,
    `(${user}@127.0.0.1) ${user}@127.0.0.1's password: `,
    `[${user}@127.0.0.1]:${port}'s password: `,
    `Enter passphrase for key '${keyFile}': `,
    `Enter PIN for 'token': `,
    '[sudo] password for root: ',
    'BECOME password: ',
    'Password: ',
    'Verification code: ',
    '',
  ])
  return random.pick(['', '', '\r', '\n', '\u001b[2K\r', ' ', 'x\n', `${'z'.repeat(2000)}\r\n`]) + lie
}

/** @param hostKey - that known_hosts has for the bastion; `otherKey` is known to nobody */
export async function hostileBastion(
  behaviour: BastionBehaviour,
  seed: number,
  victim: Victim,
  { hostKey, otherKey }: { readonly hostKey: string; readonly otherKey: string },
): Promise<HostileBastion> {
  const random = randomOf(seed)
  const reported: string[] = []
  const heard: Buffer[] = []
  const open = new Set<{ destroy(): void }>()
  const inner = await listening(sshServer(behaviour, random, victim, hostKey, otherKey, reported, open))
  const outer = createServer((socket) => {
    open.add(socket)
    socket.on('error', () => {})
    socket.on('data', (chunk: Buffer) => heard.push(chunk))
    atTheDoor(behaviour, socket, random, () => {
      const on = connectTcp(inner.port, '127.0.0.1')
      open.add(on)
      on.on('error', () => socket.destroy())
      return on
    })
  })
  const { port } = await listening(outer)
  return {
    port,
    reported,
    heard: () => Buffer.concat(heard),
    close() {
      for (const each of open) each.destroy()
      outer.close()
      inner.close()
    },
  }
}

interface Listener {
  listen(port: number, address: string): unknown
  address(): unknown
  close(): unknown
}

async function listening(server: Listener & NodeJS.EventEmitter): Promise<{ readonly port: number; close(): void }> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return { port: (server.address() as AddressInfo).port, close: () => void server.close() }
}

/** Writes until nobody listens any more, or a bound is reached. */
function flood(to: Duplex, piece: () => Buffer): void {
  let sent = 0
  const more = (): void => {
    const next = piece()
    sent += next.length
    if (!to.destroyed && to.writable && sent < FLOOD_BYTES) to.write(next, () => setImmediate(more))
  }
  more()
}

const bytes = (random: Random, count: number): Buffer =>
  Buffer.from(Array.from({ length: count }, () => random.below(256)))

/** Before there is SSH at all. */
function atTheDoor(behaviour: BastionBehaviour, socket: Socket, random: Random, through: () => Socket): void {
  switch (behaviour) {
    case 'endless-lines':
      return flood(socket, () => Buffer.from(`${random.pick(TEXTS).replaceAll('\n', ' ')}\r\n`.repeat(200)))
    case 'endless-bytes':
      return flood(socket, () => Buffer.alloc(1 << 16, 0x61 + random.below(20)))
    case 'garbage':
      socket.write('SSH-2.0-OpenSSH_9.2p1\r\n')
      return flood(socket, () => bytes(random, 4096))
    case 'silence':
      return
    case 'drips': {
      const on = through()
      socket.pipe(on)
      const waiting: number[] = []
      on.on('data', (chunk: Buffer) => waiting.push(...chunk))
      const drip = setInterval(() => waiting.length > 0 && socket.write(Buffer.of(waiting.shift()!)), DRIP_MS)
      socket.on('close', () => clearInterval(drip))
      return
    }
    case 'stops': {
      const on = through()
      socket.pipe(on)
      let left = 1 + random.below(4000)
      const ends = random.oneIn(2)
      on.on('data', (chunk: Buffer) => {
        socket.write(chunk.subarray(0, Math.max(0, left)))
        left -= chunk.length
        if (left <= 0 && ends) socket.destroy()
      })
      return
    }
    default: {
      const on = through()
      socket.pipe(on).pipe(socket)
    }
  }
}

function sshServer(
  behaviour: BastionBehaviour,
  random: Random,
  victim: Victim,
  hostKey: string,
  otherKey: string,
  reported: string[],
  open: Set<{ destroy(): void }>,
): ssh2.Server {
  const banner = behaviour === 'banners' ? random.pick(TEXTS).repeat(1 + random.below(300)) : undefined
  return new ssh2.Server({ hostKeys: [hostKey], ...(banner === undefined ? {} : { banner }) }, (client) => {
    client.on('error', () => {})
    client.on('authentication', (context) => authenticate(behaviour, context, random, victim, reported))
    client.on('ready', () => {
      client.on('tcpip', (accept, reject) => {
        if (behaviour === 'refuses') return reject()
        const channel = accept()
        channel.on('error', () => {})
        open.add(channel)
        inPlaceOfTheHost(behaviour, channel, random, victim, otherKey, reported, open)
      })
      client.on('session', (accept) => {
        const session = accept()
        session.on('exec', (acceptExec) => flood(acceptExec(), () => Buffer.from(random.pick(TEXTS))))
      })
    })
  })
}

function authenticate(
  behaviour: BastionBehaviour,
  context: AuthContext,
  random: Random,
  victim: Victim,
  reported: string[],
): void {
  if (context.method === 'password') {
    reported.push(context.password)
    return context.reject(['password', 'keyboard-interactive'])
  }
  if (context.method === 'keyboard-interactive') return interrogate(context, behaviour, random, victim, reported, 0)
  const asks = ['imitates', 'asks-on', 'takes-password'].includes(behaviour)
  if (context.method === 'publickey' && !asks) return context.accept()
  // A key may come first, and be not enough.
  if (context.method === 'publickey' && context.signature === undefined && random.oneIn(2)) return context.accept()
  context.reject(behaviour === 'takes-password' ? ['password'] : ['keyboard-interactive', 'password'])
}

function interrogate(
  context: KeyboardAuthContext,
  behaviour: BastionBehaviour,
  random: Random,
  victim: Victim,
  reported: string[],
  asked: number,
): void {
  if (asked === (behaviour === 'asks-on' ? 60 : 6)) return context.reject()
  const prompts = Array.from({ length: 1 + random.below(3) }, () => ({
    prompt: lies(victim, random),
    echo: random.oneIn(4),
  }))
  const name = random.oneIn(3) ? random.pick(TEXTS) : ''
  context.prompt(prompts, name, random.oneIn(3) ? lies(victim, random) : '', (answers: string[]) => {
    reported.push(...answers)
    interrogate(context, behaviour, random, victim, reported, asked + 1)
  })
}

/** A channel to the host was asked for. */
function inPlaceOfTheHost(
  behaviour: BastionBehaviour,
  channel: Duplex,
  random: Random,
  victim: Victim,
  otherKey: string,
  reported: string[],
  open: Set<{ destroy(): void }>,
): void {
  if (behaviour === 'channel-flood')
    return flood(channel, () => Buffer.from(random.pick(TEXTS).replaceAll('\n', ' ').repeat(50)))
  if (behaviour === 'channel-garbage') {
    channel.write('SSH-2.0-OpenSSH_9.2p1\r\n')
    return flood(channel, () => bytes(random, 4096))
  }
  if (behaviour === 'imposter') {
    const server = new ssh2.Server({ hostKeys: [otherKey] }, (client: Client) => {
      client.on('error', () => {})
      client.on('authentication', (context) => {
        if (context.method === 'password') reported.push(context.password)
        if (context.method === 'keyboard-interactive')
          return interrogate(context, behaviour, random, victim, reported, 0)
        context.reject(['password', 'keyboard-interactive'])
      })
    })
    return server.injectSocket(channel as Socket)
  }
  const on = connectTcp(victim.port, '127.0.0.1')
  open.add(on)
  on.on('error', () => channel.destroy())
  channel.pipe(on)
  let left = behaviour === 'channel-stops' ? 1 + random.below(3000) : Infinity
  on.on('data', (chunk: Buffer) => {
    if (left > 0) channel.write(chunk.subarray(0, Math.min(left, chunk.length)))
    left -= chunk.length
    if (left <= 0 && random.oneIn(2)) channel.end()
  })
}
