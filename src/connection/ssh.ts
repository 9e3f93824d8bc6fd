// A connection to a host over SSH: one TCP connection, one channel, one shell.
import { connect as tcpConnect, type Socket } from 'node:net'
import { userInfo } from 'node:os'
import pLimit from 'p-limit'
import type { Client, ClientChannel } from 'ssh2'
import { ConnectionLost, Unreachable, type Connect, type ConnectOptions, type Connection } from '../engine/connection.ts'
import type { Host, HostAddress } from '../model/host.ts'
import { openingOf, sudoProblem } from './become.ts'
import { hostKeyCheck } from './host-key.ts'
import { identitiesOf, type Identities } from './identities.ts'
import { shellStream } from './shell-stream.ts'

/** Handshakes are what costs the controller's processor: more at once only stall each other. */
const HANDSHAKES_AT_ONCE = 32
const KEEPALIVE_SECONDS = 15
const KEEPALIVES_LOST = 4
/** ssh2's defaults without group exchange, which costs seconds of processor time on the controller. */
const KEX = ['curve25519-sha256', 'curve25519-sha256@libssh.org', 'ecdh-sha2-nistp256', 'ecdh-sha2-nistp384', 'ecdh-sha2-nistp521', 'diffie-hellman-group14-sha256', 'diffie-hellman-group16-sha512', 'diffie-hellman-group18-sha512'] as const
const HOST_KEYS = ['ssh-ed25519', 'ecdsa-sha2-nistp256', 'ecdsa-sha2-nistp384', 'ecdsa-sha2-nistp521', 'rsa-sha2-512', 'rsa-sha2-256'] as const

const handshakes = pLimit(HANDSHAKES_AT_ONCE)

/** Host keys are verified strictly, before any authentication. @throws Unreachable */
export const sshConnect: Connect = (host, options) => handshakes(() => establish(host, options))

async function establish({ address }: Host, options: ConnectOptions): Promise<Connection> {
  const user = address.user ?? userInfo().username
  const identities = await identitiesOf(address, user)
  const stage = { now: 'the TCP connection' }
  const opened: { socket?: Socket; client?: Client } = {}
  let settle = (): void => {}
  const giveUp = new Promise<never>((_, reject) => {
    const timer = setTimeout(() => reject(new Unreachable(`${at(address)}: no answer within ${options.timeoutSeconds} s (${stage.now})`)), options.timeoutSeconds * 1000)
    const onAbort = (): void => reject(new Unreachable('interrupted'))
    if (options.signal.aborted) onAbort()
    options.signal.addEventListener('abort', onAbort, { once: true })
    settle = () => {
      clearTimeout(timer)
      options.signal.removeEventListener('abort', onAbort)
    }
  })
  giveUp.catch(() => {})
  try {
    return await Promise.race([open(address, user, identities, stage, opened), giveUp])
  } catch (error) {
    opened.client?.destroy()
    opened.socket?.destroy()
    throw error
  } finally {
    settle()
  }
}

const at = ({ address, port }: HostAddress): string => `${address} port ${port}`

async function open(address: HostAddress, user: string, identities: Identities, stage: { now: string }, opened: { socket?: Socket; client?: Client }): Promise<Connection> {
  const socket = (opened.socket = await tcp(address))
  stage.now = 'the SSH handshake'
  const client = (opened.client = await login(address, user, identities, socket, stage))
  stage.now = 'opening a shell'
  return shellOver(client, socket, address, user, stage)
}

function tcp(address: HostAddress): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = tcpConnect({ host: address.address, port: address.port, noDelay: true })
    socket.once('connect', () => resolve(socket))
    socket.once('error', (error: NodeJS.ErrnoException) => reject(new Unreachable(`${at(address)}: ${tcpProblem(error)}`)))
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

/** node-ssh connects; the rest is done on the ssh2 connection that it holds, since its own exec cannot tell a lost connection from success. */
async function login(address: HostAddress, user: string, identities: Identities, socket: Socket, stage: { now: string }): Promise<Client> {
  const { NodeSSH } = await import('node-ssh')
  const check = hostKeyCheck(address)
  let refusal: string | undefined
  let greeted = false
  socket.once('data', () => (greeted = true))
  const ssh = new NodeSSH()
  try {
    await ssh.connect({
      sock: socket,
      username: user,
      authHandler: [...identities.methods],
      algorithms: { kex: [...KEX], serverHostKey: ordered(check.types) },
      hostVerifier: (key: Buffer) => {
        refusal = check.refusal(key)
        stage.now = 'logging in'
        return refusal === undefined
      },
      keepaliveInterval: KEEPALIVE_SECONDS * 1000,
      keepaliveCountMax: KEEPALIVES_LOST,
      // The timeout of the whole is kept outside.
      readyTimeout: 0,
    })
  } catch (error) {
    throw new Unreachable(refusal ?? `${at(address)}: ${loginProblem(error as Error & { level?: string }, user, identities, greeted)}`)
  }
  return ssh.connection!
}

/** Known types first: a host with several keys then shows the one that can be verified. */
const ordered = (known: readonly string[]) => {
  const isKnown = (type: string): boolean => known.includes(type.startsWith('rsa-sha2') ? 'ssh-rsa' : type)
  return [...HOST_KEYS.filter(isKnown), ...HOST_KEYS.filter((type) => !isKnown(type))]
}

function loginProblem(error: Error & { level?: string }, user: string, { tried }: Identities, greeted: boolean): string {
  if (error.level === 'client-authentication') return `permission denied for ${user} (tried ${tried})`
  if (error.level === 'agent') return `the agent failed: ${error.message}`
  if (!greeted) return `the connection was closed before sshd said a word: ${error.message} (too many connections at once? sshd's MaxStartups; try fewer --forks)`
  if (/no matching/i.test(error.message)) return `no common algorithm with its sshd: ${error.message}`
  return error.message
}

async function shellOver(client: Client, socket: Socket, address: HostAddress, user: string, stage: { now: string }): Promise<Connection> {
  const { command, dialogue } = openingOf(address, user)
  const channel = await new Promise<ClientChannel>((resolve, reject) => {
    const fail = (error: Error): void => reject(new Unreachable(`${at(address)}: no shell: ${error.message}`))
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
    shell.lose(new Unreachable(`${at(address)}: ${advice ?? `no shell came up as ${user}: ${why}`}${said === '' ? '' : `\n${said}`}`))
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
    await becomeRoot(channel, dialogue, (said) => new Unreachable(`${at(address)}: ${sudoProblem(said) ?? `sudo gave no shell: ${said.trim()}`}`))
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
      stream.on('close', () => resolve())
      stream.resume()
      stream.stderr.resume()
    })
  })
}
