// One question to one name server, without recursion: over UDP, and over TCP where the answer does not fit. Nothing is
// cached on the way.
import { randomInt } from 'node:crypto'
import { createSocket } from 'node:dgram'
import { connect } from 'node:net'
import { decode, encode, streamEncode, type Answer, type DecodedPacket, type Packet } from 'dns-packet'
import type { DnsQuestion } from '../mail/dns-walk.ts'
import type { NameServer, ServerAddress } from './name-server.ts'

export interface ServerQuestion {
  /** Without a final dot; empty: the root. */
  readonly name: string
  readonly type: DnsQuestion['type'] | 'SOA'
  /** Of resolvers alone. */
  readonly recursion: boolean
}

export type ServerReply =
  | {
      readonly kind: 'reply'
      readonly authoritative: boolean
      readonly code: string
      readonly answers: readonly Answer[]
      readonly authorities: readonly Answer[]
      readonly additionals: readonly Answer[]
    }
  /** No answer came; in words. */
  | { readonly kind: 'silent'; readonly why: string }

export type AskServer = (server: NameServer, question: ServerQuestion) => Promise<ServerReply>

/** RFC 9715: what passes most paths unfragmented. */
const UDP_BYTES = 1232
const [TRIES, TRY_MS, TCP_MS] = [3, 2000, 6000] as const
const RECURSION_DESIRED = 0x0100
const OPT: Answer = {
  type: 'OPT',
  name: '.',
  udpPayloadSize: UDP_BYTES,
  extendedRcode: 0,
  ednsVersion: 0,
  flags: 0,
  flag_do: false,
  options: [],
}

/** Addresses one after the other, until one answers. */
export const askServer: AskServer = async ({ addresses }, question) => {
  const silent: string[] = []
  for (const address of addresses) {
    try {
      return await exchange(address, question)
    } catch (error) {
      silent.push(addresses.length === 1 ? words(error) : `${address.address}: ${words(error)}`)
    }
  }
  return { kind: 'silent', why: silent.join('; ') }
}

async function exchange(server: ServerAddress, question: ServerQuestion): Promise<ServerReply> {
  const first = await overUdp(server, question, true)
  // A server from before EDNS (RFC 6891, section 7).
  const packet = first.rcode === 'FORMERR' || first.rcode === 'NOTIMP' ? await overUdp(server, question, false) : first
  const whole = packet.flag_tc ? await overTcp(server, question) : packet
  return {
    kind: 'reply',
    authoritative: whole.flag_aa,
    code: whole.rcode,
    answers: whole.answers ?? [],
    authorities: whole.authorities ?? [],
    additionals: whole.additionals ?? [],
  }
}

type Reply = DecodedPacket & { readonly rcode: string }

const packetFor = (id: number, { name, type, recursion }: ServerQuestion, edns: boolean): Packet => ({
  type: 'query',
  id,
  flags: recursion ? RECURSION_DESIRED : 0,
  questions: [{ type, name: name === '' ? '.' : name, class: 'IN' }],
  ...(edns ? { additionals: [OPT] } : {}),
})

/** `undefined` for what is no answer to this question: somebody else's, or garbage. */
function answerTo(id: number, { name, type }: ServerQuestion, bytes: Buffer): Reply | undefined {
  try {
    const packet = decode(bytes) as Reply
    const [asked] = packet.questions ?? []
    const same =
      asked === undefined
        ? packet.rcode !== 'NOERROR'
        : asked.type === type && plainName(asked.name) === name.toLowerCase()
    return packet.type === 'response' && packet.id === id && same ? packet : undefined
  } catch {
    return undefined
  }
}

/** As names are compared: lower case, no final dot. */
export const plainName = (name: string): string => name.toLowerCase().replace(/\.$/, '')

async function overUdp(server: ServerAddress, question: ServerQuestion, edns: boolean): Promise<Reply> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await onceOverUdp(server, question, edns)
    } catch (error) {
      if (!(error instanceof NoAnswer) || attempt === TRIES) throw error
    }
  }
}

class NoAnswer extends Error {}

function onceOverUdp({ address, port }: ServerAddress, question: ServerQuestion, edns: boolean): Promise<Reply> {
  const id = randomInt(65_536)
  const socket = createSocket(address.includes(':') ? 'udp6' : 'udp4')
  return new Promise<Reply>((resolve, reject) => {
    const timer = setTimeout(() => reject(new NoAnswer(`no answer within ${(TRIES * TRY_MS) / 1000} s`)), TRY_MS)
    const end = (error: Error): void => {
      clearTimeout(timer)
      reject(error)
    }
    socket.on('error', end)
    socket.on('message', (bytes) => {
      const reply = answerTo(id, question, bytes)
      if (reply === undefined) return
      clearTimeout(timer)
      resolve(reply)
    })
    // A connected socket takes answers from this address alone, and learns of closed ports.
    socket.connect(port, address, () =>
      socket.send(encode(packetFor(id, question, edns)), (error) => error && end(error)),
    )
  }).finally(() => socket.close())
}

function overTcp({ address, port }: ServerAddress, question: ServerQuestion): Promise<Reply> {
  const id = randomInt(65_536)
  const socket = connect({ host: address, port, timeout: TCP_MS })
  return new Promise<Reply>((resolve, reject) => {
    let received = Buffer.alloc(0)
    socket.on('error', reject)
    socket.on('timeout', () => reject(new NoAnswer(`no answer over TCP within ${TCP_MS / 1000} s`)))
    socket.on('close', () => reject(new NoAnswer('it closed the connection without an answer (TCP)')))
    socket.on('connect', () => socket.write(streamEncode(packetFor(id, question, true))))
    socket.on('data', (chunk) => {
      received = Buffer.concat([received, chunk])
      if (received.length < 2 || received.length < 2 + received.readUInt16BE(0)) return
      const reply = answerTo(id, question, received.subarray(2, 2 + received.readUInt16BE(0)))
      if (reply === undefined) reject(new NoAnswer('its answer over TCP cannot be read'))
      else resolve(reply)
    })
  }).finally(() => socket.destroy())
}

const WORDS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  ENETUNREACH: 'no route there from here',
  EHOSTUNREACH: 'no way there from here',
  EADDRNOTAVAIL: 'no route there from here',
  EAFNOSUPPORT: 'no route there from here',
}

function words(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException
  return WORDS[code ?? ''] ?? message
}
