// Who asks which milter: every service of every instance, by the lists that count for it, as Postfix reads them.
import type { Untrusted } from '../shell/untrusted.ts'
import { endpointOf, type Endpoint } from './endpoint.ts'
import type { Piece } from './expand.ts'
import { itemRanges, milterItem } from './milter-list.ts'
import type { Range } from './range.ts'
import { Reading, type Read } from './reading.ts'
import type { PostfixInstance, PostfixService, PostfixSources } from './sources.ts'

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

/** The lists that services of an instance ask, those that are empty left out. */
export function milterLists(instance: PostfixInstance): readonly MilterList[] {
  const reading = new Reading(instance)
  const lists: MilterList[] = []
  let left = MOST_USES
  for (const { service, parameter } of askers(reading)) {
    if (left <= 0) break
    const list = listOf(reading, service, parameter, left)
    if (list.items.length > 0) lists.push(list)
    left -= list.items.length
  }
  return lists
}

function listOf(reading: Reading, service: PostfixService, parameter: string, most: number): MilterList {
  const read = reading.read(parameter, service)
  const { pieces, problem } = read.expansion
  const queueDirectory = reading.value('queue_directory', service)
  const defaultAction = reading.value('milter_default_action', service)
  const about = { service: service.name, parameter, chroot: service.chroot, instance: reading.instance.directory }
  const action = (own: string | undefined): string => (own ?? defaultAction).toLowerCase()
  if (problem !== undefined) {
    const endpoint = { kind: 'unknown', why: problem } as const
    const item = read.holder?.value ?? ''
    const use: MilterUse = { ...about, item, through: [parameter], endpoint, action: action(undefined) }
    return { ...read, service, parameter, items: [{ ...NOWHERE, head: NOWHERE, use }] }
  }
  const ranges = itemRanges(read.text)
  // smtpd's word for no milters.
  const isOff = parameter !== 'non_smtpd_milters' && /^disable$/i.test(read.text)
  const places = new PlacesAt(pieces)
  const items = (isOff ? [] : ranges.slice(0, most)).map((range): ListItem => {
    const { head, options, problem: wrong } = milterItem(read.text, range)
    const milter = textIn(read.text, head)
    const endpoint =
      wrong === undefined ? endpointOf(milter, { chroot: service.chroot, queueDirectory }) : refused(wrong)
    const use: MilterUse = {
      ...about,
      item: textIn(read.text, range),
      through: places.parametersAt(head.start),
      endpoint: parameter === 'smtpd_milter_maps' ? BY_MAPS : endpoint,
      action: action(options.get('default_action')),
    }
    return { ...range, head, use }
  })
  return { ...read, service, parameter, items }
}

const NOWHERE: Range = { start: 0, end: 0 }
const BY_MAPS: Endpoint = {
  kind: 'unknown',
  why: 'smtpd_milter_maps chooses milters by the client, from tables that are not read',
}
const refused = (why: string): Endpoint => ({ kind: 'refused', why })
const textIn = (text: Untrusted, { start, end }: Range): string => text.slice(start, end)

/** The parameters by which one comes to a place of an expanded text; asked from left to right. */
class PlacesAt {
  readonly #pieces: readonly Piece[]
  #index = 0
  #before = 0

  constructor(pieces: readonly Piece[]) {
    this.#pieces = pieces
  }

  parametersAt(at: number): readonly string[] {
    for (
      let piece = this.#pieces[this.#index];
      piece !== undefined && this.#before + piece.text.length <= at;
      piece = this.#pieces[this.#index]
    ) {
      this.#before += piece.text.length
      this.#index += 1
    }
    const names: string[] = []
    for (let place = this.#pieces[this.#index]?.place; place !== undefined; place = place.from)
      names.push(place.holder.parameter)
    return names.reverse()
  }
}

interface Asker {
  readonly service: PostfixService
  readonly parameter: string
}

/** Services that ask milters, and by which lists. */
function askers(reading: Reading): readonly Asker[] {
  const { services } = reading.instance
  const asksNone = (service: PostfixService): boolean =>
    reading.words('receive_override_options', service).includes('no_milters')
  // The cleanup(8) of those that have not asked milters themselves.
  const cleaners = new Set(
    services
      .filter((service) => (service.command === 'pickup' || service.command === 'qmqpd') && !asksNone(service))
      .map((service) => `${reading.value('cleanup_service_name', service)}/unix`),
  )
  // Bounces and notices to the postmaster pass milters only where this says so.
  const inspects = services.some(
    (service) => service.command === 'bounce' && reading.words('internal_mail_filter_classes', service).length > 0,
  )
  return services.flatMap((service): readonly Asker[] => {
    if (service.command === 'smtpd')
      return asksNone(service)
        ? []
        : ['smtpd_milters', 'smtpd_milter_maps'].map((parameter) => ({ service, parameter }))
    const isAsked = inspects || cleaners.has(service.name)
    return service.command === 'cleanup' && isAsked ? [{ service, parameter: 'non_smtpd_milters' }] : []
  })
}
