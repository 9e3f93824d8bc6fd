// Looks up a key in one of OpenDKIM's data sets, as dkimf_db_get() of opendkim-db.c does: the first entry that matches.
import type { Untrusted } from '../../../shell/untrusted.ts'
import { lowerCase } from './c-text.ts'
import type { DataSet, Entry } from './data-set.ts'
import { matcherOf } from './pattern.ts'

export interface Table {
  readonly kind: DataSet['kind']
  readonly entries: readonly Entry[]
  /** Characters of the patterns that are looked at one by one for each name. */
  readonly slow: number
  /** The first entry for a name; `undefined` where there is none. */
  find(name: Untrusted): Entry | undefined
  /** All entries for a name, in their order. */
  all(name: Untrusted): readonly Entry[]
}

/** @param withoutCase - DKIMF_DB_FLAG_ICASE: all data sets but the KeyTable. */
export function tableOf({ kind, entries }: DataSet, withoutCase: boolean): Table {
  return kind === 'list' ? listOf(entries, withoutCase) : patternsOf(entries, withoutCase)
}

function listOf(entries: readonly Entry[], withoutCase: boolean): Table {
  const spelt = (name: Untrusted): string => (withoutCase ? lowerCase(name) : name)
  const first = new Map<string, Entry>()
  for (const entry of entries) {
    const key = spelt(entry.key)
    if (!first.has(key)) first.set(key, entry)
  }
  const find = (name: Untrusted): Entry | undefined => first.get(spelt(name))
  return {
    kind: 'list',
    entries,
    slow: 0,
    find,
    all(name) {
      const entry = find(name)
      return entry === undefined ? [] : [entry]
    },
  }
}

interface Numbered {
  readonly entry: Entry
  readonly index: number
}

/** `example.org` of `*@example.org`; `undefined` of others. */
const wholeDomain = (key: Untrusted): string | undefined =>
  key.startsWith('*@') && !key.includes('*', 1) ? key.slice(2) : undefined

/** `example.org` of `*@*.example.org`; `undefined` of others. */
const subDomainsOf = (key: Untrusted): string | undefined =>
  key.startsWith('*@*.') && !key.includes('*', 3) ? key.slice(4) : undefined

/** Lines by name. */
class Index {
  readonly #lines = new Map<string, Numbered[]>()

  put(name: Untrusted, line: Numbered): void {
    const list = this.#lines.get(name)
    if (list === undefined) this.#lines.set(name, [line])
    else list.push(line)
  }

  of(name: Untrusted): readonly Numbered[] {
    return this.#lines.get(name) ?? []
  }
}

/** Most lines are for one domain, or for what is below one: those are found by name, the others one by one. */
function patternsOf(entries: readonly Entry[], withoutCase: boolean): Table {
  const spelt = (name: Untrusted): string => (withoutCase ? lowerCase(name) : name)
  const [byName, byDomain, below] = [new Index(), new Index(), new Index()]
  const rest: (Numbered & { readonly matches: (text: Untrusted) => boolean })[] = []
  for (const [index, entry] of entries.entries()) {
    const line = { entry, index }
    const [domain, parent] = [wholeDomain(entry.key), subDomainsOf(entry.key)]
    if (domain !== undefined) byDomain.put(spelt(domain), line)
    else if (parent !== undefined) below.put(spelt(parent), line)
    else if (!entry.key.includes('*')) byName.put(spelt(entry.key), line)
    else rest.push({ ...line, matches: matcherOf(spelt(entry.key)) })
  }
  /** The lines of each way in, which are in their order. */
  const lists = (is: Untrusted): readonly (readonly Numbered[])[] => {
    const at = is.indexOf('@')
    // Of several @ and dots, each may be the one that a pattern has.
    const domains = [...is.matchAll(/@/g)].map(({ index }) => byDomain.of(is.slice(index + 1)))
    const dots = at < 0 ? [] : [...is.matchAll(/\./g)].filter(({ index }) => index > at)
    return [byName.of(is), ...domains, ...dots.map(({ index }) => below.of(is.slice(index + 1)))]
  }
  const inOrder = (found: readonly Numbered[]): readonly Entry[] =>
    found.toSorted((a, b) => a.index - b.index).map(({ entry }) => entry)
  return {
    kind: 'patterns',
    entries,
    slow: rest.reduce((sum, { entry }) => sum + entry.key.length, 0),
    find(name) {
      const is = spelt(name)
      const firsts = lists(is).flatMap((list) => list.slice(0, 1))
      return inOrder([...firsts, ...[rest.find((each) => each.matches(is)) ?? []].flat()])[0]
    },
    all(name) {
      const is = spelt(name)
      return inOrder([...lists(is).flat(), ...rest.filter((each) => each.matches(is))])
    },
  }
}
