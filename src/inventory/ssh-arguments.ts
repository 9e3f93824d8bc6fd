// Reads arguments for ssh(1), as inventories and flags give them, into options.
import type { SshOption } from '../model/host.ts'
import { MailrunError } from '../model/mailrun-error.ts'
import { nearest } from '../text/nearest.ts'
import { shellWords } from '../text/shell-words.ts'

/** Flags with a value, and the keyword that they stand for. */
const WITH_VALUE: Readonly<Record<string, string>> = {
  b: 'BindAddress', B: 'BindInterface', c: 'Ciphers', i: 'IdentityFile', I: 'PKCS11Provider', J: 'ProxyJump', l: 'User', m: 'MACs', p: 'Port', S: 'ControlPath',
}
/** Flags without one; empty: no matter here. */
const ALONE: Readonly<Record<string, readonly [keyword: string, value: string] | undefined>> = {
  4: ['AddressFamily', 'inet'], 6: ['AddressFamily', 'inet6'], a: ['ForwardAgent', 'no'], A: ['ForwardAgent', 'yes'], C: ['Compression', 'yes'], k: ['GSSAPIDelegateCredentials', 'no'], K: ['GSSAPIAuthentication', 'yes'],
  q: undefined, T: undefined, t: undefined, v: undefined, x: undefined, X: undefined, Y: undefined, n: undefined, M: undefined,
}

/** @param text - words as a shell would split them, `-o UserKnownHostsFile=/srv/known_hosts -J bastion`. @throws MailrunError for what ssh does not take, or takes for something else than a connection to one host */
export function sshArguments(text: string, what: string, where: string): readonly SshOption[] {
  const wrong = (message: string): MailrunError => new MailrunError(`${what}: ${message}`, where)
  let words: readonly string[]
  try {
    words = shellWords(text, { comments: false })
  } catch (error) {
    throw wrong((error as Error).message)
  }
  const options: SshOption[] = []
  const add = (keyword: string, value: string): unknown => options.push({ keyword, value, where })
  const rest = [...words]
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    if (word.trim() === '') continue
    if (!/^-[^-]/.test(word)) throw wrong(`only options of ssh can be given here, got ${JSON.stringify(word)}`)
    for (let letters = word.slice(1); letters !== ''; letters = letters.slice(1)) {
      const letter = letters[0]!
      if (letter in ALONE) {
        const option = ALONE[letter]
        if (option) add(...option)
        continue
      }
      if (letter !== 'o' && !(letter in WITH_VALUE)) {
        throw wrong(letter === 'F' ? 'another configuration is given by --ssh-config FILE, for the whole run' : `-${letter} is not supported: give options as -o Keyword=value`)
      }
      const value = letters.slice(1) || rest.shift()
      if (value === undefined || value === '') throw wrong(`-${letter} wants a value`)
      if (letter === 'o') add(...option(value, wrong))
      else add(WITH_VALUE[letter]!, letter === 'i' ? quoted(value) : value)
      break
    }
  }
  return options
}

/** `Keyword=value` or `Keyword value`, as a line of ssh_config. */
function option(text: string, wrong: (message: string) => MailrunError): readonly [string, string] {
  const [, keyword, value] = /^\s*(\w+)(?:\s*=\s*|\s+)(.*\S)\s*$/.exec(text) ?? []
  if (keyword === undefined || value === undefined) {
    const near = nearest(text, ['User', 'Port', 'ProxyJump', 'IdentityFile', 'UserKnownHostsFile'])
    throw wrong(`-o wants Keyword=value, got ${JSON.stringify(text)}${near ? `: did you mean ${near}=…?` : ''}`)
  }
  return [keyword, value]
}

/** A path as one word of ssh_config(5). */
export const quoted = (path: string): string => (/[\s"#]/.test(path) ? `"${path.replace(/["\\]/g, '\\$&')}"` : path)
