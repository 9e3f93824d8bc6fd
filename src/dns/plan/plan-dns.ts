// Compares what a fleet needs with what its zones' name servers serve, record by record.
import { byRecord, type MailRecord } from '../../mail/records/dns-record.ts'
import type { MailFleet } from '../../mail/fleet/mail-fleet.ts'
import { mailRecords, type RecordFault } from '../../mail/fleet/mail-records.ts'
import type { Finding } from '../../findings/finding.ts'
import { fleetFinding } from '../../mail/fleet/findings.ts'
import { domainBounds, type DomainBounds } from '../bounds/domain-bounds.ts'
import type { ZoneServers } from '../lookup/find-zone.ts'
import type { Looking, View } from '../lookup/look.ts'
import { stateOrWhy, type PlannedState, type Replacing } from './record-state.ts'
import { keyOf, lookingWithin, publishedBy, seeAll, type DomainPlace, type LookingAt, type Seen } from './seen.ts'

export type PlannedRecord = {
  readonly record: MailRecord
  /** `undefined` where it cannot be known. */
  readonly zone: ZoneServers | undefined
  /** Of every server that the world asks. */
  readonly views: readonly View[]
} & PlannedState

export interface DnsPlan {
  readonly records: readonly PlannedRecord[]
  readonly findings: readonly Finding[]
  /** Records that could not be worked out, and are not among `records`; the findings tell them, too. */
  readonly faults: readonly RecordFault[]
  /** The TXT values that were found at a name, for whoever writes whole sets. */
  published(name: string): readonly string[]
}

const NOTHING: Replacing = new Set()

/**
 * Each record by itself: what is wrong with one holds up no other.
 *
 * @param bounds - on what each domain leads to, where more than this plan is asked for its sake
 */
export async function planDns(
  fleet: MailFleet,
  looking: Looking,
  replacing = NOTHING,
  bounds: DomainBounds = domainBounds(),
): Promise<DnsPlan> {
  const lookingAt = lookingWithin(bounds, looking)
  // Where records will be does not depend on what is there; what they say does.
  const places = mailRecords(fleet, () => []).records
  const seen = await seeAll([...places, ...unsetPolicies(fleet)], lookingAt)
  const published = publishedBy(seen)
  const { records, findings, faults } = mailRecords(fleet, published)
  const unreadable = unreadableAt(places, faults, seen)
  const reported = new Set(unreadable.map(({ record }) => placeOf(record)))
  const unknown = faults.filter((fault) => !reported.has(placeOf(fault)))
  return {
    records: [...(await planAll(records, seen, lookingAt, replacing)), ...unreadable].sort((a, b) =>
      byRecord(a.record, b.record),
    ),
    findings: [...findings, ...unknown.map(faultFinding), ...serverFindings(seen)],
    faults: unknown,
    published,
  }
}

/** Of domains whose policy is no business of the inventory's: whether they have one that is good is reported. */
const unsetPolicies = ({ domains }: MailFleet): readonly DomainPlace[] =>
  domains.flatMap(({ domain, sends, dmarc }) =>
    sends && dmarc === undefined ? [{ name: `_dmarc.${domain}`, type: 'TXT', domain }] : [],
  )

/** Where a record is to be, and what is published there keeps it from being worked out. */
const unreadableAt = (
  places: readonly MailRecord[],
  faults: readonly RecordFault[],
  seen: ReadonlyMap<string, Seen>,
): readonly PlannedRecord[] => {
  const byPlace = new Map(faults.map((fault) => [placeOf(fault), fault]))
  return places.flatMap((record): readonly PlannedRecord[] => {
    const [fault, there] = [byPlace.get(placeOf(record)), seen.get(keyOf(record))]
    if (fault === undefined || there === undefined || !('sight' in there)) return []
    const { zone, views } = there.sight
    return [{ record, zone, views, kind: 'blocked', unreadable: true, why: fault.why }]
  })
}

/** Of a record or of one that could not be worked out. */
const placeOf = (each: Pick<MailRecord, 'name' | 'type' | 'purpose'>): string => `${each.purpose} ${keyOf(each)}`

const faultFinding = ({ why }: RecordFault): Finding =>
  fleetFinding('records-contradict', why, { remedy: 'correct that, then plan again; all other records go on' })

/** Once a zone. */
function serverFindings(seen: ReadonlyMap<string, Seen>): readonly Finding[] {
  const zones = [...seen.values()].flatMap((each) => ('sight' in each ? [each.sight.zone] : []))
  return [...new Map(zones.map((each) => [each.zone, each])).values()].flatMap(({ zone, faults }) =>
    faults.map((fault) => fleetFinding('name-servers', `${zone}: ${fault}`)),
  )
}

/** For records that were worked out before: SPF terms that came in since then must not get lost. */
export async function planRecords(
  records: readonly MailRecord[],
  looking: Looking,
  replacing = NOTHING,
): Promise<DnsPlan> {
  const lookingAt = lookingWithin(domainBounds(), looking)
  const seen = await seeAll(records, lookingAt)
  const planned = await planAll(records, seen, lookingAt, replacing)
  return {
    records: planned.map(keepingTerms),
    findings: serverFindings(seen),
    faults: [],
    published: publishedBy(seen),
  }
}

function keepingTerms(planned: PlannedRecord): PlannedRecord {
  if (planned.kind !== 'change' || !planned.record.purpose.startsWith('spf')) return planned
  const wanted = new Set(planned.record.value.split(' '))
  const lost = planned.change.remove
    .flatMap(({ value }) => value.split(' '))
    .filter((term) => term !== '' && !wanted.has(term) && !/^[-~?+]?all$/i.test(term))
  if (lost.length === 0) return planned
  const { record, zone, views } = planned
  const why =
    `it would take ${lost.join(' ')} out of the SPF record that is there now: ` +
    'plan again from the inventory, which merges'
  return { record, zone, views, kind: 'blocked', why }
}

const planAll = (
  records: readonly MailRecord[],
  seen: ReadonlyMap<string, Seen>,
  lookingAt: LookingAt,
  replacing: Replacing,
): Promise<readonly PlannedRecord[]> =>
  Promise.all(
    records.map(async (record): Promise<PlannedRecord> => {
      const there = seen.get(keyOf(record))
      if (there === undefined || 'why' in there)
        return { record, zone: undefined, views: [], kind: 'unanswered', why: there?.why ?? 'it was not asked for' }
      const {
        sight: { zone, views },
        now,
      } = there
      return { record, zone, views, ...(await stateOrWhy(record, now, zone, lookingAt(record), replacing)) }
    }),
  )
