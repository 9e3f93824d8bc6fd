// Sockets of milters: parses where Postfix asks and where a milter listens, and compares them.
import { isIPv4, isIPv6 } from 'node:net'
import type { Untrusted } from '../../shell/untrusted.ts'
import type { HostNames } from '../postfix/settings/sources.ts'

export type Endpoint =
  /** `path` is absolute, and is the path outside of any chroot. */
  | { readonly kind: 'unix'; readonly path: string }
  /** `host` as written, in lower case and without brackets: a name or an address. */
  | { readonly kind: 'inet'; readonly host: string; readonly port: string }
  /** Postfix cannot connect to it, and treats mail as for a dead milter; or the service of Postfix stops. */
  | { readonly kind: 'refused'; readonly why: string; readonly means?: Endpoint; readonly stops?: true }
  /** Nobody can know which socket this is. */
  | { readonly kind: 'unknown'; readonly why: string }

export interface AskedFrom {
  readonly chroot: boolean
  /** Postfix's queue_directory. Relative paths, and all paths inside a chroot, begin there. */
  readonly queueDirectory: Untrusted
}

/** The socket of a milter in a list of Postfix, such as `inet:localhost:8891` (milter8_connect of Postfix). */
export function endpointOf(milter: Untrusted, { chroot, queueDirectory }: AskedFrom): Endpoint {
  if (milter.includes('$')) return { kind: 'unknown', why: `mailrun does not know the value of ${milter}` }
  const colon = milter.indexOf(':')
  const [transport, rest] = [milter.slice(0, colon), milter.slice(colon + 1)]
  if (colon < 1 || rest === '') return { kind: 'refused', why: 'it is no TRANSPORT:ENDPOINT' }
  switch (transport) {
    case 'unix':
    case 'local':
      return { kind: 'unix', path: plainPath(chroot || !rest.startsWith('/') ? `${queueDirectory}/${rest}` : rest) }
    case 'inet':
      return inetOf(rest)
    case 'inet6':
      return { kind: 'refused', why: 'Postfix has no transport inet6: it is inet: for IPv6, too', means: inetOf(rest) }
    default:
      return { kind: 'refused', why: `Postfix has no transport ${transport}: it is inet: or unix:` }
  }
}

/** `host:port`, `[host]:port`, `:port`, `port` (host_port(3) of Postfix). */
function inetOf(text: Untrusted): Endpoint {
  const bracket = /^\[([^\]]*)\](?::(.*))?$/s.exec(text)
  const colon = text.lastIndexOf(':')
  const [host, port] = bracket
    ? [bracket[1]!.replace(/^ipv6:/i, ''), bracket[2] ?? '']
    : [text.slice(0, Math.max(colon, 0)) || 'localhost', text.slice(colon + 1)]
  if (host === '' || port === '') return { kind: 'refused', why: 'its host or its port is missing' }
  return { kind: 'inet', host: host.toLowerCase(), port }
}

/**
 * The socket at which a milter listens, in the form of libmilter (mi_milteropen): `inet:8891@localhost`,
 * `local:/run/x.sock`. Names are looked up in /etc/hosts: `inet:` listens at one IPv4 address, `inet6:` at one IPv6
 * address.
 */
export function endpointOfSocket(socket: Untrusted, { hosts }: HostNames): Endpoint {
  const [, kind = 'local', rest = ''] = /^(?:([^:/]*):)?(.*)$/s.exec(socket) ?? []
  const word = kind.toLowerCase()
  if (word === 'local' || word === 'unix') return { kind: 'unix', path: plainPath(rest) }
  if (word !== 'inet' && word !== 'inet6') return { kind: 'unknown', why: `libmilter has no socket ${kind}:` }
  const at = rest.indexOf('@')
  const port = at < 0 ? rest : rest.slice(0, at)
  const written = (at < 0 ? '' : rest.slice(at + 1)).replace(/^\[(?:ipv6:)?(.*)\]$/i, '$1').toLowerCase()
  const isOfFamily = word === 'inet' ? isIPv4 : isIPv6
  const host = written === '' ? (word === 'inet' ? '0.0.0.0' : '::') : written
  return { kind: 'inet', host: addressesOf(host, hosts).find(isOfFamily) ?? host, port }
}

