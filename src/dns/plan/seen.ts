// What is published where records are to be, by the server that counts.
import type { MailRecord } from '../../mail/records/dns-record.ts'
import type { ServerAnswer } from '../lookup/ask-zone.ts'
import type { DomainBounds } from '../bounds/domain-bounds.ts'
import { ZoneNotFound } from '../lookup/find-zone.ts'
import { look, type Looking, type Sight } from '../lookup/look.ts'
import { isNewer, serialOf } from '../lookup/serial-of.ts'

/** A place where a record is to be, and what is there by the server that counts. */
export type Seen = { readonly sight: Sight; readonly now: ServerAnswer } | { readonly why: string }

export const keyOf = ({ name, type }: Pick<MailRecord, 'name' | 'type'>): string => `${type} ${name}`

/** Where a record is to be, or may be. */
export type DomainPlace = Pick<MailRecord, 'name' | 'type' | 'domain'>

/** For one record: what its domain leads to has one bound. */
export type LookingAt = (place: DomainPlace) => Looking

export const lookingWithin =
  (bounds: DomainBounds, looking: Looking): LookingAt =>
  (place) =>
    bounds.looking(looking, place.domain, keyOf(place))

export async function seeAll(places: readonly DomainPlace[], lookingAt: LookingAt): Promise<ReadonlyMap<string, Seen>> {
  return new Map(
    await Promise.all(places.map(async (place) => [keyOf(place), await see(place, lookingAt(place))] as const)),
  )
}

async function see(place: DomainPlace, looking: Looking): Promise<Seen> {
  try {
    const sight = await look(place, looking)
    return { sight, now: await counting(sight, looking) }
  } catch (error) {
    if (!(error instanceof ZoneNotFound)) throw error
    return { why: error.message }
  }
}

/** The primary's answer; where it is not to be had, that of the server with the newest copy. */
async function counting({ zone, primary, views }: Sight, { ask }: Looking): Promise<ServerAnswer> {
  if (primary !== undefined && primary.kind !== 'failed') return primary
  const answered = views.filter(({ answer }) => answer.kind !== 'failed')
  const versions = await Promise.all(
    answered.map(async ({ server, answer }) => ({ answer, serial: (await serialOf(ask, server, zone.zone)) ?? 0 })),
  )
  const newest = versions.reduce<(typeof versions)[number] | undefined>(
    (best, each) => (best === undefined || isNewer(each.serial, best.serial) ? each : best),
    undefined,
  )
  return (
    newest?.answer ?? {
      kind: 'failed',
      why: [
        ...new Set(views.map(({ server, answer }) => `${server.name} ${answer.kind === 'failed' ? answer.why : ''}`)),
      ].join('; '),
    }
  )
}

export const publishedBy =
  (seen: ReadonlyMap<string, Seen>) =>
  (name: string): readonly string[] => {
    const there = seen.get(keyOf({ name, type: 'TXT' }))
    return there !== undefined && 'now' in there && there.now.kind === 'found'
      ? there.now.rrset.rdata.map(({ value }) => value)
      : []
  }
