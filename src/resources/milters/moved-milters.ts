// Computes which settings of Postfix change when its milters move from some sockets to another one.
import { endpointOf, sameSocket, type Endpoint } from './endpoint.ts'
import type { Holder } from '../postfix/settings/expand.ts'
import { ItemPlaces } from '../postfix/settings/item-place.ts'
import { compactItem, headOf } from './milter-list.ts'
import { sharedWith, unknownIn } from './hidden-uses.ts'
import { milterLists, type ListItem, type MilterList } from './milter-uses.ts'
import type { PostfixInstance, PostfixSources } from '../postfix/settings/sources.ts'
import type { Settings } from '../postfix/settings/with-settings.ts'
import { Writing } from '../postfix/settings/writing.ts'

/** Settings to write. Empty: nobody asks these sockets. */
export type MovedMilters = Settings

interface Move {
  readonly sources: PostfixSources
  readonly from: readonly Endpoint[]
  readonly to: string
  readonly target: Endpoint
}

/**
 * Lists that name one of the sockets `from` name `to`, once; all else in them stays as it is written, and options in
 * braces stay. What is written as `to` already is left alone, and so is what leads to the same socket by other words.
 *
 * @param to - as Postfix writes it: `unix:filter/filter.sock`.
 * @returns `impossible`: why that cannot be written, or cannot be known.
 */
export function movedMilters(
  sources: PostfixSources,
  from: readonly Endpoint[],
  to: string,
): MovedMilters | { readonly impossible: string } {
  const target = endpointOf(to, { chroot: false, queueDirectory: queueOf(sources) })
  const leaving = from.filter((each) => !sameSocket(target, each, sources.host))
  if (leaving.length === 0) return NOTHING
  const move: Move = { sources, from: leaving, to, target }
  const lists = milterLists(sources)
  const hidden = unknownIn(lists) ?? sharedWith(sources, leaving)
  if (hidden !== undefined) return { impossible: hidden }
  const moving = lists.filter((list) => list.items.some((item) => isMoved(move, item)))
  const apart = moving.find(({ service: { chroot } }) => chroot && !sameInChroot(move))
  if (apart !== undefined)
    return { impossible: `${apart.service.name} runs in a chroot, from which ${to} cannot be reached` }
  return written(move, lists, moving)
}

const NOTHING: Settings = { main: [], master: [] }

const queueOf = ({ main }: PostfixInstance): string => main.get('queue_directory') ?? '/var/spool/postfix'

function sameInChroot({ sources, to, target }: Move): boolean {
  const inside = endpointOf(to, { chroot: true, queueDirectory: queueOf(sources) })
  return target.kind !== 'unix' || (inside.kind === 'unix' && inside.path === target.path)
}

/**
 * Parameters where they are written, as few as do; else the lists themselves, `$name` in them expanded; else options of
 * the services.
 */
function written(
  move: Move,
  lists: readonly MilterList[],
  moving: readonly MilterList[],
): Settings | { readonly impossible: string } {
  const wanted = new Map(lists.map((list) => [list, wantedOf(move, list)]))
  const whole = (list: MilterList): string => (wanted.get(list) ?? []).join(', ')
  const differing = (writing: Writing): readonly MilterList[] => {
    const now = milterLists(writing.applied())
    return lists.filter((list, index) => !isAs(now[index], list, wanted.get(list) ?? []))
  }
  const writing = new Writing(move.sources, lists)
  for (const list of moving) if (!replaced(move, list, writing)) writing.set(list.holder!, whole(list))
  const left = differing(writing)
  for (const list of left) writing.set(holderFor(list, lists, left), whole(list))
  if (isWritable(writing) && differing(writing).length === 0) return writing.settings()
  // One value means several sockets: those in a chroot and others.
  const apart = new Writing(move.sources, lists)
  for (const list of moving) apart.set({ ...list.holder!, service: list.service.name }, whole(list))
  if (isWritable(apart) && differing(apart).length === 0) return apart.settings()
  return { impossible: `its lists of milters cannot be made to ask ${move.to}: write them with no $name in them` }
}

/** Whether postconf(1) takes all of it. */
const isWritable = (writing: Writing): boolean => writing.settings().master.every(([, , value]) => !/\s/.test(value))

/** Where a list is written whole: where it is set, unless other lists that are to stay are set there, too. */
function holderFor(list: MilterList, lists: readonly MilterList[], left: readonly MilterList[]): Holder {
  const holder = list.holder!
  const isAlone = lists.every((each) => left.includes(each) || !isOne(each.holder, holder))
  return isAlone ? holder : { ...holder, service: list.service.name }
}

const isOne = (one: Holder | undefined, other: Holder): boolean =>
  one?.parameter === other.parameter && one.service === other.service

/** Whether each item of the list that moves is replaced where it is written. */
function replaced({ to, ...move }: Move, list: MilterList, writing: Writing): boolean {
  const places = new ItemPlaces(list.expansion)
  const edits = list.items.filter((item) => isMoved({ to, ...move }, item)).map(({ head }) => places.placeOf(head))
  return edits.every((edit) => edit !== undefined && writing.replace(edit, to))
}

/** The items of a list after the move. */
function wantedOf(move: Move, list: MilterList): readonly string[] {
  if (!list.items.some((item) => isMoved(move, item))) return list.items.map(({ use }) => use.item)
  let isThere = false
  return list.items.flatMap((item): readonly string[] => {
    const moved = isMoved(move, item)
    if (!moved && headOf(item.use.item) !== move.to && !isTarget(item.use.endpoint, move.target)) return [item.use.item]
    if (isThere) return []
    isThere = true
    const text = list.text
    return [
      moved ? text.slice(item.start, item.head.start) + move.to + text.slice(item.head.end, item.end) : item.use.item,
    ]
  })
}

const isMoved = ({ sources: { host }, from, to, target }: Move, { use: { endpoint, item } }: ListItem): boolean =>
  headOf(item) !== to && !isTarget(endpoint, target) && from.some((each) => sameSocket(endpoint, each, host))

function isTarget(endpoint: Endpoint, target: Endpoint): boolean {
  if (endpoint.kind === 'unix') return target.kind === 'unix' && endpoint.path === target.path
  if (endpoint.kind !== 'inet' || target.kind !== 'inet') return false
  return endpoint.host === target.host && endpoint.port === target.port
}

function isAs(now: MilterList | undefined, was: MilterList, wanted: readonly string[]): boolean {
  if (now?.service.name !== was.service.name || now.parameter !== was.parameter) return false
  const items = now.items.map(({ use }) => compactItem(use.item))
  return items.join('\n') === wanted.map(compactItem).join('\n')
}
