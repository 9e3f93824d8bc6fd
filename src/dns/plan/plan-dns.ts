// Plans the changes in DNS: compares the records that a fleet needs with what the name servers of their zones serve.
import { isRevokedDkim } from '../../mail/records/dkim/record.ts'
import { byRecord, isWithin, type MailRecord } from '../../mail/records/dns-record.ts'
import type { MailFleet } from '../../mail/fleet/mail-fleet.ts'
import { mailRecords, type RecordFault } from '../../mail/fleet/mail-records.ts'
import type { Finding } from '../../findings/finding.ts'
import { fleetFinding } from '../../mail/fleet/findings.ts'
import { isAnothersKey } from '../../mail/records/served-record.ts'
import { MailrunError } from '../../core/mailrun-error.ts'
import { askZone, type ServerAnswer } from '../lookup/ask-zone.ts'
import { domainBounds, type DomainBounds } from '../bounds/domain-bounds.ts'
import { ZoneNotFound, type ZoneServers } from '../lookup/find-zone.ts'
import { nextSelector } from './free-selector.ts'
import { look, type Looking, type Sight, type View } from '../lookup/look.ts'
import { isNewer, serialOf } from '../lookup/serial-of.ts'
import { servingProblems } from '../served/serving-problem.ts'
import type { Rrset } from '../lookup/rrset.ts'
import { wantedChange, type RrsetChange } from './wanted-change.ts'

export type PlannedRecord = {
  readonly record: MailRecord
  /** `undefined` where it cannot be told. */
  readonly zone: ZoneServers | undefined
  /** Of every server that the world asks. */
  readonly views: readonly View[]
} & PlannedState

type PlannedState =
  | { readonly kind: 'served' }
  | { readonly kind: 'change'; readonly change: RrsetChange }
  /**
   * It cannot be put there. `anothers`: another key is there, which is replaced where that is asked for by name.
   * `unreadable`: what is published cannot be read or kept, so what is to be there is not known, whatever `record`
   * says.
   */
  | { readonly kind: 'blocked'; readonly why: string; readonly anothers?: true; readonly unreadable?: true }
  /** Nobody who knows says what is there: it is left alone. */
  | { readonly kind: 'unanswered'; readonly why: string }
  /** Somebody else is to publish it. */
  | { readonly kind: 'others'; readonly served: boolean }

export interface DnsPlan {
  readonly records: readonly PlannedRecord[]
  readonly findings: readonly Finding[]
  /** Records that could not be worked out, and are not among `records`; the findings tell them, too. */
  readonly faults: readonly RecordFault[]
  /** The TXT values that were found at a name, for whoever writes whole sets. */
  published(name: string): readonly string[]
}

/** A place where a record is to be, and what is there by the server that counts. */
type Seen = { readonly sight: Sight; readonly now: ServerAnswer } | { readonly why: string }

const keyOf = ({ name, type }: Pick<MailRecord, 'name' | 'type'>): string => `${type} ${name}`

/** Names of records that may take the place of others' keys. */
export type Replacing = ReadonlySet<string>
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
  const told = new Set(unreadable.map(({ record }) => placeOf(record)))
  const unknown = faults.filter((fault) => !told.has(placeOf(fault)))
  return {
    records: [...(await planAll(records, seen, lookingAt, replacing)), ...unreadable].sort((a, b) =>
      byRecord(a.record, b.record),
    ),
    findings: [...findings, ...unknown.map(faultFinding), ...serverFindings(seen)],
    faults: unknown,
    published,
  }
}

/** Of domains whose policy is no business of the inventory's: whether they have one that is good is told. */
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
  fleetFinding('records-contradict', why, { remedy: 'mend that, then plan again; all other records go on' })

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

/** Where a record is to be, or may be. */
type DomainPlace = Pick<MailRecord, 'name' | 'type' | 'domain'>

/** For one record: what its domain leads to has one bound. */
type LookingAt = (place: DomainPlace) => Looking

const lookingWithin =
  (bounds: DomainBounds, looking: Looking): LookingAt =>
  (place) =>
    bounds.looking(looking, place.domain, keyOf(place))

