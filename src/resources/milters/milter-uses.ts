// Finds which service asks which milter: every service of every instance of Postfix, with the lists that count for it.
import type { Untrusted } from '../../shell/untrusted.ts'
import { endpointOf, type Endpoint } from './endpoint.ts'
import { askers } from './askers.ts'
import { itemRanges, milterItem } from './milter-list.ts'
import { ParametersAt } from '../postfix/settings/parameters-at.ts'
import type { Range } from '../postfix/settings/range.ts'
import { Reading, type Read } from '../postfix/settings/reading.ts'
import type { PostfixInstance, PostfixService, PostfixSources } from '../postfix/settings/sources.ts'

export interface MilterUse {
  /** Who asks, as master.cf names it: `smtp/inet`; `cleanup/unix` for non_smtpd_milters. */
  readonly service: string
  readonly parameter: string
  /** As it counts, `$name` expanded: `{ inet:localhost:8891, default_action=accept }`. */
  readonly item: string
  /** The parameters that were followed; the last one holds the item. */
  readonly through: readonly string[]
  readonly endpoint: Endpoint
  /** milter_default_action, or the item's own, in lower case: what becomes of mail where the milter is dead. */
  readonly action: string
  readonly chroot: boolean
  /** The directory of the instance: `/etc/postfix`. */
  readonly instance: string
}

export interface ListItem extends Range {
  /** Where its endpoint stands in the list. */
  readonly head: Range
  readonly use: MilterUse
}

/** A list of milters that a service asks. */
export interface MilterList extends Read {
  readonly service: PostfixService
  readonly parameter: string
  readonly items: readonly ListItem[]
}

/** Of one instance: services may be many, and lists long. */
const MOST_USES = 2000

/** Every milter that a service asks, of all instances that were read. */
export const milterUses = (sources: PostfixSources): readonly MilterUse[] =>
  instancesOf(sources)
    .flatMap(milterLists)
    .flatMap(({ items }) => items.map(({ use }) => use))

/** The default one first. */
export const instancesOf = (sources: PostfixSources): readonly PostfixInstance[] => [
  sources,
  ...sources.instances.flatMap((each) => ('unread' in each ? [] : [each])),
]

/** The lists that services of an instance ask, but empty ones; where there are too many, the last one says so. */
export function milterLists(instance: PostfixInstance): readonly MilterList[] {
  const reading = new Reading(instance)
  const lists: MilterList[] = []
  let left = MOST_USES
  for (const { service, parameter } of askers(reading)) {
    const list = listOf(reading, service, parameter)
    left -= list.items.length
    if (left < 0) return [...lists, unreadList(list, `its services ask more than ${MOST_USES} milters`)]
    if (list.items.length > 0) lists.push(list)
  }
  return lists
}

function listOf(reading: Reading, service: PostfixService, parameter: string): MilterList {
  const read = reading.read(parameter, service)
  const { pieces, problem } = read.expansion
  const queueDirectory = reading.value('queue_directory', service)
  const defaultAction = reading.value('milter_default_action', service).toLowerCase()
  const about = { service: service.name, parameter, chroot: service.chroot, instance: reading.instance.directory }
  const whole: MilterUse = {
    ...about,
    item: read.holder?.value ?? '',
    through: [parameter],
    endpoint: BY_MAPS,
    action: defaultAction,
  }
  const list: MilterList = { ...read, service, parameter, items: [{ ...NOWHERE, head: NOWHERE, use: whole }] }
  if (problem !== undefined) return unreadList(list, problem)
  const ranges = itemRanges(read.text)
  // smtpd's word for no milters.
  const isOff = parameter !== 'non_smtpd_milters' && /^disable$/i.test(read.text)
  if (isOff || ranges.length === 0) return { ...list, items: [] }
  if (parameter === 'smtpd_milter_maps') return list
  const places = new ParametersAt(pieces)
  const items = ranges.slice(0, MOST_USES + 1).map((range): ListItem => {
    const { head, options, problem: wrong } = milterItem(read.text, range)
    const milter = textIn(read.text, head)
    const use: MilterUse = {
      ...about,
      item: textIn(read.text, range),
      through: places.at(head.start),
      endpoint: wrong === undefined ? endpointOf(milter, { chroot: service.chroot, queueDirectory }) : refused(wrong),
      action: options.get('default_action')?.toLowerCase() ?? defaultAction,
    }
    return { ...range, head, use }
  })
  return { ...list, items }
}

/** Where whom it asks cannot be known. */
const unreadList = (list: MilterList, why: string): MilterList => ({
  ...list,
  items: list.items.slice(0, 1).map((item) => ({ ...item, use: { ...item.use, endpoint: { kind: 'unknown', why } } })),
})

const NOWHERE: Range = { start: 0, end: 0 }
const BY_MAPS: Endpoint = {
  kind: 'unknown',
  why: 'smtpd_milter_maps chooses milters by the client, from tables that are not read',
}
const refused = (why: string): Endpoint => ({ kind: 'refused', why, stops: true })
const textIn = (text: Untrusted, { start, end }: Range): string => text.slice(start, end)
