// A name server on this machine that answers whatever a test wants, over UDP and TCP, and messages made of raw bytes.
import { createSocket, type Socket as UdpSocket } from 'node:dgram'
import { once } from 'node:events'
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import type { ServerAddress } from '../../../src/dns/lookup/name-server.ts'

export interface HostileServer extends ServerAddress {
  close(): Promise<void>
}

export interface Behaviour {
  /** Datagrams to send for one. */
  readonly udp: (question: Buffer) => readonly Uint8Array[]
  /** For what no datagram is sent for. */
  readonly pass?: (question: Buffer, answer: (datagram: Uint8Array) => void) => void
  /** What becomes of a connection. */
  readonly tcp?: (socket: Socket) => void
}

/** @param address - of this machine */
export async function hostileServer(
  { udp, pass, tcp }: Behaviour,
  address = '127.0.0.1',
  at = 0,
): Promise<HostileServer> {
  const connections = new Set<Socket>()
  const { stream, socket, port } = await onePort(address, at)
  stream.on('connection', (connection) => {
    connections.add(connection)
    connection.on('error', () => {})
    tcp?.(connection)
  })
  socket.on('message', (question, { port: to, address: from }) => {
    const answer = (datagram: Uint8Array): void => socket.send(datagram, to, from, () => {})
    const datagrams = udp(question)
    datagrams.forEach(answer)
    if (datagrams.length === 0) pass?.(question, answer)
  })
  return {
    address,
    port,
    async close() {
      socket.close()
      for (const each of connections) each.destroy()
      await new Promise((resolve) => stream.close(resolve))
    },
  }
}

/** One port for both. Where TCP has a free one, UDP's may be somebody else's: then the next. */
async function onePort(
  address: string,
  at: number,
): Promise<{ readonly stream: Server; readonly socket: UdpSocket; readonly port: number }> {
  for (;;) {
    const stream = createServer()
    stream.listen(at, address)
    await once(stream, 'listening')
    const { port } = stream.address() as AddressInfo
    const socket = createSocket('udp4')
    socket.bind(port, address)
    try {
      await once(socket, 'listening')
      return { stream, socket, port }
    } catch (error) {
      socket.close()
      stream.close()
      if (at !== 0 || (error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error
    }
  }
}

/** A name in a message, each label of any bytes. */
export const rawName = (labels: readonly (string | Uint8Array)[]): Buffer =>
  Buffer.concat([
    ...labels.map((label) => {
      const bytes = Buffer.from(label as Uint8Array)
      return Buffer.concat([Buffer.from([bytes.length]), bytes])
    }),
    Buffer.from([0]),
  ])

const word = (number: number): Buffer => Buffer.from([number >> 8, number & 0xff])

/** @param owner - that of the question, where it is left out */
export const rawRecord = (type: number, data: Uint8Array, owner: Uint8Array = Buffer.from([0xc0, 12])): Buffer =>
  Buffer.concat([owner, word(type), word(1), Buffer.from([0, 0, 0, 60]), word(data.length), data])

/** An authoritative answer to a question as it came. */
export function rawReply(question: Buffer, records: readonly Buffer[], flags = 0x8400): Buffer {
  const asked = question.subarray(12, question.indexOf(0, 12) + 5)
  return Buffer.concat([
    question.subarray(0, 2),
    word(flags),
    word(1),
    word(records.length),
    word(0),
    word(0),
    asked,
    ...records,
  ])
}

export const mxRecord = (preference: number, labels: readonly (string | Uint8Array)[]): Buffer =>
  rawRecord(15, Buffer.concat([word(preference), rawName(labels)]))
