// The names and addresses of a lab's small internet. Pure functions.
import type { LabHost } from '../fleet.ts'

/** The mail hosts' own domain, which the name servers are in as well. */
export const DOMAIN = 'fleet.test'
export const RECEIVER_DOMAIN = 'receiver.test'
/** Its MX has an IPv6 address alone. */
export const SIX_DOMAIN = `six.${RECEIVER_DOMAIN}`
/** Somebody else's, with a policy to `include:`. */
export const THIRD_PARTY_DOMAIN = 'thirdparty.test'
/** Neither sends nor receives, and says so. */
export const PARKED_DOMAIN = 'parked.test'
/** The domains that the inventory's hosts send for. */
export const SENDER_DOMAINS = [DOMAIN, 'example.test'] as const
/** The receiver's name in Authentication-Results. */
export const AUTHSERV_ID = RECEIVER_DOMAIN

/** The receiver is of another domain, as one on the internet would be. */
export function fqdn({ name, profile }: Pick<LabHost, 'name' | 'profile'>): string {
  return profile === 'receiver' ? `mx.${RECEIVER_DOMAIN}` : `${name}.${DOMAIN}`
}

/**
 * A unique local IPv6 address (RFC 4193) beside the IPv4 one.
 *
 * @param subnet - the first three numbers of the lab's /24.
 * @example ipv6('10.231.26', 11) // 'fd6d:6c61:6200:1a::b'
 */
export const ipv6 = (subnet: string, number: number): string => `${prefix6(subnet)}::${number.toString(16)}`

/** @example reverseZone('10.231.7') // '7.231.10.in-addr.arpa' */
export const reverseZone = (subnet: string): string => `${subnet.split('.').reverse().join('.')}.in-addr.arpa`

/** The zone of the /64. */
export const reverseZone6 = (subnet: string): string => `${nibbles(prefix6(subnet)).reverse().join('.')}.ip6.arpa`

/** The names of a host's PTR records. */
export function reverseNames(subnet: string, number: number): readonly [string, string] {
  const low = number.toString(16).padStart(16, '0').split('').reverse().join('.')
  return [`${number}.${reverseZone(subnet)}`, `${low}.${reverseZone6(subnet)}`]
}

const prefix6 = (subnet: string): string => `fd6d:6c61:6200:${Number(subnet.split('.')[2]).toString(16)}`
const nibbles = (prefix: string): string[] => prefix.split(':').flatMap((group) => group.padStart(4, '0').split(''))
