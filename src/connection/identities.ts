// The keys to log in with: the one that the inventory names, else the agent's and the default identities.
import { readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { Unreachable } from '../engine/connection.ts'
import type { SshSettings } from './ssh-settings.ts'

export type Method = { readonly type: 'publickey'; readonly username: string; readonly key: string } | { readonly type: 'agent'; readonly username: string; readonly agent: string }

export interface Identities {
  readonly methods: readonly Method[]
  /** What was tried, in words. */
  readonly tried: string
}

const AGENT_MILLISECONDS = 2000
const DEFAULTS = ['id_ed25519', 'id_ecdsa', 'id_rsa']

/** @throws Unreachable where the named key cannot be used, or there is none at all. */
export async function identitiesOf({ privateKeyFile: file, user: username }: SshSettings): Promise<Identities> {
  const { utils } = (await import('ssh2')).default
  const usable = (text: string): string | undefined => {
    const parsed = utils.parseKey(text)
    return parsed instanceof Error ? parsed.message : undefined
  }
  const agent = process.env['SSH_AUTH_SOCK']
  const answers = agent !== undefined && agent !== '' && (await agentAnswers(agent))
  const agentMethod: readonly Method[] = answers ? [{ type: 'agent', username, agent }] : []
  if (file !== undefined) {
    const key = readKey(file)
    if (key instanceof Error) throw new Unreachable(`the private key ${file} cannot be read: ${key.message}`)
    const wrong = usable(key)
    if (wrong === undefined) return { methods: [{ type: 'publickey', username, key }], tried: file }
    if (!/encrypted|passphrase/i.test(wrong)) throw new Unreachable(`${file} holds no private key that can be used: ${wrong}`)
    if (agentMethod.length === 0) throw new Unreachable(`the private key ${file} has a passphrase: add it to an agent (ssh-add ${file})`)
    return { methods: agentMethod, tried: `the agent (${file} has a passphrase)` }
  }
  const defaults = DEFAULTS.map((name) => join(homedir(), '.ssh', name)).flatMap((path) => {
    const key = readKey(path)
    return key instanceof Error || usable(key) !== undefined ? [] : [{ path, key }]
  })
  // sshd ends the connection after a few refused keys (MaxAuthTries): an agent may hold many.
  const methods = [...defaults.map(({ key }): Method => ({ type: 'publickey', username, key })), ...agentMethod]
  const tried = [...defaults.map(({ path }) => path), ...(agent ? [answers ? 'the agent' : 'the agent, which does not answer'] : [])].join(', ')
  if (methods.length === 0) throw new Unreachable(`there is no key to log in with: ${agent ? `the agent does not answer (SSH_AUTH_SOCK=${agent})` : 'no agent'}, none of ~/.ssh/${DEFAULTS.join(', ')}: name one with --private-key or ansible_ssh_private_key_file`)
  return { methods, tried }
}

const agents = new Map<string, Promise<boolean>>()

/** Asked once: a dead agent is as good as none, as OpenSSH has it. */
function agentAnswers(path: string): Promise<boolean> {
  const known = agents.get(path)
  if (known) return known
  const asked = new Promise<boolean>((resolve) => {
    const socket = connect(path)
    const end = (answers: boolean): void => {
      socket.destroy()
      resolve(answers)
    }
    socket.once('connect', () => end(true))
    socket.once('error', () => end(false))
    socket.setTimeout(AGENT_MILLISECONDS, () => end(false))
  })
  agents.set(path, asked)
  return asked
}

function readKey(path: string): string | Error {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    return error as Error
  }
}