/**
 * Whether a client that connects to `asked` reaches the milter that listens at `listens`. A client tries all addresses
 * of a name, so `localhost` reaches a milter at 127.0.0.1 and one at ::1. These two addresses are the same only if the
 * client uses a name, or if the daemon listens at all addresses. A name that only DNS knows equals only itself.
 */
export function sameSocket(asked: Endpoint, listens: Endpoint, host: HostNames): boolean {
  if (asked.kind === 'refused') return asked.means !== undefined && sameSocket(asked.means, listens, host)
  if (asked.kind === 'unix') return listens.kind === 'unix' && asked.path === listens.path
  if (asked.kind !== 'inet' || listens.kind !== 'inet' || asked.port !== listens.port) return false
  if (asked.host === listens.host) return true
  const [from, at] = [asked, listens].map((each) => addressesOf(each.host, host.hosts).map(reached)) as [
    string[],
    string[],
  ]
  if (listens.host === '0.0.0.0')
    return isOwnName(asked.host, host) || from.some((each) => isOwn(each, host) && isIPv4(each))
  if (listens.host === '::') return isOwnName(asked.host, host) || from.some((each) => isOwn(each, host))
  return from.some((each) => at.includes(each))
}

const isOwnName = (name: Untrusted, { own }: HostNames): boolean => own.some((each) => each.toLowerCase() === name)

const isOwn = (address: Untrusted, { addresses }: HostNames): boolean =>
  address.startsWith('127.') || address === '::1' || [...addresses].some((each) => reached(each) === address)

/** A connection to "all addresses" reaches the loopback address. */
function reached(address: Untrusted): string {
  if (address === '0.0.0.0') return '127.0.0.1'
  if (!isIPv6(address)) return address
  const plain = new URL(`http://[${address.replace(/%.*/s, '')}]`).hostname.slice(1, -1)
  if (plain === '::') return '::1'
  const mapped = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(plain)
  if (mapped === null) return plain
  const [high, low] = [Number.parseInt(mapped[1]!, 16), Number.parseInt(mapped[2]!, 16)]
  return [high >> 8, high & 255, low >> 8, low & 255].join('.')
}

/** An address has itself, a name has its addresses in /etc/hosts, and `localhost` always has those of the loopback. */
function addressesOf(name: Untrusted, hosts: HostNames['hosts']): readonly string[] {
  if (isIPv4(name) || isIPv6(name)) return [name]
  return hosts.get(name) ?? (name === 'localhost' ? ['127.0.0.1', '::1'] : [])
}

/** For a host with or without brackets. */
export const isLoopback = (host: Untrusted): boolean => /^(?:localhost|127\.[\d.]+|\[?::1\]?)$/i.test(host)

/** /var/run is a link to /run. */
function plainPath(path: Untrusted): string {
  const parts: string[] = []
  for (const part of path.split('/')) {
    if (part === '..') parts.pop()
    else if (part !== '' && part !== '.') parts.push(part)
  }
  return `/${parts.join('/')}`.replace(/^\/var\/run\//, '/run/')
}

/**
 * Translates a milter's socket from libmilter's form into that of Postfix. A path below Postfix's queue directory
 * becomes relative to it, because a relative path is the same inside and outside of a chroot.
 */
export function milterOf(socket: Untrusted): string {
  const colon = socket.indexOf(':')
  const [kind, rest] = [socket.slice(0, colon), socket.slice(colon + 1)]
  if (kind === 'local') return `unix:${rest.replace(/^\/var\/spool\/postfix\//, '')}`
  const [port, host = 'localhost'] = rest.split('@')
  return `inet:${host === 'localhost' ? '127.0.0.1' : host}:${port}`
}
