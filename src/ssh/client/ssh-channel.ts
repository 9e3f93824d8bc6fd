// A shell on a connection of ssh2.
import type { Duplex } from 'node:stream'
import type { Client, ClientChannel } from 'ssh2'
import { Unreachable, type Connection, type Greeting } from '../../engine/session/connection.ts'
import type { Become } from '../../core/fleet/host.ts'
import { hostShell } from '../shell/host-shell.ts'
import type { LoggedIn } from './login.ts'
import { RUN_AGAIN } from '../transient.ts'
import type { SharedTrial } from '../shared-trial.ts'
import type { ShellProcess } from '../shell/shell-stream.ts'
import type { SshTarget } from '../ssh-target.ts'
import { at } from './tcp.ts'

/** A host that is gone would hold the socket open. */
const PARTING_MILLISECONDS = 500
/** What it means that sshd is `Unable to exec`. */
const NO_PROCESS = 'sshd could start no process for it: is the host out of processes (ulimit -u) or memory?'

/** @throws Unreachable where sudo, su, doas or the login shell gives none. */
export function sshShell(
  client: Client,
  socket: Duplex,
  target: SshTarget,
  become: Become | undefined,
  trial: SharedTrial,
  { stage, notes }: Pick<LoggedIn, 'stage' | 'notes'>,
  greeting?: Greeting,
): Promise<Connection> {
  let channel: ClientChannel | undefined
  return hostShell({
    become,
    trial,
    user: target.user,
    at: at(target),
    stage,
    notes,
    greeting,
    async start(command) {
      const [opened, onEnd] = await exec(client, command, target)
      channel = opened
      return { stdin: opened, stdout: opened, stderr: opened.stderr, onEnd }
    },
    touch: (path) => touch(client, path),
    end() {
      channel?.end()
      client.end()
      setTimeout(() => socket.destroy(), PARTING_MILLISECONDS).unref()
    },
  })
}

const exec = (
  client: Client,
  command: string,
  target: SshTarget,
): Promise<readonly [ClientChannel, ShellProcess['onEnd']]> =>
  new Promise((resolve, reject) => {
    const fail = ({ message }: Error): void => {
      const hint = message === 'Unable to exec' ? `: ${NO_PROCESS}` : ''
      reject(new Unreachable(`${at(target)}: no shell: ${message}${hint}\n${RUN_AGAIN}`))
    }
    client.once('error', fail)
    client.once('close', () => fail(new Error('the connection was closed')))
    // Listened to at once: of a shell that ends at once the same packet may tell.
    try {
      client.exec(command, (error, stream) => (error ? fail(error) : resolve([stream, ends(client, stream)])))
    } catch (error) {
      // It was lost a moment ago.
      fail(error as Error)
    }
  })

/** The first reason counts. */
function ends(client: Client, channel: ClientChannel): ShellProcess['onEnd'] {
  let why: string | undefined
  let gone = false
  const listeners: ((how: string) => void)[] = []
  const end = (how: string): void => {
    why ??= how
    if (gone) return
    gone = true
    for (const listener of listeners) listener(why)
  }
  client.on('error', (error) => end(error.message))
  channel.on('exit', (code: number | null, signal?: string) => {
    const hint = signal === 'SIGKILL' ? ': is the host out of memory? journalctl -k' : ''
    why ??= `the shell ended (${signal ?? `exit status ${code}`}${hint})`
  })
  channel.on('close', () => end('the host closed the connection'))
  client.on('close', () => end('the connection was closed'))
  return (listener) => (gone ? listener(why!) : void listeners.push(listener))
}

function touch(client: Client, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    client.exec(`touch ${path}`, (error, stream) => {
      if (error) return reject(error)
      stream.on('close', (code: number | null) =>
        code === 0 ? resolve() : reject(new Error(`touch ended with ${String(code)}`)),
      )
      stream.resume()
      stream.stderr.resume()
    })
  })
}
