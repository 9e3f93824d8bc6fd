// Facts about a host's network: addresses, default routes.
import { isIP } from 'node:net'
import type { Route } from '../../../core/gathered-facts.ts'
import type { Untrusted } from '../../../shell/untrusted.ts'
import { namedFact } from './named-fact.ts'

export const addresses = namedFact(
  'addresses',
  'its addresses of IPv4 and IPv6, without loopback and link-local ones',
  'hostname -I',
  (text) => text.split(/\s+/).filter((each) => isIP(each) !== 0),
)

export const defaultRoute = namedFact(
  'defaultRoute',
  'the default route of IPv4: `interface`, `gateway`',
  'head -n 1000 /proc/net/route',
  readRoute,
)

/** The kernel's names of interfaces have less than 16 bytes, without blanks, slashes and colons. */
const INTERFACE = /^[^\s/:\p{Cc}]{1,15}$/u

const GATEWAY = 0x2
const UP = 0x1

/** The kernel's table: numbers in hexadecimal, addresses as the machine keeps them: little-endian. */
function readRoute(text: Untrusted): Route | null | undefined {
  const [head, ...rows] = text.split('\n')
  if (!head?.startsWith('Iface')) return undefined
  const found = rows.flatMap((row) => {
    const [name = '', target, gateway = '', flags, , , metric, mask] = row.slice(0, 300).split(/\s+/)
    const set = Number.parseInt(flags ?? '', 16)
    if (target !== '00000000' || mask !== '00000000' || (set & UP) === 0) return []
    if (!INTERFACE.test(name) || !/^\d{1,10}$/.test(metric ?? '')) return []
    const address = (set & GATEWAY) !== 0 && /^[0-9A-F]{8}$/i.test(gateway) ? littleEndian(gateway) : null
    return [{ route: { interface: name, gateway: address }, metric: Number(metric) }]
  })
  return leastMetric(found)
}

const littleEndian = (hex: Untrusted): string => [...Buffer.from(hex, 'hex')].reverse().join('.')

interface Found {
  readonly route: Route
  readonly metric: number
}

const leastMetric = (found: readonly Found[]): Route | null =>
  found.reduce<Found | undefined>(
    (least, each) => (least === undefined || each.metric < least.metric ? each : least),
    undefined,
  )?.route ?? null

export const defaultRoute6 = namedFact(
  'defaultRoute6',
  'the default route of IPv6',
  // Without IPv6 there is no such file, and no route.
  `echo routes
grep -m 1000 '^0\\{32\\} 00 ' /proc/net/ipv6_route`,
  readRoute6,
)

const ROUTE6 =
  /^0{32} 00 [0-9a-f]{32} [0-9a-f]{2} ([0-9a-f]{32}) ([0-9a-f]{8}) [0-9a-f]{8} [0-9a-f]{8} ([0-9a-f]{8}) +(\S+)$/

/** The kernel also keeps one that refuses, on `lo`. */
function readRoute6(text: Untrusted): Route | null | undefined {
  const [head, ...rows] = text.split('\n')
  if (head !== 'routes') return undefined
  const found = rows.flatMap((row): readonly Found[] => {
    const [, gateway = '', metric = '', flags = '', name = ''] = ROUTE6.exec(row.slice(0, 300)) ?? []
    if (!INTERFACE.test(name) || name === 'lo' || (Number.parseInt(flags, 16) & UP) === 0) return []
    const address = /^0+$/.test(gateway) ? null : shortened(gateway)
    return [{ route: { interface: name, gateway: address }, metric: Number.parseInt(metric, 16) }]
  })
  return leastMetric(found)
}

/** 32 hexadecimal digits as RFC 5952 writes the address. */
const shortened = (hex: Untrusted): string =>
  new URL(`http://[${hex.replace(/.{4}(?=.)/g, '$&:')}]`).hostname.slice(1, -1)