async function seeAll(places: readonly DomainPlace[], lookingAt: LookingAt): Promise<ReadonlyMap<string, Seen>> {
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

const publishedBy =
  (seen: ReadonlyMap<string, Seen>) =>
  (name: string): readonly string[] => {
    const there = seen.get(keyOf({ name, type: 'TXT' }))
    return there !== undefined && 'now' in there && there.now.kind === 'found'
      ? there.now.rrset.rdata.map(({ value }) => value)
      : []
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

/** What one record meets is that one's: an alias that leads to no zone, or text that no zone can have. */
async function stateOrWhy(
  record: MailRecord,
  now: ServerAnswer,
  zone: ZoneServers,
  looking: Looking,
  replacing: Replacing,
): Promise<PlannedState> {
  try {
    return await stateOf(record, now, zone, looking, replacing)
  } catch (error) {
    if (error instanceof ZoneNotFound) return { kind: 'unanswered', why: error.message }
    if (error instanceof MailrunError) return { kind: 'blocked', why: error.message }
    throw error
  }
}

async function stateOf(
  record: MailRecord,
  now: ServerAnswer,
  zone: ZoneServers,
  looking: Looking,
  replacing: Replacing,
): Promise<PlannedState> {
  if (now.kind === 'failed')
    return { kind: 'unanswered', why: `no name server of ${zone.zone} tells what is there: ${now.why}` }
  if (now.kind === 'alias') {
    const [problem] = await servingProblems(record, [now], looking)
    if (problem?.kind === 'silent')
      return { kind: 'unanswered', why: `it is an alias (CNAME) there, and what that leads to ${problem.why}` }
    if (record.publishedBy === 'other') return { kind: 'others', served: problem === undefined }
    return problem === undefined
      ? { kind: 'served' }
      : {
          kind: 'blocked',
          why: `${record.name} is an alias (CNAME) for ${now.target}: publish it there, or remove the alias`,
        }
  }
  const before = now.kind === 'found' ? now.rrset : undefined
  const change = wantedChange(record, before)
  if (record.publishedBy === 'other') return { kind: 'others', served: change === undefined || change.add.length === 0 }
  if (change === undefined) return { kind: 'served' }
  const fromWildcard = before !== undefined && (await isFromWildcard(record, before, zone, looking))
  // What was revoked may be in the hands of others: a selector is never used again.
  if (!fromWildcard && unrevokes(record, before)) return { kind: 'blocked', why: REVOKED }
  const own = fromWildcard ? wantedChange(record, undefined) : change
  if (own === undefined) return { kind: 'served' }
  const isUnasked = own.remove.some(({ value }) => isAnothersKey(record, value)) && !replacing.has(record.name)
  return isUnasked
    ? { kind: 'blocked', anothers: true, why: await anothersKey(record, looking) }
    : { kind: 'change', change: own }
}

/** A rebuilt host, a lost key, a name that somebody else uses: which of them it is, people know. */
async function anothersKey(record: MailRecord, looking: Looking): Promise<string> {
  const { name, value } = record
  const replace = `mailrun dns push --replace ${name}`
  if (isRevokedDkim(value))
    return `DNS serves a key there that is not the one to be revoked: it is not revoked unasked; ${replace} does`
  const free = await nextSelector(record, looking)
  const next =
    free === undefined
      ? ''
      : `have the host take the next free selector, ${free} (as its dkim_selector; where it signs already, ` +
        'by mailrun rotate --start), or '
  return `DNS serves another key there, and nothing is replaced unasked: ${next}replace it by ${replace}`
}

const REVOKED =
  'DNS says that this key is revoked (p=), and it is not to be brought back: ' +
  'have the host take up a new one (mailrun rotate --start); ' +
  'where it was revoked by mistake, delete the record first'

function unrevokes(record: MailRecord, before: Rrset | undefined): boolean {
  if (record.purpose !== 'dkim' || isRevokedDkim(record.value)) return false
  return before?.rdata.some(({ value }) => isRevokedDkim(value)) ?? false
}

/**
 * An answer that a wildcard gave (RFC 4592) is no set of the name's own, which an update could require or take away.
 */
async function isFromWildcard(
  { name, type }: MailRecord,
  rrset: Rrset,
  { zone, servers, primary }: ZoneServers,
  { ask }: Looking,
): Promise<boolean> {
  const server = primary ?? servers[0]
  if (server === undefined || name === zone || name.startsWith('*.')) return false
  const labels = name.split('.')
  const above = labels
    .map((_, index) => labels.slice(index + 1).join('.'))
    .filter((each) => each !== '' && isWithin(each, zone))
  const texts = ({ rdata }: Rrset): string =>
    rdata
      .map(({ text }) => text)
      .sort()
      .join('\n')
  const answers = await Promise.all(above.map((each) => askZone(ask, server, `*.${each}`, type)))
  return answers.some((answer) => answer.kind === 'found' && texts(answer.rrset) === texts(rrset))
}
