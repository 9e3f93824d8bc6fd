// The keys of a KeyTable: `name domain:selector:key` (dkimf_add_signrequest() of opendkim.c).
import type { Untrusted } from '../../../shell/untrusted.ts'
import type { Entry } from './data-set.ts'
import type { Table } from './look-up.ts'
import type { Place } from './sources.ts'

/** A key as its line writes it: `%` stands for the sender's domain. */
export interface WrittenKey {
  readonly domain: string
  readonly selector: string
  /** The private key's path; `undefined` where the key itself stands in the table. */
  readonly path: string | undefined
  readonly place: Place
}

/** A key, or why OpenDKIM answers with 451 a message that it is to sign with it. */
export type FoundKey = WrittenKey | { readonly fails: string }

/** @param name - in the KeyTable. Letters of either case differ. */
export function keyNamed(keys: Table, name: Untrusted): FoundKey {
  const entry = keys.find(name)
  if (entry === undefined) return { fails: `the KeyTable has no key ${JSON.stringify(name)}` }
  const { value = '', place } = entry
  const first = value.indexOf(':')
  const second = first < 0 ? -1 : value.indexOf(':', first + 1)
  const [domain, selector, key] =
    second < 0 ? ['', '', ''] : [value.slice(0, first), value.slice(first + 1, second), value.slice(second + 1)]
  if (domain === '' || selector === '' || key === '')
    return { fails: `the key ${JSON.stringify(name)} is not written as domain:selector:key` }
  if (isPath(key)) return { domain, selector, path: key, place }
  if (isInline(key)) return { domain, selector, path: undefined, place }
  return { fails: `the key ${JSON.stringify(name)} is neither a path with / nor a private key` }
}

const isPath = (key: Untrusted): boolean => /^(?:\/|\.\.?\/)/.test(key)

/** A key that the host has kept for itself, or one of base64 or PEM. */
const isInline = (key: Untrusted): boolean => /^(?:\(key\)|MII|-----BEGIN)/.test(key)

/** Of an absolute path alone, `%` stands for the domain. */
export const pathFor = (path: string | undefined, domain: string): string | undefined =>
  path?.startsWith('/') === true ? path.replaceAll('%', domain) : path

/** Where the daemon finds a path that does not begin at the root: below BaseDirectory, else the root. */
export const wholePath = (path: Untrusted, base: Untrusted | undefined): string =>
  path.startsWith('/') || path.includes('%') ? path : `${base ?? ''}/${path}`.replace(/\/(?:\.?\/)+/g, '/')

/** An entry of a KeyTable whose key is named from the root. */
export function withWholePath(entry: Entry, base: Untrusted | undefined): Entry {
  const [, before = '', key = ''] = /^([^:]*:[^:]*:)(\.\.?\/.*)$/s.exec(entry.value ?? '') ?? []
  return key === '' ? entry : { ...entry, value: before + wholePath(key, base) }
}
