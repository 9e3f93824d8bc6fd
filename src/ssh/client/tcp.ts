// Opens a TCP connection to a host. Its errors say what to look at.
import { connect, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { Unreachable } from '../../engine/session/connection.ts'
import { TransientFailure } from '../transient.ts'
import type { SshTarget } from '../ssh-target.ts'

/** For messages. */
export const at = ({ hostName, port }: Pick<SshTarget, 'hostName' | 'port'>): string => `${hostName} port ${port}`

const SECOND = 1000

/**
 * Without Nagle's delay from its first byte on, which ssh2 leaves on; what is written in one turn of the event loop
 * leaves by one system call.
 *
 * @param onSocket - is given each socket before it connects, to be destroyed by whoever gives up.
 * @throws Unreachable, TransientFailure
 */
export async function tcp(target: SshTarget, onSocket: (socket: Socket) => void): Promise<Socket> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await once(target, onSocket)
    } catch (error) {
      if (attempt >= target.attempts) throw error
      await sleep(SECOND)
    }
  }
}

function once(target: SshTarget, onSocket: (socket: Socket) => void): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const { hostName: host, port, family, bindAddress: localAddress } = target
    const socket = connect({
      host,
      port,
      family,
      noDelay: true,
      ...(localAddress === undefined ? {} : { localAddress }),
    })
    onSocket(socket)
    socket.once('connect', () => resolve(gathering(socket)))
    socket.once('error', (error: NodeJS.ErrnoException) => {
      const Kind = error.code === 'EAI_AGAIN' || error.code === 'ECONNRESET' ? TransientFailure : Unreachable
      reject(new Kind(`${at(target)}: ${tcpProblem(error)}`))
    })
  })
}

/**
 * ssh2 writes a packet in up to three pieces, and often several packets one after the other: without this each piece is
 * a packet of the network, too.
 */
function gathering(socket: Socket): Socket {
  const write: (piece: Uint8Array) => boolean = socket.write.bind(socket)
  return Object.assign(socket, {
    write(piece: Uint8Array): boolean {
      if (socket.writableCorked === 0) {
        socket.cork()
        process.nextTick(() => socket.uncork())
      }
      return write(piece)
    },
  })
}

function tcpProblem({ code, message }: NodeJS.ErrnoException): string {
  switch (code) {
    case 'ECONNREFUSED':
      return 'connection refused: is sshd running, and is this its port?'
    case 'ECONNRESET':
      return 'connection reset'
    case 'ETIMEDOUT':
      return 'connection timed out'
    case 'EHOSTUNREACH':
      return 'no route to the host, or it is down'
    case 'ENETUNREACH':
      return 'the network is unreachable'
    case 'ENOTFOUND':
      return 'the name cannot be resolved: check how it is written (ansible_host)'
    case 'EAI_AGAIN':
      return 'the name cannot be resolved now: the name server did not answer'
    case 'EADDRNOTAVAIL':
      return `${message}: is the BindAddress one of this machine?`
    default:
      return message
  }
}
