// The keys of a SigningTable as patterns of sender addresses, in the order in which OpenDKIM tries them.
import type { Untrusted } from '../../../shell/untrusted.ts'
import { lowerCase } from './c-text.ts'
import type { Entry } from './data-set.ts'
import type { Table } from './look-up.ts'

interface Ordered {
  readonly entry: Entry
  /** `undefined`: no address is looked up by such a key. */
  readonly pattern: string | undefined
  /** Why nobody is signed by it; '' where somebody is. */
  readonly why: string
}

/** Lines that come after an equal one are left out: OpenDKIM does not come to them. */
export function inOrder(table: Table): readonly Ordered[] {
  const lines = table.entries.map((entry) => ({ entry, ...addressPattern(lowerCase(entry.key), table.kind) }))
  if (table.kind === 'patterns') return lines
  const known = new Set<string>()
  return lines
    .filter(({ entry }) => {
      const key = lowerCase(entry.key)
      const isNew = !known.has(key)
      known.add(key)
      return isNew
    })
    .map((line) => ({ line, rank: rankOf(lowerCase(line.entry.key)) }))
    .sort((a, b) => compare(a.rank, b.rank))
    .map(({ line }) => line)
}

function addressPattern(key: Untrusted, kind: Table['kind']): { pattern: string | undefined; why: string } {
  if (kind === 'patterns') {
    if (key.includes('*') || key.includes('@')) return { pattern: key === '*' ? '*@*' : key, why: '' }
    return { pattern: undefined, why: 'in a refile: a pattern is for whole addresses' }
  }
  if (key === '*') return { pattern: '*@*', why: '' }
  const at = key.lastIndexOf('@')
  const [user, domain] = at < 0 ? ['*', key] : [key.slice(0, at), key.slice(at + 1)]
  const isAny = at >= 0 && domain === '*'
  if (`${at < 0 ? '' : user}${isAny ? '' : domain}`.includes('*'))
    return { pattern: undefined, why: 'OpenDKIM makes something of such a star in a refile: alone' }
  if (user === '' || domain === '') return { pattern: undefined, why: 'it is no address' }
  return { pattern: `${user}@${domain.startsWith('.') ? '*' : ''}${domain}`, why: '' }
}

/** `user@example.org`, `example.org`, then `user@.example.org`, `.example.org` up the tree, `user@*`, `*`. */
function rankOf(key: Untrusted): readonly [number, number, number] {
  const at = key.lastIndexOf('@')
  const domain = key.slice(at + 1)
  const byUser = at < 0 ? 1 : 0
  if (domain === '*') return [2, 0, byUser]
  return domain.startsWith('.') ? [1, -domain.split('.').length, byUser] : [0, 0, byUser]
}

const compare = (a: readonly number[], b: readonly number[]): number =>
  a.map((value, index) => value - b[index]!).find((difference) => difference !== 0) ?? 0

/** The domain of all senders that a pattern is for; `undefined` where they are of several. */
export function domainPart(pattern: string): string | undefined {
  const domain = pattern.slice(pattern.lastIndexOf('@') + 1)
  return !pattern.includes('@') || domain.includes('*') ? undefined : domain
}
