// A destination as ssh(1) gets it on its command line, and how it differs from other destinations.
import type { ConfigLine } from '../scan/config-line.ts'

export interface Destination {
  /** A name or address, as the inventory or ProxyJump has it. */
  readonly host: string
  /** Before the files, after `before`; `undefined`: what the files say. */
  readonly user: string | undefined
  readonly port: number | undefined
  /** A private key to offer first, absolute. */
  readonly keyFile: string | undefined
  /** Options as ssh(1) takes them: what comes before user, port and key, and what comes after them. */
  readonly before: readonly string[]
  readonly after: readonly string[]
  /** What these say, as lines of an ssh_config. */
  readonly lines: readonly ConfigLine[]
  /** file:line of the options, for what ssh refuses of them. */
  readonly where: string | undefined
  /** The ssh to ask. */
  readonly program: string
}

const NAME = /^[A-Za-z_][\w.-]*[\w-]$|^[A-Za-z_]$/
const NUMBERED_NAME = /^\d[\w.-]*[g-wyzG-WYZ][\w.-]*(?<!\.)$/
const IPV4 = /^(?:(?:0|[1-9]\d?|1\d\d|2[0-4]\d|25[0-5])(?:\.(?!$)|$)){4}$/

/** Whether ssh takes it as it is written, but for its case; other forms of addresses it writes again. */
export const isPlainHost = (host: string): boolean =>
  [NAME, NUMBERED_NAME, IPV4].some((form) => form.test(host)) || isPlainIpv6(host)

/** As inet_ntop(3) writes it, without a zone and without an IPv4 address at its end. */
function isPlainIpv6(host: string): boolean {
  if (!/^[0-9a-f:]+$/.test(host) || !URL.canParse(`http://[${host}]`)) return false
  const isMapped = /^::(?:ffff:)?[^:]+:[^:]+$/.test(host)
  return !isMapped && new URL(`http://[${host}]`).hostname === `[${host}]`
}

/** A user whom every OpenSSH takes from a command line, and in whose name it finds nothing to expand. */
export const isPlainUser = (user: string): boolean => /^[A-Za-z0-9_][\w.@+-]*$/.test(user)
