// Looking something up in a data set, as dkimf_db_get() of opendkim-db.c does: the first entry whose key is asked for.
import type { Untrusted } from '../../shell/untrusted.ts'
import { lowerCase } from './c-text.ts'
import type { DataSet, Entry } from './data-set.ts'
import { matchesPattern } from './pattern.ts'

export interface Table {
  readonly kind: DataSet['kind']
  readonly entries: readonly Entry[]
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

/** What follows the last `@` of `*@example.org`; `undefined` where the rest is not just a star, or it has stars. */
const wholeDomain = (key: Untrusted): string | undefined =>
  key.startsWith('*@') && !key.includes('*', 1) ? key.slice(2) : undefined

/**
 * Tables have one line for each domain: those are found by name, the others one by one.
 */
function patternsOf(entries: readonly Entry[], withoutCase: boolean): Table {
  const spelt = (name: Untrusted): string => (withoutCase ? lowerCase(name) : name)
  const [byName, byDomain] = [new Map<string, Numbered[]>(), new Map<string, Numbered[]>()]
  const rest: Numbered[] = []
  const put = (map: Map<string, Numbered[]>, key: string, numbered: Numbered): void => {
    const list = map.get(key)
    if (list === undefined) map.set(key, [numbered])
    else list.push(numbered)
  }
  for (const [index, entry] of entries.entries()) {
    const domain = wholeDomain(entry.key)
    if (domain !== undefined) put(byDomain, spelt(domain), { entry, index })
    else if (!entry.key.includes('*')) put(byName, spelt(entry.key), { entry, index })
    else rest.push({ entry, index })
  }
  const all = (name: Untrusted): readonly Entry[] => {
    const is = spelt(name)
    // `*@example.org` is any text that ends so, whatever other @ stand in it.
    const domains = [...is.matchAll(/@/g)].flatMap(({ index }) => byDomain.get(is.slice(index + 1)) ?? [])
    const others = rest.filter(({ entry }) => matchesPattern(entry.key, is, withoutCase))
    return [...(byName.get(is) ?? []), ...domains, ...others]
      .sort((a, b) => a.index - b.index)
      .map(({ entry }) => entry)
  }
  return { kind: 'patterns', entries, find: (name) => all(name)[0], all }
}
