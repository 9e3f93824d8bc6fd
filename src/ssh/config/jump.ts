// Parses ProxyJump of ssh_config(5): [user@]host[:port] or ssh:// URIs, with commas between them (readconf.c and misc.c
// of OpenSSH).

export interface Hop {
  /** undefined: what ssh_config says for the hop itself, else the user who runs mailrun. */
  readonly user: string | undefined
  readonly host: string
  /** A number, or the name of a service; undefined: what ssh_config says for the hop itself, else 22. */
  readonly port: string | undefined
}

/** From the first to the last. @param text - as `ssh -G` prints it, which has refused what is no hop. */
export const hopsOf = (text: string): readonly Hop[] => (text === '' ? [] : text.split(',').map(hopOf))

export const lastHop = (text: string): Hop | undefined => hopsOf(text).at(-1)

function hopOf(text: string): Hop {
  const isUri = text.startsWith('ssh://')
  const authority = isUri ? text.slice('ssh://'.length).replace(/\/$/, '') : text
  const at = authority.lastIndexOf('@')
  const user = at < 0 ? undefined : authority.slice(0, at)
  const [, address, name, port] = /^(?:\[([^\]]*)\]|([^:]*))(?::(.*))?$/s.exec(authority.slice(at + 1)) ?? []
  return {
    user: user !== undefined && isUri ? decoded(user.replace(/;.*$/s, '')) : user,
    host: address ?? name ?? authority.slice(at + 1),
    port: port === '' ? undefined : port,
  }
}

/** RFC 3986, section 2.1. */
const decoded = (text: string): string =>
  text.replaceAll('+', ' ').replace(/%([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)))

/** As ProxyJump takes it. */
export function hopText({ user, host, port }: Hop): string {
  const name = host.includes(':') ? `[${host}]` : host
  return `${user === undefined ? '' : `${user}@`}${name}${port === undefined ? '' : `:${port}`}`
}
