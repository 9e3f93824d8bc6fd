// ProxyJump: [user@]host[:port] and ssh:// URIs, with commas between them (readconf.c, misc.c).
import { lower } from '../files/bytes.ts'
import { portNumber } from './numbers.ts'

/** Bytes; user and port are undefined where they are not said. */
export interface Hop {
  readonly user: string | undefined
  readonly host: string
  readonly port: number | undefined
}

/** The hops from the first to the last, or undefined where OpenSSH refuses them. */
export function hopsOf(text: string): readonly Hop[] | undefined {
  const hops = text.split(',').map(hopOf)
  return hops.every((hop) => hop !== undefined) ? hops : undefined
}

/** `destination` of ssh(1) in a ProxyJump, or what ssh:// gives. */
function hopOf(text: string): Hop | undefined {
  return text.startsWith('ssh://') ? uriOf(text) : plainHop(text)
}

/** Undefined for a URI that OpenSSH refuses. */
export function uriOf(uri: string): Hop | undefined {
  const [, before, after = ''] = /^ssh:\/\/(?:([^@]*)@)?(.*)$/s.exec(uri)!
  const user = before === undefined ? undefined : decoded(before.replace(/;.*$/s, ''))
  if (before !== undefined && (user === undefined || user === '')) return undefined
  const split = hostAndRest(after)
  if (split === undefined) return undefined
  const host = isDomain(split.host)
  if (host === undefined) return undefined
  const [, portText = '', path = ''] =
    split.delimiter === ':' ? /^([^/]*)(?:\/(.*))?$/s.exec(split.rest)! : ['', '', split.rest]
  const hasPort = split.delimiter === ':' && split.rest !== ''
  const port = hasPort ? portNumber(portText) : undefined
  if (hasPort && (port === undefined || port <= 0)) return undefined
  if (path !== '') return undefined
  return { user, host, port }
}

function plainHop(text: string): Hop | undefined {
  const at = text.lastIndexOf('@')
  if (at === 0) return undefined
  const split = hostAndRest(text.slice(at + 1))
  if (split === undefined || split.delimiter === '/') return undefined
  const port = split.rest === '' ? undefined : portNumber(split.rest)
  if (split.rest !== '' && (port === undefined || port <= 0)) return undefined
  return { user: at < 0 ? undefined : text.slice(0, at), host: split.host, port }
}

/** hpdelim2() and cleanhostname(): an address in brackets comes without them. */
export function hostAndRest(
  text: string,
): { readonly host: string; readonly delimiter: string; readonly rest: string } | undefined {
  const end = text.startsWith('[') ? text.indexOf(']') + 1 : text.search(/[:/]|$/)
  if (text.startsWith('[') && end === 0) return undefined
  const host = text.slice(0, end)
  const delimiter = text[end] ?? ''
  if (host === '' || !['', ':', '/'].includes(delimiter)) return undefined
  return { host: /^\[.*\]$/s.test(host) ? host.slice(1, -1) : host, delimiter, rest: text.slice(end + 1) }
}

/** valid_domain(): without the dot at its end, or undefined. */
export function isDomain(name: string): string | undefined {
  return /^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(name) && !name.includes('..') ? name.replace(/\.$/, '') : undefined
}

function decoded(text: string): string | undefined {
  if (/%(?![0-9A-Fa-f]{2})|%00/.test(text)) return undefined
  return text.replaceAll('+', ' ').replace(/%(..)/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)))
}

/** A name that is all digits and dots, or has a colon, is an address. */
const bracketed = (host: string): string => (host.includes(':') || /^[0-9.]*$/.test(host) ? `[${host}]` : host)

/** As `ssh -G` prints a hop. */
export const hopText = ({ user, host, port }: Hop): string =>
  `${user === undefined ? '' : `${user}@`}${bracketed(host)}${port === undefined ? '' : `:${port}`}`

/** What OpenSSH takes from a command line as a host; a shell may see it. */
export const isSafeHost = (host: string): boolean =>
  !host.startsWith('-') && !/['`"$\\;&<>|(){},\x00-\x20\x7f]/.test(host)

/** What OpenSSH takes from a command line as a user. */
export const isSafeUser = (user: string): boolean =>
  !user.startsWith('-') && !/['`";&<>|(){}\x00-\x1f\x7f]| -|\\$/.test(user)

export const isNone = (text: string): boolean => lower(text) === 'none'
