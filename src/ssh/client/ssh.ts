// mailrun's own SSH connection to a host: one TCP connection, or a channel through jump hosts, with one session and one
// shell.
import type { Duplex } from 'node:stream'
import type { Client } from 'ssh2'
import type { Connection, Greeting, Tell } from '../../engine/session/connection.ts'
import type { Become } from '../../core/fleet/host.ts'
import { attempts } from '../attempts.ts'
import { bastions, type Bastions } from './bastions.ts'
import { handshake } from './handshakes.ts'
import { keyRing } from '../login-keys/key-ring.ts'
import { login, type LoggedIn } from './login.ts'
import type { SharedTrial } from '../shared-trial.ts'
import { sshShell } from './ssh-channel.ts'
import type { SshTarget } from '../ssh-target.ts'
import { at, tcp } from './tcp.ts'
import { interruptible, withinTime } from '../within-time.ts'

export interface SshClient {
  /**
   * Host keys are verified strictly, before any authentication.
   *
   * @param tell - is reported where sshd takes no connection for a while.
   * @param anew - as the run's memory of refused logins has it.
   * @throws Unreachable; Unsupported where only the system's ssh can do it.
   */
  connect(
    target: SshTarget,
    become: Become | undefined,
    signal: AbortSignal,
    tell?: Tell,
    greeting?: Greeting,
    anew?: boolean,
  ): Promise<Connection>
  /** Ends the connections to jump hosts. */
  close(): void
}

/** @param trial - the run's. */
export function sshClient(trial: SharedTrial): SshClient {
  const never = new AbortController().signal
  const { persist } = attempts()
  const jumps: Bastions = bastions((target, tell) => {
    const once = (): Promise<Client> =>
      shake({ target, jumps, signal: never, tell }, ({ client }) => Promise.resolve(client))
    return persist({ target, signal: never, tell, once })
  })
  return {
    connect(target, become, signal, tell, greeting, anew) {
      const once = (): Promise<Connection> =>
        shake({ target, jumps, signal, tell }, ({ client, socket, ...rest }) =>
          sshShell(client, socket, target, become, trial, rest, greeting),
        )
      return persist({ target, signal, tell, once, anew })
    },
    close: () => jumps.close(),
  }
}

interface Handshake {
  readonly target: SshTarget
  readonly jumps: Bastions
  readonly signal: AbortSignal
  readonly tell: Tell | undefined
}

/** One attempt, within its time. @param then - what must stand, too. */
async function shake<T>(
  { target, jumps, signal, tell }: Handshake,
  then: (loggedIn: LoggedIn) => Promise<T>,
): Promise<T> {
  const keys = await keyRing(target)
  // Before its own turn: those who wait for a bastion must not keep it from its handshake.
  const channel = target.jumps.length === 0 ? undefined : await interruptible(jumps.through(target, tell), signal)
  return handshake(`${target.hostName}:${target.port}`, async () => {
    const notes: string[] = []
    const stage = { now: channel === undefined ? 'the TCP connection' : 'the SSH handshake' }
    const opened: { socket: Duplex | undefined; client: Client | undefined } = { socket: channel, client: undefined }
    const open = async (): Promise<T> => {
      const socket = channel ?? (await tcp(target, (each) => (opened.socket = each)))
      stage.now = 'the SSH handshake'
      const client = (opened.client = await login(target, keys, socket, stage, notes))
      stage.now = 'opening a shell'
      return then({ client, socket, stage, notes })
    }
    try {
      return await withinTime(
        open(),
        target.connectSeconds,
        signal,
        () => `${at(target)}: no answer within ${target.connectSeconds} s (${stage.now})`,
      )
    } catch (error) {
      opened.client?.destroy()
      opened.socket?.destroy()
      throw error
    }
  })
}
