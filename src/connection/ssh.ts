// A connection to a host over SSH: one TCP connection, one channel, one shell.
import type { Socket } from 'node:net'
import pLimit from 'p-limit'
import type { Client } from 'ssh2'
import { Unreachable, type ConnectOptions, type Connection } from '../engine/connection.ts'
import type { HostAddress } from '../model/host.ts'
import { identitiesOf, type Identities } from './identities.ts'
import { login } from './login.ts'
import { remoteShell } from './remote-shell.ts'
import type { SshSettings } from './ssh-settings.ts'
import { at, tcp } from './tcp.ts'

/** Handshakes are what costs the controller's processor: more at once only stall each other. */
const HANDSHAKES_AT_ONCE = 32
const handshakes = pLimit(HANDSHAKES_AT_ONCE)

/** Host keys are verified strictly, before any authentication. @throws Unreachable */
export const sshConnect = (address: HostAddress, settings: SshSettings, options: ConnectOptions): Promise<Connection> => handshakes(() => establish(address, settings, options))

async function establish(address: HostAddress, settings: SshSettings, options: ConnectOptions): Promise<Connection> {
  const identities = await identitiesOf(settings)
  const stage = { now: 'the TCP connection' }
  const opened: { socket?: Socket; client?: Client } = {}
  let settle = (): void => {}
  const giveUp = new Promise<never>((_, reject) => {
    const timer = setTimeout(() => reject(new Unreachable(`${at(settings)}: no answer within ${options.timeoutSeconds} s (${stage.now})`)), options.timeoutSeconds * 1000)
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
    return await Promise.race([open(address, settings, identities, stage, opened), giveUp])
  } catch (error) {
    opened.client?.destroy()
    opened.socket?.destroy()
    throw error
  } finally {
    settle()
  }
}

async function open(address: HostAddress, settings: SshSettings, identities: Identities, stage: { now: string }, opened: { socket?: Socket; client?: Client }): Promise<Connection> {
  // Before there is a socket: what happens to that while nobody listens would be lost.
  const { NodeSSH } = await import('node-ssh')
  const socket = await tcp(settings, (each) => (opened.socket = each))
  stage.now = 'the SSH handshake'
  const client = (opened.client = await login(new NodeSSH(), settings, identities, socket, stage))
  stage.now = 'opening a shell'
  return remoteShell(client, socket, settings, address.become, stage)
}

