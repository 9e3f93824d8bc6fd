// The names of hosts in Ansible's inventories: a name or address, with ranges (mx[01:12], [a:f]), and perhaps a port.
import { isIPv6 } from 'node:net'
import { MailrunError } from '../core/mailrun-error.ts'

export interface HostPattern {
  readonly names: readonly string[]
  readonly port: number | undefined
}

const AT_MOST = 100_000
const LETTERS = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ'

/** @throws MailrunError for a range that makes no sense. */
export function expandHostPattern(pattern: string, where: string): HostPattern {
  const { host, port } = splitPort(pattern)
  return { names: expandRanges(host, where), port }
}

/**
 * `mx1:2222`, `[2001:db8::1]:2222`, `[mx1]:2222`. In an IPv6 address without brackets no part is a port, and
 * `[1:2]:2222` begins with a range.
 */
export function splitPort(pattern: string): { readonly host: string; readonly port: number | undefined } {
  const inBrackets = /^\[([^[\]]+)\]:(\d+)$/.exec(pattern)
  const bracketed = inBrackets && (isIPv6(inBrackets[1]!) || !inBrackets[1]!.includes(':')) ? inBrackets : null
  const plain = /^((?:[^:[\]]|\[[^\]]*\])*):(\d+)$/.exec(pattern)
  const [, host, port] = bracketed ?? plain ?? []
  return host === undefined || port === undefined ? { host: pattern, port: undefined } : { host, port: Number(port) }
}

function expandRanges(pattern: string, where: string): readonly string[] {
  const wrong = (why: string): MailrunError => new MailrunError(`the range in ${pattern} makes no sense: ${why}`, where)
  const [, head, range, tail] = /^([^[]*)\[([^\]]*)\](.*)$/s.exec(pattern) ?? []
  if (head === undefined || range === undefined || tail === undefined) {
    if (/[[\]]/.test(pattern)) throw wrong('[first:last] is wanted')
    return [pattern]
  }
  const [first = '', last, step = '1', ...more] = range.split(':')
  if (last === undefined || last === '' || more.length > 0) throw wrong('[first:last] or [first:last:step] is wanted')
  const here = sequence(first === '' ? '0' : first, last, /^\d+$/.test(step) ? Number(step) : NaN, wrong)
  const after = expandRanges(tail, where)
  if (here.length * after.length > AT_MOST) throw wrong(`it has more than ${AT_MOST} names`)
  return here.flatMap((each) => after.map((rest) => `${head}${each}${rest}`))
}

const isLetter = (text: string): boolean => text.length === 1 && LETTERS.includes(text)

function sequence(first: string, last: string, step: number, wrong: (why: string) => MailrunError): readonly string[] {
  if (!Number.isInteger(step) || step < 1) throw wrong('the step must be a number of at least 1')
  const letters = isLetter(first) && isLetter(last)
  const [from, to] = letters ? [LETTERS.indexOf(first), LETTERS.indexOf(last)] : [Number(first), Number(last)]
  if (!letters && !(/^\d+$/.test(first) && /^\d+$/.test(last))) throw wrong('it must have numbers or single letters')
  if (from > to) throw wrong('its first value is above its last one')
  if ((to - from) / step > AT_MOST) throw wrong(`it has more than ${AT_MOST} names`)
  const padded = !letters && first.startsWith('0') && first.length > 1
  if (padded && first.length !== last.length) throw wrong('with leading zeros, both ends must have the same length')
  return Array.from({ length: Math.floor((to - from) / step) + 1 }, (_, index) => {
    const value = from + index * step
    return letters ? LETTERS[value]! : String(value).padStart(padded ? first.length : 0, '0')
  })
}
