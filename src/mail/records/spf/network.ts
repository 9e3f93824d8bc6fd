// IP networks as SPF writes them: ip4 and ip6 with a prefix length. Node checks addresses, the package ipaddr.js
// computes.
import { isIP } from 'node:net'
import ipaddr, { type IPv4, type IPv6 } from 'ipaddr.js'
import type { Untrusted } from '../../../shell/untrusted.ts'

export interface Network {
  readonly family: 4 | 6
  /** As written: bits behind the prefix may be set. */
  readonly address: IPv4 | IPv6
  readonly prefix: number
}

const BITS = { 4: 32, 6: 128 } as const

/**
 * `192.0.2.0/24`, `2001:db8::1`; `undefined` for what is none. Numbers are decimal without leading zeros (RFC 7208,
 * section 12: qnum), an IPv6 address has no zone. ipaddr.js alone would take `010.0x1` and zones.
 */
export function parseNetwork(text: Untrusted): Network | undefined {
  const [address = '', length, ...more] = text.split('/', 3)
  const family = address.includes('%') ? 0 : isIP(address)
  if (family !== 4 && family !== 6) return undefined
  const prefix = length === undefined ? BITS[family] : /^(?:0|[1-9]\d{0,2})$/.test(length) ? Number(length) : Infinity
  return more.length > 0 || prefix > BITS[family]
    ? undefined
    : { family, address: ipaddr.parse(address.replace(COMPATIBLE, ZEROS)), prefix }
}

/** `::192.0.2.1` (RFC 4291, section 2.5.5.1) is written in full to ipaddr.js, which takes it for `::ffff:192.0.2.1`. */
const COMPATIBLE = /^::(?=\d+\.)/
const ZEROS = '0:0:0:0:0:0:'

/** Whether every address of `inner` is in `outer`. */
export const covers = (outer: Network, inner: Network): boolean =>
  outer.family === inner.family && outer.prefix <= inner.prefix && inner.address.match([outer.address, outer.prefix])

/** Whether bits behind the prefix are set: `192.0.2.1/24` is written for `192.0.2.0/24`. */
export const hasHostBits = (network: Network): boolean =>
  firstAddress(network).toString() !== network.address.toString()

/**
 * RFC 5952 for IPv6: lower case, the longest run of zeros cut short. A prefix length of one address is left out, bits
 * behind it are zero.
 */
export const renderNetwork = (network: Network): string =>
  `${firstAddress(network).toString()}${network.prefix === BITS[network.family] ? '' : `/${network.prefix}`}`

const firstAddress = ({ family, address, prefix }: Network): IPv4 | IPv6 =>
  (family === 4 ? ipaddr.IPv4 : ipaddr.IPv6).networkAddressFromCIDR(`${address.toString()}/${prefix}`)
