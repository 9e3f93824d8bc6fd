// What is to be written so that whoever asks one of some sockets asks another one in its place.
import { endpointOf, sameSocket, type Endpoint } from './endpoint.ts'
import { ItemPlaces } from './item-place.ts'
import { headOf } from './milter-list.ts'
import { milterLists, type ListItem, type MilterList } from './milter-uses.ts'
import type { PostfixInstance, PostfixSources } from './sources.ts'
import { Writing, type Settings } from './writing.ts'

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
 * @param to - as Postfix writes it: `unix:opendkim/opendkim.sock`.
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
  const hidden = unknownIn(lists) ?? sharedWith(move)
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

/** Parameters where they are written, as few as do; else the lists themselves, `$name` in them expanded. */
function written(
  move: Move,
  lists: readonly MilterList[],
  moving: readonly MilterList[],
): Settings | { readonly impossible: string } {
  const wanted = lists.map((list) => wantedOf(move, list))
  const whole = (writing: Writing, each: readonly MilterList[]): void => {
    for (const list of each) writing.set(list.holder!, wanted[lists.indexOf(list)]!.join(', '))
  }
  const differing = (writing: Writing): readonly MilterList[] => {
    const now = milterLists(writing.applied())
    return lists.filter((list, index) => !isAs(now[index], list, wanted[index]!))
  }
  const writing = new Writing(move.sources, lists)
  whole(
    writing,
    moving.filter((list) => !replaced(move, list, writing)),
  )
  const left = differing(writing)
  if (left.length === 0) return writing.settings()
  whole(writing, left)
  if (differing(writing).length === 0) return writing.settings()
  const plain = new Writing(move.sources, lists)
  whole(plain, moving)
  if (differing(plain).length === 0) return plain.settings()
  return {
    impossible: `its lists of milters refer to each other so that they cannot be made to ask ${move.to}: write them plainly`,
  }
}

/** Whether each item of the list that moves is replaced where it is written. */
function replaced({ to, ...move }: Move, list: MilterList, writing: Writing): boolean {
  const places = new ItemPlaces(list.expansion)
  const edits = list.items.filter((item) => isMoved({ to, ...move }, item)).map(({ head }) => places.placeOf(head))
  return edits.every((edit) => edit !== undefined && writing.replace(edit, to))
}

/** The items of a list after the move. */
function wantedOf(move: Move, list: MilterList): readonly string[] {
  let isThere = false
  return list.items.flatMap((item): readonly string[] => {
    const moved = isMoved(move, item)
    if (!moved && headOf(item.use.item) !== move.to) return [item.use.item]
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

const isTarget = (endpoint: Endpoint, target: Endpoint): boolean =>
  endpoint.kind === 'unix' && target.kind === 'unix' && endpoint.path === target.path

const isAs = (now: MilterList | undefined, was: MilterList, wanted: readonly string[]): boolean =>
  now !== undefined &&
  now.service.name === was.service.name &&
  now.parameter === was.parameter &&
  now.items.length === wanted.length &&
  now.items.every(({ use }, index) => use.item === wanted[index])

/** What may ask one of the sockets, and cannot be told. */
function unknownIn(lists: readonly MilterList[]): string | undefined {
  for (const { service, parameter, items } of lists)
    for (const { use } of items)
      if (use.endpoint.kind === 'unknown') return `${service.name} asks by ${parameter}: ${use.endpoint.why}`
  return undefined
}

/** Another instance that asks one of the sockets, or that may. */
function sharedWith({ sources: { instances, host }, from }: Move): string | undefined {
  for (const instance of instances) {
    if ('unread' in instance) return `the instance ${instance.directory} of Postfix cannot be read: ${instance.unread}`
    const lists = milterLists(instance)
    const unknown = unknownIn(lists)
    if (unknown !== undefined) return `the instance ${instance.directory} of Postfix: ${unknown}`
    const asks = lists
      .flatMap(({ items }) => items)
      .find(({ use }) => from.some((each) => sameSocket(use.endpoint, each, host)))
    if (asks !== undefined)
      return `the instance ${instance.directory} of Postfix asks ${asks.use.item}, too (${asks.use.service})`
  }
  return undefined
}
