// Connections to jump hosts: one connection for all hosts behind a jump host, for the whole run.
import type { Duplex } from 'node:stream'
import type { Client } from 'ssh2'
import { Refused, Unreachable, type Tell } from '../../engine/session/connection.ts'
import { TransientFailure } from '../transient.ts'
import type { SshTarget } from '../ssh-target.ts'
import { at } from './tcp.ts'

/** A way to a host: a channel through its jump hosts. */
export interface Bastions {
  /** @param tell - is reported where a jump host takes no connection for a while. @throws Unreachable */
  through(target: SshTarget, tell?: Tell): Promise<Duplex>
  close(): void
}

/**
 * One connection carries any number of forwarded ones (MaxSessions of sshd_config(5) does not count them), and no
 * bastion sees more than one handshake of a run.
 *
 * @param open - logs in to a jump host, itself through those before it.
 */
export function bastions(open: (target: SshTarget, tell: Tell | undefined) => Promise<Client>): Bastions {
  const clients = new Map<string, Promise<Client>>()
  const clientOf = (target: SshTarget, tell: Tell | undefined): Promise<Client> => {
    const key = keyOf(target)
    const known = clients.get(key)
    if (known) return known
    const opened = open(target, tell).then((client) => {
      // For the lost connection whoever goes through it learns it from its own channel.
      client.on('error', () => {})
      client.on('close', () => clients.delete(key))
      return client
    })
    opened.catch(() => clients.delete(key))
    clients.set(key, opened)
    return opened
  }
  return {
    async through(target, tell) {
      const jump = target.jumps.at(-1)!
      const client = await clientOf({ ...jump, jumps: target.jumps.slice(0, -1) }, tell).catch((error: unknown) => {
        throw hostileBetween(error)
      })
      return forwarded(client, jump, target)
    },
    close: () =>
      clients.forEach(
        (client) =>
          void client.then(
            (each) => each.end(),
            () => {},
          ),
      ),
  }
}

/** Begins what is wrong with a jump host itself. */
const JUMP = 'on the way there: '

function hostileBetween(error: unknown): unknown {
  if (!(error instanceof Unreachable) || error.message.startsWith(JUMP)) return error
  const Kind = error instanceof Refused ? Refused : Unreachable
  return new Kind(`${JUMP}${error.message}`)
}

const keyOf = (target: SshTarget): string =>
  [...target.jumps, target]
    .map(({ user, hostName, port, hostKey }) => JSON.stringify([user, hostName, port, hostKey]))
    .join()

/**
 * A bastion waits two minutes for a host that does not answer (tcp_syn_retries of tcp(7)): as long as the host may
 * take, and no longer.
 */
function forwarded(client: Client, jump: SshTarget, { hostName, port, connectSeconds }: SshTarget): Promise<Duplex> {
  const way = `${at({ hostName, port })} through ${jump.hostName}`
  return new Promise((resolve, reject) => {
    let late = false
    const settle = (then: () => void): void => {
      clearTimeout(timer)
      client.off('close', lost)
      then()
    }
    const lost = (): void =>
      settle(() => reject(new TransientFailure(`through ${jump.hostName}: the connection to it was lost`)))
    const timer = setTimeout(() => {
      late = true
      const why = `no answer within ${connectSeconds} s (the jump host's connection to it)`
      settle(() => reject(new Unreachable(`${way}: ${why}`)))
    }, connectSeconds * 1000)
    client.once('close', lost)
    try {
      client.forwardOut('127.0.0.1', 0, hostName, port, (error, channel) => {
        if (error !== undefined) settle(() => reject(new Unreachable(`${way}: ${forwardProblem(error)}`)))
        else if (late) channel.destroy()
        else settle(() => resolve(channel))
      })
    } catch {
      lost()
    }
  })
}

/** RFC 4254, section 5.1: the reasons that a bastion may give. */
const PROHIBITED = 1
const CONNECT_FAILED = 2

function forwardProblem({ message, reason }: Error & { readonly reason?: number | string }): string {
  if (reason === PROHIBITED) {
    return (
      'it does not forward connections there ' +
      '(AllowTcpForwarding, PermitOpen or DisableForwarding of its sshd_config)'
    )
  }
  const words = message.replace(/^\(SSH\) Channel open failure: /, '')
  return reason === CONNECT_FAILED ? `it cannot reach it: ${words.toLowerCase()}` : words
}
