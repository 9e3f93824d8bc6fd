// How a host is reached, from its ansible_* keys.
import { homedir } from 'node:os'
import { resolve } from 'node:path'
import type { HostAddress, Var } from '../model/host.ts'
import { MailrunError } from '../model/mailrun-error.ts'
import { Secret } from '../shell/secret.ts'
import { nearest } from '../text/nearest.ts'

const KEYS = [
  'ansible_host', 'ansible_port', 'ansible_user', 'ansible_ssh_private_key_file', 'ansible_become', 'ansible_become_method', 'ansible_become_user', 'ansible_become_password', 'ansible_become_pass',
  'ansible_connection', 'ansible_ssh_common_args', 'ansible_python_interpreter',
] as const
type Key = (typeof KEYS)[number]

/**
 * Ansible's keys under Ansible's names; `ansible_python_interpreter` is passed over, for no Python is needed.
 *
 * @throws MailrunError with file:line for a key that is not known, or a value that is not supported.
 */
export function addressOf(name: string, vars: ReadonlyMap<string, Var>): HostAddress {
  for (const [key, { where }] of vars) {
    if (!key.startsWith('ansible_') || (KEYS as readonly string[]).includes(key)) continue
    const near = nearest(key, KEYS)
    throw new MailrunError(`${key} is not supported${near ? `: did you mean ${near}?` : `; supported are ${KEYS.join(', ')}`}`, where)
  }
  const text = (key: Key): string | undefined => {
    const found = vars.get(key)
    if (found === undefined || found.value === null) return undefined
    if (typeof found.value === 'string' && found.value !== '') return found.value
    throw new MailrunError(`${key} must be a text, got ${JSON.stringify(found.value)}`, found.where)
  }
  const only = (key: Key, wanted: readonly string[]): void => {
    const value = text(key)
    if (value !== undefined && !wanted.includes(value)) throw new MailrunError(`${key} must be ${wanted.join(' or ')}, got ${JSON.stringify(value)}`, vars.get(key)!.where)
  }
  only('ansible_connection', ['ssh', 'smart', 'paramiko'])
  only('ansible_become_method', ['sudo'])
  only('ansible_become_user', ['root'])
  const password = text('ansible_become_password') ?? text('ansible_become_pass')
  const key = text('ansible_ssh_private_key_file')
  const host = text('ansible_host') ?? name
  if (/[\s/@]|^-/.test(host)) throw new MailrunError(`ansible_host must be a name or an address, got ${JSON.stringify(host)}`, vars.get('ansible_host')?.where)
  return {
    address: host,
    port: portOf(vars.get('ansible_port')),
    user: text('ansible_user'),
    privateKeyFile: key === undefined ? undefined : absolute(key),
    knownHostsFiles: knownHostsOf(vars.get('ansible_ssh_common_args')),
    become: becomeOf(vars.get('ansible_become')),
    becomePassword: password === undefined ? undefined : new Secret(password),
  }
}

/** `~` is the controller's home; a relative path is looked up from where mailrun runs. */
export const absolute = (path: string): string => resolve(path.replace(/^~(?=\/|$)/, homedir()))

function portOf(port: Var | undefined): number {
  if (port === undefined) return 22
  const number = typeof port.value === 'string' && /^\d+$/.test(port.value) ? Number(port.value) : port.value
  if (typeof number === 'number' && Number.isInteger(number) && number > 0 && number < 65536) return number
  throw new MailrunError(`ansible_port must be a number from 1 to 65535, got ${JSON.stringify(port.value)}`, port.where)
}

function becomeOf(become: Var | undefined): boolean {
  if (become === undefined) return false
  if (typeof become.value === 'boolean') return become.value
  const word = String(become.value).toLowerCase()
  if (['yes', 'true', '1'].includes(word)) return true
  if (['no', 'false', '0'].includes(word)) return false
  throw new MailrunError(`ansible_become must be true or false, got ${JSON.stringify(become.value)}`, become.where)
}

/** ssh_config(5): UserKnownHostsFile takes several files. */
function knownHostsOf(args: Var | undefined): readonly string[] {
  if (args === undefined) return []
  const words = String(args.value).match(/"[^"]*"|'[^']*'|\S+/g)?.map((word) => word.replace(/^(["'])(.*)\1$/, '$2')) ?? []
  const files: string[] = []
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index]!
    const option = word === '-o' ? words[(index += 1)] : word.startsWith('-o') ? word.slice(2) : undefined
    const [, key, value] = /^([^=\s]+)(?:=|\s+)(.+)$/.exec(option ?? '') ?? []
    if (key?.toLowerCase() === 'userknownhostsfile' && value) files.push(...value.replace(/^(["'])(.*)\1$/, '$2').split(/\s+/).map(absolute))
    else if (key?.toLowerCase() !== 'stricthostkeychecking' || value !== 'yes') {
      throw new MailrunError(`ansible_ssh_common_args: ${option ?? word} is not supported; -o UserKnownHostsFile=FILE is`, args.where)
    }
  }
  return files
}
