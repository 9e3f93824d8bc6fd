// Parses options for ssh(1) in an inventory (`ansible_ssh_common_args`), and turns them into lines of an ssh_config.
import { MailrunError } from '../../core/mailrun-error.ts'
import { configLine, type ConfigLine } from './scan/config-line.ts'

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
const ALONE: Readonly<Record<string, readonly string[]>> = {
  '4': ['addressfamily inet'],
  '6': ['addressfamily inet6'],
  A: ['forwardagent yes'],
  a: ['forwardagent no'],
  C: ['compression yes'],
  x: ['forwardx11 no'],
  X: ['forwardx11 yes'],
  Y: ['forwardx11 yes', 'forwardx11trusted yes'],
  K: ['gssapiauthentication yes', 'gssapidelegatecredentials yes'],
  k: ['gssapidelegatecredentials no'],
  T: ['requesttty no'],
  q: ['loglevel QUIET'],
  n: ['stdinnull yes'],
  '2': [],
}

const SUPPORTED = ['o', 'F', ...Object.keys(WITH_VALUE), ...Object.keys(ALONE)].map((each) => `-${each}`).join(' ')

export interface SshArguments {
  /** As ssh is given them, without `-F`. */
  readonly words: readonly string[]
  /** After `-F`. */
  readonly file: string | undefined
  readonly lines: readonly ConfigLine[]
}

/**
 * What the options mean is for ssh to say.
 *
 * @throws MailrunError with `where` for a flag that stands for no keyword.
 * @example sshArguments(['-J', 'bastion', '-o', 'ConnectTimeout=10'], 'inventory/hosts.yml:7')
 */
export function sshArguments(given: readonly string[], where: string): SshArguments {
  const words: string[] = []
  const lines: ConfigLine[] = []
  let file: string | undefined
  for (let at = 0; at < given.length; at += 1) {
    const word = given[at]!
    if (!/^-[^-]/s.test(word)) throw new MailrunError(`${JSON.stringify(word)} is no option of ssh`, where)
    for (let rest = word.slice(1); rest !== ''; rest = rest.slice(1)) {
      const flag = rest[0]!
      if (Object.hasOwn(ALONE, flag)) {
        words.push(`-${flag}`)
        lines.push(...ALONE[flag]!.map((text) => configLine(text, where)!))
        continue
      }
      if (flag !== 'o' && flag !== 'F' && !Object.hasOwn(WITH_VALUE, flag))
        throw new MailrunError(`-${flag} of ssh is not supported; supported are ${SUPPORTED}`, where)
      const value = rest.length > 1 ? rest.slice(1) : given[(at += 1)]
      if (value === undefined) throw new MailrunError(`-${flag} of ssh needs an argument`, where)
      if (flag === 'F') file = value
      else {
        words.push(...(flag === 'i' ? identity(value) : [`-${flag}`, value]))
        lines.push(...lineOf(flag, value, where))
      }
      break
    }
  }
  return { words, file, lines }
}

/** `-i` of a file that is missing ssh would pass over. */
const identity = (path: string): readonly string[] => ['-o', optionOf('IdentityFile', path)]

/** A keyword with one argument, whatever is in it. */
export const optionOf = (keyword: string, value: string): string => `${keyword}="${value.replace(/["\\]/g, '\\$&')}"`

function lineOf(flag: string, value: string, where: string): readonly ConfigLine[] {
  if (flag === 'o') return [configLine(value, where) ?? []].flat()
  return [{ keyword: WITH_VALUE[flag]!, words: [value], rest: value, where }]
}
