// The one shell on a connection, as root where the host says become.
import type { Socket } from 'node:net'
import type { Client, ClientChannel } from 'ssh2'
import { ConnectionLost, Unreachable, type Connection } from '../engine/connection.ts'
import type { Become } from '../model/host.ts'
import { openingOf, sudoProblem } from './become.ts'
import type { SshSettings } from './ssh-settings.ts'
import { shellStream } from './shell-stream.ts'
import { at } from './tcp.ts'

/** @throws Unreachable where sudo or the login shell gives none. */
export async function remoteShell(client: Client, socket: Socket, settings: SshSettings, become: Become | undefined, stage: { now: string }): Promise<Connection> {
  const { command, dialogue } = openingOf(become, settings.user)
  const channel = await new Promise<ClientChannel>((resolve, reject) => {
    const fail = (error: Error): void => reject(new Unreachable(`${at(settings)}: no shell: ${error.message}`))
    client.once('error', fail)
    client.once('close', () => fail(new Error('the connection was closed')))
    client.exec(command, (error, stream) => (error ? fail(error) : resolve(stream)))
  })
  const shell = shellStream({ stdin: channel, stdout: channel, stderr: channel.stderr })
  let lastWords = ''
  let proven = false
  let why: string | undefined
  const gone = (how: string): void => {
    const said = lastWords.trim()
    why ??= how
    if (proven) return shell.lose(new ConnectionLost(why))
    const advice = sudoProblem(said)
    shell.lose(new Unreachable(`${at(settings)}: ${advice ?? `no shell came up as ${settings.user}: ${why}`}${said === '' ? '' : `\n${said}`}`))
  }
  channel.stderr.on('data', (chunk: Buffer) => {
    if (!proven) lastWords = (lastWords + chunk.toString()).slice(-1000)
  })
  client.on('error', (error) => gone(error.message))
  channel.on('exit', (code: number | null, signal?: string) => (why ??= `the shell ended (${signal ?? `exit status ${code}`})`))
  channel.on('close', () => gone('the host closed the connection'))
  client.on('close', () => gone('the connection was closed'))
  if (dialogue) {
    stage.now = 'sudo'
    await becomeRoot(channel, dialogue, (said) => new Unreachable(`${at(settings)}: ${sudoProblem(said) ?? `sudo gave no shell: ${said.trim()}`}`))
    lastWords = ''
  }
  return {
    async exchange(request) {
      const answer = await shell.exchange(request)
      proven = true
      return answer
    },
    touch: (path) => touch(client, path),
    close() {
      shell.lose(new ConnectionLost('closed'))
      channel.end()
      client.end()
      // A host that is gone would hold the socket open.
      setTimeout(() => socket.destroy(), 500).unref()
    },
  }
}

function becomeRoot(channel: ClientChannel, { prompt, ready, password }: { readonly prompt: string; readonly ready: string; readonly password: string }, problem: (said: string) => Unreachable): Promise<void> {
  return new Promise((resolve, reject) => {
    let said = ''
    let asked = false
    const finish = (settle: () => void): void => {
      channel.stderr.off('data', onData)
      channel.off('close', onClose)
      settle()
    }
    const onClose = (): void => finish(() => reject(problem(said.replaceAll(prompt, ''))))
    const onData = (chunk: Buffer): void => {
      said += chunk.toString()
      if (said.includes(ready)) return finish(resolve)
      const prompts = said.split(prompt).length - 1
      if (prompts > 1) return finish(() => reject(problem('incorrect password')))
      if (prompts === 1 && !asked) {
        asked = true
        channel.write(`${password}\n`)
      }
    }
    channel.stderr.on('data', onData)
    channel.on('close', onClose)
  })
}

function touch(client: Client, path: string): Promise<void> {
  if (!/^[\w./-]+$/.test(path)) throw new Error(`not a plain path: ${path}`)
  return new Promise((resolve, reject) => {
    client.exec(`touch ${path}`, (error, stream) => {
      if (error) return reject(error)
      stream.on('close', (code: number | null) => (code === 0 ? resolve() : reject(new Error(`touch ended with ${String(code)}`))))
      stream.resume()
      stream.stderr.resume()
    })
  })
}
