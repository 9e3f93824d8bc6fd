// Logs in to a host over SSH: strict host keys, the identities in turn.
import type { Socket } from 'node:net'
import type { NodeSSH } from 'node-ssh'
import type { Client, ServerHostKeyAlgorithm } from 'ssh2'
import { Unreachable } from '../engine/connection.ts'
import { CIPHERS, COMPRESSION, HOST_KEYS, KEX, MACS } from './algorithms.ts'
import { hostKeyCheck } from './host-key.ts'
import { DEFAULT_GLOBAL_FILES, defaultUserFiles, type HostKeySource } from './host-key-source.ts'
import type { Identities } from './identities.ts'
import type { SshSettings } from './ssh-settings.ts'
import { at } from './tcp.ts'

const KEEPALIVE_SECONDS = 15
const KEEPALIVES_LOST = 4

/** node-ssh connects; the rest is done on the ssh2 connection that it holds, since its own exec cannot tell a lost connection from success. */
export async function login(ssh: NodeSSH, settings: SshSettings, identities: Identities, socket: Socket, stage: { now: string }): Promise<Client> {
  const check = hostKeyCheck(sourceOf(settings))
  let refusal: string | undefined
  let greeted = false
  socket.once('data', () => (greeted = true))
  try {
    await ssh.connect({
      sock: socket,
      username: settings.user,
      authHandler: [...identities.methods],
      algorithms: { kex: [...KEX], serverHostKey: check.algorithms(HOST_KEYS) as ServerHostKeyAlgorithm[], cipher: [...CIPHERS], hmac: [...MACS], compress: [...COMPRESSION] },
      hostVerifier: (key: Buffer) => {
        const verdict = check.verify(key)
        refusal = 'message' in verdict ? verdict.message : undefined
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

const sourceOf = ({ hostName, port, knownHostsFiles }: SshSettings): HostKeySource => {
  const files = knownHostsFiles.length > 0 ? { userFiles: knownHostsFiles, globalFiles: [] } : { userFiles: defaultUserFiles(), globalFiles: DEFAULT_GLOBAL_FILES }
  return { host: hostName, port, ...files, alias: undefined, ip: undefined, revokedHostKeys: undefined, strict: 'yes', hash: false, proxied: false }
}

function loginProblem(error: Error & { level?: string }, user: string, { tried }: Identities, greeted: boolean): string {
  if (error.level === 'client-authentication') return `permission denied for ${user} (tried ${tried})`
  if (error.level === 'agent') return `the agent failed: ${error.message}`
  if (/too many authentication failures/i.test(error.message)) return `it refused more keys than it allows for ${user} (tried ${tried}): name the right one with --private-key or ansible_ssh_private_key_file`
  if (!greeted) return `the connection was closed before sshd said a word: ${error.message} (too many connections at once? sshd's MaxStartups; try fewer --forks)`
  if (/no matching/i.test(error.message)) return `no common algorithm with its sshd: ${error.message}`
  return error.message
}
