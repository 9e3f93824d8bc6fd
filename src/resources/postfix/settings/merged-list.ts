// Adds items to lists in main.cf that others use, too: milters, classes of mail.
import type { Untrusted } from '../../../shell/untrusted.ts'
import { endpointOf, sameSocket } from '../../milters/endpoint.ts'
import { expansion, textOf } from './expand.ts'
import { headOf, listItems } from '../../milters/milter-list.ts'
import { lookupIn } from './reading.ts'
import type { HostNames } from './sources.ts'

export interface ListMerge {
  readonly is: Untrusted
  /** What must be among the items. */
  readonly wanted: string
  /** Items that the wanted ones take the place of. */
  readonly superseded: RegExp | undefined
  /** What main.cf sets, as written. */
  readonly main: ReadonlyMap<string, Untrusted>
}

/**
 * The list with what is wanted in it, once; what others put there stays as it is written. Equal to `is` where nothing
 * is to be done: also where a parameter that it names has what is wanted, or where that is written by other words.
 */
export function mergedList({ is, wanted, superseded, main }: ListMerge): string {
  const items = listItems(is)
  const wantedItems = listItems(wanted)
  const stays = (item: Untrusted): boolean => wantedItems.includes(headOf(item)) || !superseded?.test(headOf(item))
  const kept = items.filter(stays)
  const there = placesIn(kept.join(' '), main)
  const missing = wantedItems.filter((item) => !there.has(placesOf(headOf(item), main)[0]!))
  if (kept.length === items.length && missing.length === 0) return is
  // Braces that are not closed would hold what follows them.
  const isOpen = listItems(`${kept.at(-1) ?? ''} x`).length < 2 && kept.length > 0
  return (isOpen ? [...missing, ...kept] : [...kept, ...missing]).join(', ')
}

/** What the items are about, those among them that other parameters hold. */
function placesIn(list: Untrusted, main: ListMerge['main']): ReadonlySet<string> {
  const { pieces, problem } = expansion({ parameter: '', value: list }, lookupIn({ main }))
  const items = listItems(problem === undefined ? textOf(pieces) : list)
  return new Set(items.flatMap((item) => placesOf(headOf(item), main)))
}

/** An item by one spelling: a socket by where it is, by both readings of its path, from a chroot and not. */
function placesOf(item: Untrusted, main: ListMerge['main']): readonly string[] {
  const queueDirectory = main.get('queue_directory') ?? '/var/spool/postfix'
  const endpoints = [false, true].map((chroot) => endpointOf(item, { chroot, queueDirectory }))
  return endpoints.map((endpoint) => {
    if (endpoint.kind === 'unix') return `unix:${endpoint.path}`
    if (endpoint.kind !== 'inet') return item
    const isHere = sameSocket(endpoint, { kind: 'inet', host: '127.0.0.1', port: endpoint.port }, NOBODY)
    return `inet:${isHere ? '127.0.0.1' : endpoint.host}:${endpoint.port}`
  })
}

/** No names but localhost. */
const NOBODY: HostNames = { own: [], hosts: new Map(), addresses: new Set() }
