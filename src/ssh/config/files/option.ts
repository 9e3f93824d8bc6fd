// What a command line says before the files do: -o and the flags of ssh(1) that stand for a keyword.
import { MailrunError } from '../../../core/mailrun-error.ts'
import { toBytes, fromBytes, lower } from './bytes.ts'
import { countingName } from '../keywords/keywords.ts'
import { hereOf } from '../machine.ts'
import { isSafeUser } from '../keywords/jump.ts'
import { Refusal } from './refusal.ts'
import { refused, setting, statementOf, type Statement } from './statement.ts'
import type { Origin } from '../values.ts'

/** The first that says a keyword counts, before the files. */
export interface SshOption {
  readonly statement: Statement & { readonly kind: 'set' | 'unknown' }
  readonly origin: Origin
}

/**
 * As `ssh -o` takes it: `Port=2222`, `Port 2222`. Undefined for a keyword that OpenSSH passes over.
 *
 * @param where - what an error names: `--ssh-common-args`, or the inventory's file:line.
 * @throws MailrunError
 * @example sshOption('ConnectTimeout=10', 'inventory/hosts.yml:7')
 */
export function sshOption(text: string, where: string): SshOption | undefined {
  const statement = statementOf(toBytes(text), where, hereOf())
  if (statement === undefined) return undefined
  if (statement.kind !== 'set' && statement.kind !== 'unknown')
    throw new MailrunError(`${statement.kind}: it cannot be given as an option, only in a file`, where)
  return { statement, origin: 'user' }
}

/**
 * A keyword with one argument that is taken as it stands, spaces and quotes too: `-p`, `-l`, `-i`, `-J` come to this.
 *
 * @throws MailrunError
 * @example sshValue('IdentityFile', '/home/anna/my keys/mail', '--private-key')
 */
export function sshValue(keyword: string, value: string, where: string): SshOption {
  return valueOption(countingName(lower(keyword)), toBytes(value), where, 'user')
}

function valueOption(keyword: string, value: string, where: string, origin: Origin): SshOption {
  try {
    const statement = setting(keyword, [value], value, where, hereOf())
    if (statement === undefined) throw new Refusal('OpenSSH 9.2 knows no such keyword')
    return { statement, origin }
  } catch (error) {
    if (error instanceof Refusal) throw refused(keyword, error, where)
    throw error
  }
}

/** Flags with an argument, by the keyword that each stands for. */
const WITH_VALUE: Readonly<Record<string, string>> = {
  p: 'port',
  l: 'user',
  i: 'identityfile',
  J: 'proxyjump',
  b: 'bindaddress',
  B: 'bindinterface',
  c: 'ciphers',
  m: 'macs',
  I: 'pkcs11provider',
  S: 'controlpath',
  e: 'escapechar',
}
/** Flags without one. */
const ALONE: Readonly<Record<string, readonly (readonly [string, string])[]>> = {
  '4': [['addressfamily', 'inet']],
  '6': [['addressfamily', 'inet6']],
  A: [['forwardagent', 'yes']],
  a: [['forwardagent', 'no']],
  C: [['compression', 'yes']],
  x: [['forwardx11', 'no']],
  X: [['forwardx11', 'yes']],
  Y: [
    ['forwardx11', 'yes'],
    ['forwardx11trusted', 'yes'],
  ],
  K: [
    ['gssapiauthentication', 'yes'],
    ['gssapidelegatecredentials', 'yes'],
  ],
  k: [['gssapidelegatecredentials', 'no']],
  T: [['requesttty', 'no']],
  q: [['loglevel', 'QUIET']],
  n: [['stdinnull', 'yes']],
  '2': [],
}

const SUPPORTED = ['o', 'F', ...Object.keys(WITH_VALUE), ...Object.keys(ALONE)].map((each) => `-${each}`).join(' ')

export interface SshArguments {
  readonly options: readonly SshOption[]
  /** After `-F`. */
  readonly file: string | undefined
}

/**
 * Words as ssh(1) takes them before its destination (`ansible_ssh_common_args`, split as a shell does).
 *
 * @throws MailrunError with `where` for a flag that stands for no keyword.
 * @example sshArguments(['-J', 'bastion', '-o', 'ConnectTimeout=10'], 'inventory/hosts.yml:7')
 */
export function sshArguments(words: readonly string[], where: string): SshArguments {
  const options: SshOption[] = []
  let file: string | undefined
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at]!
    if (!/^-[^-]/s.test(word)) throw new MailrunError(`${JSON.stringify(word)} is no option of ssh`, where)
    for (let rest = word.slice(1); rest !== ''; rest = rest.slice(1)) {
      const flag = rest[0]!
      const alone = Object.hasOwn(ALONE, flag) ? ALONE[flag] : undefined
      if (alone !== undefined) {
        options.push(...alone.map(([keyword, value]) => valueOption(keyword, value, where, 'user')))
        continue
      }
      if (flag !== 'o' && flag !== 'F' && !Object.hasOwn(WITH_VALUE, flag))
        throw new MailrunError(`-${flag} of ssh is not supported; supported are ${SUPPORTED}`, where)
      const value = rest.length > 1 ? rest.slice(1) : words[(at += 1)]
      if (value === undefined) throw new MailrunError(`-${flag} of ssh needs an argument`, where)
      if (flag === 'F') file = value
      else if (flag === 'o') options.push(...[sshOption(value, where)].filter((option) => option !== undefined))
      else options.push(valueOption(WITH_VALUE[flag]!, toBytes(value), where, flag === 'i' ? 'flag' : 'user'))
      break
    }
  }
  return { options, file }
}

/** @throws MailrunError for what OpenSSH does not take from a command line. */
export function checkUser(user: string, where: string): void {
  if (!isSafeUser(user)) {
    throw new MailrunError(
      `the user ${JSON.stringify(fromBytes(user))} holds characters that OpenSSH does not take from a command line`,
      where,
    )
  }
}
