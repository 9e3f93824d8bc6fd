// Addresses in the forms that getaddrinfo(3) takes with AI_NUMERICHOST, written as getnameinfo(3) writes them.
import { isIPv6 } from 'node:net'

export type Family = 'inet' | 'inet6' | 'any'

/** As OpenSSH tells from afar that a text can be no name. */
export const looksNumeric = (text: string): boolean => /[%:]/.test(text) || /^[0-9.]*$/.test(text)

/** Undefined where it is no address of the family. */
export function numericAddress(text: string, family: Family): string | undefined {
  if (!text.includes(':')) return family === 'inet6' ? undefined : ipv4(text)
  return family === 'inet' ? undefined : ipv6(text)
}

/** inet_aton(3): one to four parts, decimal, octal or hexadecimal; the last fills what is left. */
function ipv4(text: string): string | undefined {
  const parts = text.split('.')
  if (parts.length > 4) return undefined
  const numbers = parts.map(partNumber)
  const last = numbers.pop()!
  if (!numbers.every((number) => number <= 255) || !(last < 256 ** (4 - numbers.length))) return undefined
  const value = numbers.reduce((sum, number, index) => sum + number * 256 ** (3 - index), last)
  return [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join('.')
}

/** NaN for what is no number. */
function partNumber(part: string): number {
  if (/^0[xX][0-9a-fA-F]+$/.test(part)) return parseInt(part, 16)
  if (/^0[0-7]*$/.test(part)) return parseInt(part, 8)
  return /^[1-9]\d*$/.test(part) ? Number(part) : NaN
}

function ipv6(text: string): string | undefined {
  const [address = '', ...zones] = text.split('%')
  if (!isIPv6(address)) return undefined
  const words = wordsOf(address)
  const [zone, ...more] = zones
  if (zone === undefined) return written(words)
  const isLink = (words[0]! & 0xffc0) === 0xfe80 || (words[0]! & 0xff0f) === 0xff02
  return isLink && zone !== '' && more.length === 0 ? `${written(words)}%${zone}` : undefined
}

function wordsOf(address: string): readonly number[] {
  const [before = '', after] = withoutDots(address).split('::')
  const numbers = (side: string): readonly number[] =>
    side === '' ? [] : side.split(':').map((word) => parseInt(word, 16))
  const [left, right] = [numbers(before), numbers(after ?? '')]
  return after === undefined
    ? left
    : [...left, ...Array.from({ length: 8 - left.length - right.length }, () => 0), ...right]
}

/** An IPv4 address at the end as two words. */
function withoutDots(address: string): string {
  const dotted = /^(.*:)(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(address)
  if (dotted === null) return address
  const [, before = '', ...bytes] = dotted
  const word = (at: number): string => (Number(bytes[at]) * 256 + Number(bytes[at + 1])).toString(16)
  return `${before}${word(0)}:${word(2)}`
}

/** inet_ntop(3): the longest run of zeros shortened, an embedded IPv4 address with dots. */
function written(words: readonly number[]): string {
  let [start, length] = [-1, 1]
  for (let at = 0; at < 8; at += 1) {
    let end = at
    while (end < 8 && words[end] === 0) end += 1
    if (end - at > length) [start, length] = [at, end - at]
  }
  const isMapped = length === 5 && words[5] === 0xffff
  const hasDots = start === 0 && (length === 6 || isMapped)
  const tail = hasDots ? [words[6]! >> 8, words[6]! & 255, words[7]! >> 8, words[7]! & 255].join('.') : undefined
  const hex = (part: readonly number[]): string => part.map((word) => word.toString(16)).join(':')
  const head = tail === undefined ? words : words.slice(0, 6)
  if (start < 0) return hex(head)
  const after = hex(head.slice(start + length))
  const short = `${hex(head.slice(0, start))}::${after}`
  if (tail === undefined) return short
  return after === '' ? `${short}${tail}` : `${short}:${tail}`
}
