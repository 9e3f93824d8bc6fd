// Checks an address that a host says its mail leaves from: it must be one address, of a kind from which mail can come
// (RFC 6890).
import { once } from '../../text/once.ts'
import { covers, parseNetwork, renderNetwork, type Network } from '../records/spf/network.ts'

type Networks = () => readonly Network[]
const networks = (...texts: readonly string[]): Networks => once(() => texts.map((text) => parseNetwork(text)!))

/** RFC 6890: what nobody outside sees. */
const INSIDE = networks(
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '::/96',
  'fc00::/7',
  'fe80::/10',
)

/**
 * RFC 6890 and the registries of IANA that it made: what no packet to another host comes from. Addresses for
 * documentation are not among them: nobody routes them, so they let nobody send, and labs use them as public ones.
 */
const KINDS: readonly (readonly [what: string, among: Networks])[] = [
  ['unspecified', networks('0.0.0.0/8', '::/128')],
  ['loopback', networks('127.0.0.0/8', '::1/128')],
  ['multicast', networks('224.0.0.0/4', 'ff00::/8')],
  ['reserved', networks('240.0.0.0/4', '192.0.0.0/24', '198.18.0.0/15', '192.88.99.0/24', '::/8', '100::/64')],
  ['for the protocol itself', networks('2001::/23', '2002::/16')],
]
/** RFC 4291, section 2.4, and RFC 4193: what hosts have of IPv6. */
const UNICAST = networks('2000::/3', 'fc00::/7', 'fe80::/10')
const LINK_LOCAL = networks('fe80::/10')

const isIn = (among: Networks, network: Network): boolean => among().some((each) => covers(each, network))

export type SendingAddress =
  /** As SPF writes it. */
  | { readonly kind: 'fit'; readonly address: string }
  /** It reaches nobody, and is nobody's fault. */
  | { readonly kind: 'link-local' }
  /** In words that follow the text. */
  | { readonly kind: 'unfit'; readonly why: string }

/** @param reported - whatever a host said */
export function sendingAddress(reported: string): SendingAddress {
  const network = reported.includes('/') ? undefined : parseNetwork(reported)
  if (network === undefined) return { kind: 'unfit', why: 'is no address' }
  if (isIn(LINK_LOCAL, network)) return { kind: 'link-local' }
  const kind = KINDS.find(([, among]) => isIn(among, network))?.[0]
  if (kind !== undefined) return { kind: 'unfit', why: `is no address that mail can come from: ${kind} (RFC 6890)` }
  if (network.family === 6 && !isIn(UNICAST, network))
    return { kind: 'unfit', why: 'is no address that mail can come from: no unicast address (RFC 4291)' }
  return { kind: 'fit', address: renderNetwork(network) }
}

/** @param address - one that can be parsed */
export function isInside(address: string): boolean {
  const network = parseNetwork(address)
  return network !== undefined && isIn(INSIDE, network)
}
