// The names under which OpenDKIM looks up a sender in a SigningTable, in its order (dkimf_apply_signtable() of
// opendkim.c).
import type { Untrusted } from '../../../shell/untrusted.ts'
import { lowerCase } from './c-text.ts'
import type { Entry } from './data-set.ts'
import type { Table } from './look-up.ts'

/** An address: the domain in lower case, as OpenDKIM takes it. */
export interface Sender {
  readonly user: string
  readonly domain: string
}

/** @returns `undefined` where it is no address with a part on each side of the last `@`. */
export function senderOf(address: Untrusted): Sender | undefined {
  const at = address.lastIndexOf('@')
  if (at < 1 || at === address.length - 1) return undefined
  return { user: address.slice(0, at), domain: lowerCase(address.slice(at + 1)) }
}

/** `.a.example.org`, `.example.org`, `.org` for `x.a.example.org` */
const aboveOf = (domain: string): readonly string[] =>
  [...domain.matchAll(/\./g)].map(({ index }) => domain.slice(index))

/** DKIMF_DB_FLAG_ASCIIONLY: by another name nothing is found, but for patterns. */
const isAscii = (name: string): boolean => !/[^\0-\x7f]/.test(name)

/** The lines of a SigningTable for a sender, each in the order in which OpenDKIM comes to it. */
export function linesFor(table: Table, { user, domain }: Sender): readonly Entry[] {
  if (table.kind === 'patterns') return table.all(`${user}@${domain}`)
  const above = aboveOf(domain).flatMap((part) => [`${user}@${part}`, part])
  const names = [`${user}@${domain}`, domain, ...above, `${user}@*`, '*']
  return names.filter(isAscii).flatMap((name) => table.find(name) ?? [])
}
