// Expands TOKENS, environment variables and `~` in values of ssh_config(5), as misc.c of OpenSSH does.
import { createHash } from 'node:crypto'
import { MailrunError } from '../../core/mailrun-error.ts'
import { hereOf, homeOf } from './here.ts'

/** Values by letter. */
export type Tokens = Readonly<Record<string, string>>

/** The values that differ between destinations. */
export interface TokenSource {
  /** As given. */
  readonly given: string
  readonly hostName: string
  readonly user: string
  readonly port: string
  readonly hostKeyAlias: string | undefined
  /** The last hop of ProxyJump, the value of `%j`; empty without one. */
  readonly jump: string
}

/** How `%C` is computed: since OpenSSH 9.6 with the jump host. */
export const HASHED = ['without the jump host', 'with the jump host'] as const

/**
 * Every token of ssh_config(5), TOKENS, except those that are known only when a connection exists.
 */
export function tokensOf(
  { given, hostName, user, port, hostKeyAlias, jump }: TokenSource,
  hashed: (typeof HASHED)[number],
): Tokens {
  const here = hereOf()
  const parts = [here.hostName, hostName, port, user, ...(hashed === 'with the jump host' ? [jump] : [])]
  return {
    ...ownTokens(),
    // Few files use it, and it takes longer than all others.
    get C() {
      return createHash('sha1').update(parts.join('')).digest('hex')
    },
    h: hostName,
    j: jump,
    k: hostKeyAlias ?? given,
    n: given,
    p: port,
    r: user,
  }
}

/** The tokens that are the same for every destination. */
function ownTokens(): Tokens {
  const { user, home, uid, hostName } = hereOf()
  return { L: hostName.replace(/\..*$/s, ''), d: home, i: String(uid), l: hostName, u: user }
}

/** Whether a text contains a token that may differ between destinations. */
export const namesDestination = (text: string): boolean => /%[^%Ldilu]|%$/.test(text.replaceAll('%%', ''))

/** @throws MailrunError for an unknown token, or a `%` at the end. */
export const expandTokens = (text: string, tokens: Tokens): string => expand(text, tokens, false)

/** A path: `~`, tokens and variables. @throws MailrunError */
export const expandPath = (path: string, tokens: Tokens): string => expand(withHome(path), tokens, true)

/** Tokens and variables. @throws MailrunError as `expandTokens`, and for a variable that is not set or has no end. */
export const expandAll = (text: string, tokens: Tokens): string => expand(text, tokens, true)

function expand(text: string, tokens: Tokens, withVariables: boolean): string {
  let expanded = ''
  for (let at = 0; at < text.length; at += 1) {
    const char = text[at]!
    if (withVariables && char === '$' && text[at + 1] === '{') {
      const end = text.indexOf('}', at)
      expanded += variable(end < 0 ? '' : text.slice(at + 2, end), text)
      at = end
    } else if (char === '%') {
      at += 1
      expanded += token(text[at], tokens, text)
    } else expanded += char
  }
  return expanded
}

function variable(name: string, text: string): string {
  if (name === '') throw new MailrunError(`${shown(text)} holds an environment variable without a name or a closing }`)
  const value = process.env[name]
  if (value === undefined) throw new MailrunError(`the environment variable ${name} is not set (in ${shown(text)})`)
  return value
}

function token(letter: string | undefined, tokens: Tokens, text: string): string {
  if (letter === undefined) throw new MailrunError(`${shown(text)} ends in a single %; write %% for a %`)
  if (letter === '%') return '%'
  if (Object.hasOwn(tokens, letter)) return tokens[letter]!
  const known = Object.keys(tokens).map((each) => `%${each}`)
  throw new MailrunError(`%${letter} is no token here (in ${shown(text)}); there are ${known.join(' ')} and %%`)
}

/** @throws MailrunError if there is no such user. */
function withHome(path: string): string {
  if (!path.startsWith('~')) return path
  const [, user = '', rest = ''] = /^~([^/]*)\/*(.*)$/s.exec(path)!
  const home = user === '' ? hereOf().home : homeOf(user)
  if (home === undefined) throw new MailrunError(`there is no user ${shown(user)} (in ${shown(path)})`)
  // The path of a home may contain something that looks like a token.
  return `${home.endsWith('/') ? home : `${home}/`}`.replaceAll('%', '%%') + rest
}

const shown = (text: string): string => JSON.stringify(text)
