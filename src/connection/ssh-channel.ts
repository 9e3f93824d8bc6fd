// A shell on a connection of ssh2.
import type { Duplex } from 'node:stream'
import type { Client, ClientChannel } from 'ssh2'
import { Unreachable, type Connection } from '../engine/connection.ts'
import type { Become } from '../model/host.ts'
import { hostShell, type ShellProcess } from './host-shell.ts'
import { RUN_AGAIN } from './passing.ts'
import type { PasswordTrial } from './password-trial.ts'
import type { SshTarget } from './ssh-target.ts'
import { at } from './tcp.ts'

/** A host that is gone would hold the socket open. */
const PARTING_MILLISECONDS = 500

/** @throws Unreachable where sudo, su, doas or the login shell gives none. */
export function sshShell(client: Client, socket: Duplex, target: SshTarget, become: Become | undefined, trial: PasswordTrial, stage: { now: string }): Promise<Connection> {
  let channel: ClientChannel | undefined
  return hostShell({
    become,
    trial,
    user: target.user,
    at: at(target),
    stage,
    async start(command) {
      const opened = (channel = await exec(client, command, target))
      return { stdin: opened, stdout: opened, stderr: opened.stderr, onEnd: ends(client, opened) }
    },
    touch: (path) => touch(client, path),
    end() {
      channel?.end()
      client.end()
      setTimeout(() => socket.destroy(), PARTING_MILLISECONDS).unref()
    },
  })
}

const exec = (client: Client, command: string, target: SshTarget): Promise<ClientChannel> =>
  new Promise((resolve, reject) => {
    const fail = (error: Error): void => reject(new Unreachable(`${at(target)}: no shell: ${error.message}\n${RUN_AGAIN}`))
    client.once('error', fail)
    client.once('close', () => fail(new Error('the connection was closed')))
    client.exec(command, (error, stream) => (error ? fail(error) : resolve(stream)))
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
  channel.on('exit', (code: number | null, signal?: string) => (why ??= `the shell ended (${signal ?? `exit status ${code}`})`))
  channel.on('close', () => end('the host closed the connection'))
  client.on('close', () => end('the connection was closed'))
  return (listener) => (gone ? listener(why!) : void listeners.push(listener))
}

function touch(client: Client, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    client.exec(`touch ${path}`, (error, stream) => {
      if (error) return reject(error)
      stream.on('close', (code: number | null) => (code === 0 ? resolve() : reject(new Error(`touch ended with ${String(code)}`))))
      stream.resume()
      stream.stderr.resume()
    })
  })
}
