// Logs in to a host over SSH: strict host keys, the identities in turn.
import type { Socket } from 'node:net'
import type { NodeSSH } from 'node-ssh'
import type { Client } from 'ssh2'
import { Unreachable } from '../engine/connection.ts'
import { hostKeyCheck } from './host-key.ts'
import type { Identities } from './identities.ts'
import type { SshSettings } from './ssh-settings.ts'
import { at } from './tcp.ts'

const KEEPALIVE_SECONDS = 15
const KEEPALIVES_LOST = 4
/** ssh2's defaults without group exchange, which costs seconds of processor time on the controller. */
const KEX = ['curve25519-sha256', 'curve25519-sha256@libssh.org', 'ecdh-sha2-nistp256', 'ecdh-sha2-nistp384', 'ecdh-sha2-nistp521', 'diffie-hellman-group14-sha256', 'diffie-hellman-group16-sha512', 'diffie-hellman-group18-sha512'] as const
const HOST_KEYS = ['ssh-ed25519', 'ecdsa-sha2-nistp256', 'ecdsa-sha2-nistp384', 'ecdsa-sha2-nistp521', 'rsa-sha2-512', 'rsa-sha2-256'] as const

/** node-ssh connects; the rest is done on the ssh2 connection that it holds, since its own exec cannot tell a lost connection from success. */
export async function login(ssh: NodeSSH, settings: SshSettings, identities: Identities, socket: Socket, stage: { now: string }): Promise<Client> {
  const check = hostKeyCheck(settings)
  let refusal: string | undefined
  let greeted = false
  socket.once('data', () => (greeted = true))
  try {
    await ssh.connect({
      sock: socket,
      username: settings.user,
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
    throw new Unreachable(refusal ?? `${at(settings)}: ${loginProblem(error as Error & { level?: string }, settings.user, identities, greeted)}`)
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
  if (/too many authentication failures/i.test(error.message)) return `it refused more keys than it allows for ${user} (tried ${tried}): name the right one with --private-key or ansible_ssh_private_key_file`
  if (!greeted) return `the connection was closed before sshd said a word: ${error.message} (too many connections at once? sshd's MaxStartups; try fewer --forks)`
  if (/no matching/i.test(error.message)) return `no common algorithm with its sshd: ${error.message}`
  return error.message
}
