// The zones that the lab's name servers have at the beginning. The records of the mail hosts are added later by dynamic
// update. Pure functions.
import {
  DOMAIN,
  PARKED_DOMAIN,
  RECEIVER_DOMAIN,
  SENDER_DOMAINS,
  SIX_DOMAIN,
  THIRD_PARTY_DOMAIN,
  ipv6,
  reverseNames,
  reverseZone,
  reverseZone6,
} from './names.ts'

/** Numbers of the addresses, as fleet() gives them. */
export const NUMBERS = { ns1: 2, ns2: 3, resolver: 4, receiver: 5 } as const

/** Seconds: of every record, and of the answer that there is none (the last field of SOA, RFC 2308). */
export const TTL = 5

/** Name without the last dot; `.` is the root. */
export const zoneNames = (subnet: string): readonly string[] => [
  '.',
  'test',
  ...CHILDREN,
  reverseZone(subnet),
  reverseZone6(subnet),
]

const CHILDREN: readonly string[] = [...SENDER_DOMAINS, RECEIVER_DOMAIN, THIRD_PARTY_DOMAIN, PARKED_DOMAIN]

/**
 * A zone as a master file (RFC 1035).
 *
 * @param serial - unix time: a name server made again then has a later one than its secondary.
 */
export function zoneText(zone: string, subnet: string, serial: number): string {
  return [
    `$TTL ${TTL}`,
    `$ORIGIN ${zone === '.' ? '.' : `${zone}.`}`,
    `@ SOA ns1.${DOMAIN}. hostmaster.${DOMAIN}. ${serial} 30 5 86400 ${TTL}`,
    `@ NS ns1.${DOMAIN}.`,
    `@ NS ns2.${DOMAIN}.`,
    ...records(zone, subnet),
    '',
  ].join('\n')
}

function records(zone: string, subnet: string): readonly string[] {
  const both = (owner: string, number: number): readonly string[] => [
    `${owner} A ${subnet}.${number}`,
    `${owner} AAAA ${ipv6(subnet, number)}`,
  ]
  const glue = [...both(`ns1.${DOMAIN}.`, NUMBERS.ns1), ...both(`ns2.${DOMAIN}.`, NUMBERS.ns2)]
  const delegation = (child: string): readonly string[] => [
    `${child}. NS ns1.${DOMAIN}.`,
    `${child}. NS ns2.${DOMAIN}.`,
  ]
  const inbound = `@ MX 10 mx.${RECEIVER_DOMAIN}.`
  const own: Readonly<Record<string, readonly string[]>> = {
    '.': [...delegation('test'), ...delegation(reverseZone(subnet)), ...delegation(reverseZone6(subnet)), ...glue],
    test: [...CHILDREN.flatMap(delegation), ...glue],
    [DOMAIN]: [
      inbound,
      ...both('ns1', NUMBERS.ns1),
      ...both('ns2', NUMBERS.ns2),
      ...both('resolver', NUMBERS.resolver),
    ],
    // IPv4 alone at the first, so that a test knows which address mail comes from.
    [RECEIVER_DOMAIN]: [
      inbound,
      `@ TXT "v=spf1 mx -all"`,
      `mx A ${subnet}.${NUMBERS.receiver}`,
      `mx TXT "v=spf1 a -all"`,
      `${SIX_DOMAIN}. MX 10 mx6`,
      `mx6 AAAA ${ipv6(subnet, NUMBERS.receiver)}`,
    ],
    [THIRD_PARTY_DOMAIN]: [
      inbound,
      '_spf TXT "v=spf1 include:_spf1.thirdparty.test include:_spf2.thirdparty.test ~all"',
      '_spf1 TXT "v=spf1 ip4:192.0.2.0/24 ~all"',
      `_spf2 TXT "v=spf1 ip4:198.51.100.0/24 ip4:${subnet}.200 ~all"`,
    ],
    [PARKED_DOMAIN]: [
      '@ MX 0 .',
      '@ TXT "v=spf1 -all"',
      '_dmarc TXT "v=DMARC1; p=reject"',
      '*._domainkey TXT "v=DKIM1; p="',
    ],
    [reverseZone(subnet)]: pointers(subnet, 0, `mx.${RECEIVER_DOMAIN}.`),
    [reverseZone6(subnet)]: pointers(subnet, 1, `mx6.${RECEIVER_DOMAIN}.`),
  }
  return own[zone] ?? (zone === 'example.test' ? [inbound] : [])
}

function pointers(subnet: string, family: 0 | 1, receiver: string): readonly string[] {
  return Object.entries(NUMBERS).map(
    ([name, number]) =>
      `${reverseNames(subnet, number)[family]}. PTR ${name === 'receiver' ? receiver : `${name}.${DOMAIN}.`}`,
  )
}
