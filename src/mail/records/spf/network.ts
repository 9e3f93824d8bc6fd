// IP networks as SPF writes them: ip4 and ip6 with a prefix length (RFC 7208, section 5.6).
import type { Untrusted } from '../../../shell/untrusted.ts'

export interface Network {
  readonly family: 4 | 6
  readonly address: bigint
  readonly prefix: number
}

const BITS = { 4: 32, 6: 128 } as const

const asNumber = (parts: readonly number[], bits: number): bigint =>
  parts.reduce((sum, part) => (sum << BigInt(bits)) | BigInt(part), 0n)

/** Four decimal numbers without leading zeros (RFC 7208, section 12: qnum). */
function parseIp4(text: Untrusted): bigint | undefined {
  const parts = text.split('.')
  return parts.length === 4 && parts.every((part) => /^(?:0|[1-9]\d{0,2})$/.test(part) && Number(part) <= 255)
    ? asNumber(parts.map(Number), 8)
    : undefined
}

/** RFC 4291, section 2.2; no zone, no prefix. */
function parseIp6(text: Untrusted): bigint | undefined {
  const dotted = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(text)
  const last = dotted ? parseIp4(dotted[2]!) : 0n
  if (last === undefined) return undefined
  const plain = dotted ? `${dotted[1]}${(last >> 16n).toString(16)}:${(last & 0xffffn).toString(16)}` : text
  const halves = plain.split('::')
  if (halves.length > 2) return undefined
  const groups = halves.map((half) => (half === '' ? [] : half.split(':')))
  const given = groups.flat()
  if (!given.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return undefined
  if (halves.length === 1 ? given.length !== 8 : given.length > 7) return undefined
  const zeros = Array.from({ length: 8 - given.length }, () => '0')
  return asNumber(
    [...groups[0]!, ...zeros, ...(groups[1] ?? [])].map((group) => parseInt(group, 16)),
    16,
  )
}

/** `192.0.2.0/24`, `2001:db8::1`; `undefined` for what is none. */
export function parseNetwork(text: Untrusted): Network | undefined {
  const [address = '', length, ...more] = text.split('/')
  const family = address.includes(':') ? 6 : 4
  const value = family === 6 ? parseIp6(address) : parseIp4(address)
  const prefix = length === undefined ? BITS[family] : /^(?:0|[1-9]\d{0,2})$/.test(length) ? Number(length) : Infinity
  return value === undefined || more.length > 0 || prefix > BITS[family]
    ? undefined
    : { family, address: value, prefix }
}

/** Whether every address of `inner` is in `outer`. */
export function covers(outer: Network, inner: Network): boolean {
  const shift = BigInt(BITS[outer.family] - outer.prefix)
  return (
    outer.family === inner.family && outer.prefix <= inner.prefix && outer.address >> shift === inner.address >> shift
  )
}

/**
 * RFC 5952 for IPv6: lower case, the longest run of zeros cut short. A prefix length of one address is left out, bits
 * behind it are zero.
 */
export function renderNetwork({ family, address, prefix }: Network): string {
  const shift = BigInt(BITS[family] - prefix)
  const masked = (address >> shift) << shift
  const text = family === 4 ? partsOf(masked, 4, 8).join('.') : renderIp6(partsOf(masked, 8, 16))
  return prefix === BITS[family] ? text : `${text}/${prefix}`
}

const partsOf = (value: bigint, count: number, bits: number): readonly number[] =>
  Array.from({ length: count }, (_, index) =>
    Number((value >> BigInt((count - 1 - index) * bits)) & ((1n << BigInt(bits)) - 1n)),
  )

function renderIp6(groups: readonly number[]): string {
  const runs = groups
    .map((_, start) => ({ start, length: groups.slice(start).findIndex((group) => group !== 0) }))
    .map(({ start, length }) => ({ start, length: length === -1 ? 8 - start : length }))
  const longest = runs.reduce((best, run) => (run.length > best.length ? run : best))
  const hex = (part: readonly number[]): string => part.map((group) => group.toString(16)).join(':')
  return longest.length < 2
    ? hex(groups)
    : `${hex(groups.slice(0, longest.start))}::${hex(groups.slice(longest.start + longest.length))}`
}
