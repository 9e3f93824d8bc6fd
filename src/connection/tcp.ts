// A TCP connection to a host, with errors that say what to look at.
import { connect, type Socket } from 'node:net'
import { Unreachable } from '../engine/connection.ts'
import type { SshSettings } from './ssh-settings.ts'

/** For messages. */
export const at = ({ hostName, port }: Pick<SshSettings, 'hostName' | 'port'>): string => `${hostName} port ${port}`

/** Without Nagle's delay from its first byte on: ssh2 leaves it on, and writes small pieces. @param onSocket - is given the socket before it connects, to be destroyed by whoever gives up. @throws Unreachable */
export function tcp(settings: SshSettings, onSocket: (socket: Socket) => void): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: settings.hostName, port: settings.port, noDelay: true })
    onSocket(socket)
    socket.once('connect', () => resolve(socket))
    socket.once('error', (error: NodeJS.ErrnoException) => reject(new Unreachable(`${at(settings)}: ${tcpProblem(error)}`)))
  })
}

function tcpProblem({ code, message }: NodeJS.ErrnoException): string {
  switch (code) {
    case 'ECONNREFUSED': return 'connection refused: is sshd running, and is this its port?'
    case 'ETIMEDOUT': return 'connection timed out'
    case 'EHOSTUNREACH': return 'no route to the host, or it is down'
    case 'ENETUNREACH': return 'the network is unreachable'
    case 'ENOTFOUND': return 'the name cannot be resolved: check ansible_host'
    case 'EAI_AGAIN': return 'the name cannot be resolved now: the name server did not answer'
    default: return message
  }
}
