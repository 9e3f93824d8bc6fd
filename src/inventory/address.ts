// How a host is reached, from its ansible_* keys.
import { homedir } from 'node:os'
import { resolve } from 'node:path'
import type { Become, HostAddress, SshWords, Var } from '../core/fleet/host.ts'
import { MailrunError } from '../core/mailrun-error.ts'
import { Secret } from '../shell/secret.ts'
import { sshArguments } from '../ssh/config/ssh-words.ts'
import { nearest } from '../text/nearest.ts'
import { shellWords } from '../text/shell-words.ts'
import { ADDRESS, CONNECTION_KEYS, NAMES, NO, ofMethod, RANGES, YES, type Setting } from './connection-keys.ts'

interface Said extends Var {
  readonly key: string
}

/**
 * Ansible's keys under Ansible's names; those of no use here (Python, pipelining) are passed over.
 *
 * @throws MailrunError with file:line for a key that is not known, or a value that is not supported.
 */
export function addressOf(name: string, vars: ReadonlyMap<string, Var>): HostAddress {
  for (const [key, { where, value }] of vars) if (key.startsWith('ansible_')) check(key, value, where)
  const said = (setting: Setting, own?: string): Said | undefined =>
    [...NAMES[setting], ...(own === undefined ? [] : [own])].flatMap((key) => saidIn(vars, key)).at(-1)
  const text = (setting: Setting): string | undefined => textOf(said(setting))
  const args = (setting: Setting): SshWords => argumentsOf(said(setting))
  const address = text('address') ?? name
  if (!ADDRESS.test(address)) {
    throw new MailrunError(
      `ansible_host must be a name or an address, got ${JSON.stringify(address)}`,
      said('address')?.where,
    )
  }
  const checking = said('hostKeyChecking')
  if (checking !== undefined && !truth(checking)) {
    throw new MailrunError(
      `${checking.key}: host keys are always verified; --accept-new records those of new hosts`,
      checking.where,
    )
  }
  const connection = text('connection')
  const key = text('privateKeyFile')
  const token = said('pkcs11Provider')
  return {
    connection: connection === 'openssh' || connection === 'local' ? connection : 'auto',
    address,
    port: numberOf(said('port'), RANGES.port),
    user: text('user'),
    privateKeyFile: key === undefined ? undefined : absolute(key),
    password: secretOf(said('password')),
    privateKeyPassphrase: secretOf(said('privateKeyPassphrase')),
    sshArgs: args('sshArgs'),
    sshExtraArgs: joined([
      ...(token === undefined ? [] : [{ words: ['-I', textOf(token)!], where: token.where }]),
      args('sshCommonArgs'),
      args('sshExtraArgs'),
    ]),
    sshExecutable: text('sshExecutable'),
    connectSeconds: numberOf(said('connectSeconds'), RANGES.seconds),
    retries: numberOf(said('retries'), RANGES.count),
    become: becomeOf(said),
  }
}

/** `~` is the controller's home; a relative path is looked up from where mailrun runs. */
export const absolute = (path: string): string => resolve(path.replace(/^~(?=\/|$)/, homedir()))

/** `--ssh-config`, as ssh takes it after -F. */
export const sshConfigFile = (file: string | undefined): string | undefined =>
  file === undefined || file === 'none' ? file : absolute(file)

function check(name: string, value: unknown, where: string): void {
  const known = CONNECTION_KEYS[name]
  if (known === undefined || !Object.hasOwn(CONNECTION_KEYS, name)) {
    const near = nearest(name, Object.keys(CONNECTION_KEYS))
    const hint = near
      ? `did you mean ${near}?`
      : 'docs/connections.md has the ansible_ keys that say how a host is reached; ' +
        'a var of your own needs another name'
    throw new MailrunError(`${name} is not supported: ${hint}`, where)
  }
  if (known.values && value !== null && !known.values.includes(value as string))
    throw new MailrunError(`${name} must be ${known.values.join(' or ')}, got ${JSON.stringify(value)}`, where)
}

const saidIn = (vars: ReadonlyMap<string, Var>, key: string): readonly Said[] => {
  const found = vars.get(key)
  if (found === undefined) return []
  return found.value === null ? [] : [{ ...found, key }]
}

