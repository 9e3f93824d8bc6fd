// Writes a host's name as known_hosts has it: addresses in one spelling, and `[name]:port` for another port than 22.
import { isIPv4, isIPv6 } from 'node:net'
import { networkInterfaces } from 'node:os'
import { lowerAscii } from '../../text/openssh-pattern.ts'

const SSH_PORT = 22

/**
 * The name as `ssh` looks it up (ssh.c's resolve_canonicalize, sshconnect.c's get_hostfile_hostname_ipaddr): an address
 * as getnameinfo(3) spells it, else in lower case; bytes of UTF-8 as one character each, as the files are read. The
 * port is said where it is not 22.
 *
 * @example knownHostsName('2001:DB8:0::1', 2222) // '[2001:db8::1]:2222'
 */
export const knownHostsName = (host: string, port: number): string => {
  const name = Buffer.from(lowerAscii(canonicalAddress(host)), 'utf8').toString('latin1')
  return port === SSH_PORT ? name : `[${name}]:${port}`
}

/** The address in getnameinfo's spelling; whatever is no address as it is. */
export function canonicalAddress(host: string): string {
  if (isIPv4(host)) return host
  const [address = '', zone] = host.split('%')
  if (isIPv6(address)) return zone === undefined ? ipv6(address) : `${ipv6(address)}%${interfaceName(zone)}`
  // inet_aton(3), which getaddrinfo asks, knows short, octal and hexadecimal forms: 127.1 is 127.0.0.1.
  return /^(?:0x[0-9a-f]+|\d+)(?:\.(?:0x[0-9a-f]+|\d+)){0,3}$/i.test(host) ? ipv4(host) : host
}

function ipv4(text: string): string {
  try {
    return new URL(`http://${text}`).hostname
  } catch {
    return text
  }
}

/** RFC 5952, and as inet_ntop(3) has it: IPv4 at the end of a mapped or compatible address. */
function ipv6(address: string): string {
  const short = new URL(`http://[${address}]`).hostname.slice(1, -1)
  const [, mapped = '', high, low] = /^::(ffff:)?([0-9a-f]+):([0-9a-f]+)$/.exec(short) ?? []
  if (high === undefined || low === undefined) return short
  const [a, b] = [parseInt(high, 16), parseInt(low, 16)]
  return `::${mapped}${a >> 8}.${a & 255}.${b >> 8}.${b & 255}`
}

function interfaceName(zone: string): string {
  if (!/^\d+$/.test(zone)) return zone
  const found = Object.entries(networkInterfaces()).find(([, addresses]) =>
    addresses?.some((each) => each.family === 'IPv6' && each.scopeid === Number(zone)),
  )
  return found?.[0] ?? zone
}
