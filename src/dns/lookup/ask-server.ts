// Asks one name server one question, without recursion: over UDP, or over TCP if the answer does not fit. Nothing is
// cached.
import { randomInt } from 'node:crypto'
import { createSocket } from 'node:dgram'
import { connect } from 'node:net'
import { MOST_STRAY_DATAGRAMS, QUESTION_SECONDS, TCP_SECONDS, UDP_TRIES, UDP_TRY_SECONDS } from '../bounds/bounds.ts'
import { questionBytes, readMessage, type Answer, type Message, type Question } from './message.ts'
import type { NameServer, ServerAddress } from './name-server.ts'
import type { Untrusted } from '../../shell/untrusted.ts'

export type ServerQuestion = Question

export type ServerReply = (
  | {
      readonly kind: 'reply'
      readonly authoritative: boolean
      readonly code: string
      readonly answers: readonly Answer[]
      readonly authorities: readonly Answer[]
      readonly additionals: readonly Answer[]
    }
  /** No answer came; in words. `over`: nor was it asked, for so much was asked already. */
  | { readonly kind: 'silent'; readonly why: string; readonly over?: string }
) & {
  /** Milliseconds that it was waited for; others' turns are not counted. */
  readonly took?: number
}

export type AskServer = (server: NameServer, question: ServerQuestion) => Promise<ServerReply>

/** RFC 9715: what passes most paths unfragmented. */
const UDP_BYTES = 1232

/** The same with an end of its own, by the clock of `performance.now()`. */
export type AskUntil = (server: NameServer, question: ServerQuestion, until: number) => Promise<ServerReply>

/** Addresses one after the other, until one answers or the time is up. */
export const askServer: AskServer = (server, question) => askServerUntil(server, question, Infinity)

export const askServerUntil: AskUntil = async (server, question, until) => {
  const start = performance.now()
  const reply = await askWithin(server, question, Math.min(until, start + QUESTION_SECONDS * 1000))
  return { ...reply, took: performance.now() - start }
}

async function askWithin({ addresses }: NameServer, question: ServerQuestion, until: number): Promise<ServerReply> {
  const silent: string[] = []
  for (const address of addresses) {
    try {
      return await exchange(address, question, until)
    } catch (error) {
      silent.push(addresses.length === 1 ? words(error) : `${address.address}: ${words(error)}`)
    }
    if (performance.now() >= until) break
  }
  return { kind: 'silent', why: silent.join('; ') }
}

async function exchange(server: ServerAddress, question: ServerQuestion, until: number): Promise<ServerReply> {
  const packet = await overUdpOrGuessed(server, question, until)
  const whole = packet === undefined || packet.truncated ? await overTcp(server, question, until) : packet
  const { authoritative, code, answers, authorities, additionals } = whole
  return { kind: 'reply', authoritative, code, answers, authorities, additionals }
}

/** `undefined`: somebody guesses. */
async function overUdpOrGuessed(
  server: ServerAddress,
  question: ServerQuestion,
  until: number,
): Promise<Message | undefined> {
  try {
    const first = await overUdp(server, question, until, UDP_BYTES)
    // A server from before EDNS (RFC 6891, section 7).
    const isOld = first.code === 'FORMERR' || first.code === 'NOTIMP'
    return isOld ? await overUdp(server, question, until, undefined) : first
  } catch (error) {
    if (error instanceof Guessed) return undefined
    throw error
  }
}

/** `undefined` for what is no answer to this question: somebody else's, or garbage. */
function answerTo(id: number, { name, type }: ServerQuestion, bytes: Untrusted<Buffer>): Message | undefined {
  const message = readMessage(bytes)
  if (message === undefined || !message.response || message.id !== id) return undefined
  const { question, code } = message
  const same = question === undefined ? code !== 'NOERROR' : question.type === type && question.name === name
  return same ? message : undefined
}

/** As names are compared: lower case, no final dot. */
export const plainName = (name: Untrusted): string => name.toLowerCase().replace(/\.$/, '')

async function overUdp(
  server: ServerAddress,
  question: ServerQuestion,
  until: number,
  udpBytes: number | undefined,
): Promise<Message> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await onceOverUdp(server, question, until, udpBytes)
    } catch (error) {
      if (!(error instanceof NoAnswer) || attempt === UDP_TRIES || performance.now() >= until) throw error
    }
  }
}

class NoAnswer extends Error {}
class Guessed extends Error {}

const within = (seconds: number, until: number): number =>
  Math.max(0, Math.min(seconds * 1000, until - performance.now()))

function onceOverUdp(
  { address, port }: ServerAddress,
  question: ServerQuestion,
  until: number,
  udpBytes: number | undefined,
): Promise<Message> {
  const id = randomInt(65_536)
  const bytes = questionBytes(id, question, udpBytes)
  const socket = createSocket(address.includes(':') ? 'udp6' : 'udp4')
  let timer: NodeJS.Timeout | undefined
  return new Promise<Message>((resolve, reject) => {
    timer = setTimeout(
      () => reject(new NoAnswer(`no answer within ${UDP_TRIES * UDP_TRY_SECONDS} s`)),
      within(UDP_TRY_SECONDS, until),
    )
    let stray = 0
    socket.on('error', reject)
    socket.on('message', (datagram: Untrusted<Buffer>) => {
      const reply = answerTo(id, question, datagram)
      if (reply !== undefined) resolve(reply)
      else if (++stray > MOST_STRAY_DATAGRAMS) reject(new Guessed())
    })
    // A connected socket takes answers from this address alone, and learns of closed ports.
    socket.connect(port, address, () => socket.send(bytes, (error) => error && reject(error)))
  }).finally(() => {
    clearTimeout(timer)
    socket.close()
  })
}

/** The whole of it has one end, however it drips; two bytes of length come first (RFC 1035, section 4.2.2). */
function overTcp({ address, port }: ServerAddress, question: ServerQuestion, until: number): Promise<Message> {
  const id = randomInt(65_536)
  const bytes = questionBytes(id, question, UDP_BYTES)
  const socket = connect({ host: address, port })
  let timer: NodeJS.Timeout | undefined
  return new Promise<Message>((resolve, reject) => {
    timer = setTimeout(
      () => reject(new NoAnswer(`no whole answer over TCP within ${TCP_SECONDS} s`)),
      within(TCP_SECONDS, until),
    )
    const chunks: Untrusted<Buffer>[] = []
    let [received, wanted] = [0, 2]
    socket.on('error', reject)
    socket.on('close', () => reject(new NoAnswer('it closed the connection without an answer (TCP)')))
    socket.on('connect', () =>
      socket.write(Buffer.concat([Buffer.from([bytes.length >> 8, bytes.length & 0xff]), bytes])),
    )
    socket.on('data', (chunk: Untrusted<Buffer>) => {
      chunks.push(chunk)
      received += chunk.length
      if (received < wanted) return
      const all = Buffer.concat(chunks)
      wanted = 2 + all.readUInt16BE(0)
      if (received < wanted) return
      const reply = answerTo(id, question, all.subarray(2, wanted))
      if (reply === undefined) reject(new NoAnswer('its answer over TCP cannot be read'))
      else resolve(reply)
    })
  }).finally(() => {
    clearTimeout(timer)
    socket.destroy()
  })
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