/** A number is a text here, as Ansible has it: a user may be called 1000. */
function textOf(said: Said | undefined): string | undefined {
  if (said === undefined) return undefined
  const { key, value, where } = said
  if (value instanceof Secret) return textOf({ ...said, value: (value as Secret).reveal() })
  if (typeof value === 'string' && value !== '') return value
  if (Number.isSafeInteger(value)) return String(value)
  const isSecret = CONNECTION_KEYS[key]?.kind === 'secret'
  throw new MailrunError(`${key} must be a text, got ${isSecret ? hiddenText(value) : JSON.stringify(value)}`, where)
}

const hiddenText = (value: unknown): string => (value === '' ? 'an empty one' : `a ${typeof value}`)

const secretOf = (said: Said | undefined): Secret | undefined => {
  const text = textOf(said)
  return text === undefined ? undefined : new Secret(text)
}

/** Ansible takes an empty text for none. @throws MailrunError for what ssh would not take */
function argumentsOf(said: Said | undefined): SshWords {
  const text = said?.value === '' ? undefined : textOf(said)
  if (said === undefined || text === undefined) return { words: [], where: '' }
  const where = `${said.where}: ${said.key}`
  try {
    const words = shellWords(text, { comments: false }).filter((word) => word.trim() !== '')
    sshArguments(words, where)
    return { words, where }
  } catch (error) {
    throw error instanceof MailrunError ? error : new MailrunError((error as Error).message, where)
  }
}

const joined = (parts: readonly SshWords[]): SshWords => ({
  words: parts.flatMap(({ words }) => words),
  where: parts.find(({ words }) => words.length > 0)?.where ?? '',
})

function numberOf(said: Said | undefined, [least, most]: readonly [number, number]): number | undefined {
  if (said === undefined) return undefined
  const number = typeof said.value === 'string' && /^\d+$/.test(said.value) ? Number(said.value) : said.value
  const isInteger = typeof number === 'number' && Number.isInteger(number)
  if (isInteger && number >= least && number <= most) return number
  throw new MailrunError(
    `${said.key} must be a number from ${least} to ${most}, got ${JSON.stringify(said.value)}`,
    said.where,
  )
}

function truth({ key, value, where }: Said): boolean {
  const word = wordOf(value).toLowerCase()
  if (YES.includes(word)) return true
  if (NO.includes(word)) return false
  throw new MailrunError(`${key} must be true or false, got ${JSON.stringify(value)}`, where)
}

/** Empty for what is no single value. */
function wordOf(value: unknown): string {
  switch (typeof value) {
    case 'string':
    case 'number':
    case 'boolean':
    case 'bigint':
      return String(value)
    default:
      return ''
  }
}

/** They travel through the login shell, whichever it is, and two more. */
function plain(words: readonly string[], { key, where }: Said): readonly string[] {
  const odd = words.find((word) => /['"\\$`!\p{Cc}]/u.test(word))
  if (odd === undefined) return words
  throw new MailrunError(`${key} must be plain words, without any of ' " \\ $ \` !, got ${JSON.stringify(odd)}`, where)
}

function becomeOf(said: (setting: Setting, own?: string) => Said | undefined): Become | undefined {
  const become = said('become')
  if (become === undefined || !truth(become)) return undefined
  const method = (textOf(said('becomeMethod')) ?? 'sudo') as Become['method']
  const own = ofMethod(method)
  const user = said('becomeUser', own.becomeUser)
  const flags = said('becomeFlags', own.becomeFlags)
  const name = textOf(user) ?? 'root'
  // As useradd(8) allows them; also, no text that sudo or a login shell would take for something else.
  if (!/^[A-Za-z_][\w.-]*\$?$|^#?\d+$/.test(name))
    throw new MailrunError(`${user!.key} must be the name of a user, got ${JSON.stringify(name)}`, user?.where)
  if (name.startsWith('#') && method !== 'sudo')
    throw new MailrunError(`${user!.key}: ${method} takes the name of a user, got ${JSON.stringify(name)}`, user?.where)
  const words = (from: Said | undefined): readonly string[] =>
    from === undefined || from.value === '' ? [] : plain(shellWords(textOf(from)!, { comments: false }), from)
  // It may be several words: `sudo su -`.
  const program = words(said('becomeExecutable', own.becomeExecutable))
  return {
    method,
    user: name,
    executable: program.length === 0 ? undefined : program.join(' '),
    flags: words(flags),
    password: secretOf(said('becomePassword', own.becomePassword)),
  }
}
