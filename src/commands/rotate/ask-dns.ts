// Asks the name servers of its zone about each key of a rotation, compares their answers with what they must serve, and
// plans the change.
import type { DnsVars } from '../../dns/dns-vars.ts'
import { zoneSettings } from '../../dns/dns-vars.ts'
import { ZoneNotFound } from '../../dns/lookup/find-zone.ts'
import { look, type Looking, type Sight, type View } from '../../dns/lookup/look.ts'
import { shownServer } from '../../dns/lookup/name-server.ts'
import { planRecords, type PlannedRecord } from '../../dns/plan/plan-dns.ts'
import { servingProblems } from '../../dns/served/serving-problem.ts'
import { shownTexts } from '../../dns/served/shown-texts.ts'
import type { Rrset } from '../../dns/lookup/rrset.ts'
import { dkimName, dkimValue, isRevokedDkim, REVOKED_DKIM } from '../../mail/records/dkim/record.ts'
import type { MailRecord } from '../../mail/records/dns-record.ts'
import { publishableKey } from '../../mail/records/dkim/public-key.ts'
import { dnsWish } from '../../mail/rotation/dns-wish.ts'
import type { DnsStanding, RotationEvidence } from '../../mail/rotation/evidence.ts'
import type { Standing } from '../../mail/rotation/history.ts'
import { livingKeys } from '../../mail/rotation/next-steps.ts'
import { groupedBy } from '../../text/grouped-by.ts'
import type { HostEvidence } from './ask-hosts.ts'

export interface KeyInDns {
  readonly standing: DnsStanding
  /** What an update would do, where one is needed. */
  readonly planned: PlannedRecord | undefined
}

export interface DomainInDns {
  /** By selector. */
  readonly keys: ReadonlyMap<string, KeyInDns>
  readonly cached: RotationEvidence['cached']
  /** Why the zone cannot be known. */
  readonly fault: string | undefined
}

/** Authoritative servers alone are asked: a cache would hold on to what is not there yet. */
export async function askDns(evidence: HostEvidence, looking: Looking, dns: DnsVars): Promise<DomainInDns> {
  const wildcard = await lookAt(`*._domainkey.${evidence.domain}`, looking)
  if ('why' in wildcard) return { keys: new Map(), cached: 0, fault: wildcard.why }
  const found = wildcard.sight.views.flatMap(({ answer }) => (answer.kind === 'found' ? [answer.rrset] : []))
  const byOthers = zoneSettings(dns, wildcard.sight.zone.zone).updater === 'by-hand'
  const known = groupedBy(evidence.keys, ({ selector }) => selector)
  const keys = await Promise.all(
    livingKeys(evidence).map(async (key) => {
      const own = { ...evidence, keys: known.get(key.selector) ?? [] }
      return [key.selector, await keyInDns(key, own, looking, found, byOthers)] as const
    }),
  )
  return {
    keys: new Map(keys),
    cached: Math.max(wildcard.sight.zone.negativeTtl, ...found.map(({ ttl }) => ttl)),
    fault: undefined,
  }
}

/**
 * @param evidence - of keys, those of this selector.
 * @param wildcard - what servers say of names that are not there.
 */
function keyInDns(
  key: Standing,
  evidence: HostEvidence,
  looking: Looking,
  wildcard: readonly Rrset[],
  byOthers: boolean,
): Promise<KeyInDns> | KeyInDns {
  const wish = dnsWish(key, key.selector === evidence.inUse.selector)
  if (wish === 'gone') return goneFrom(recordOf(key, evidence, REVOKED_DKIM), looking, wildcard, byOthers)
  if (wish === 'revoked') return servedAs(recordOf(key, evidence, REVOKED_DKIM), wish, looking, byOthers)
  const weighed = publishableKey(publicKeyOf(key, evidence) ?? '')
  if ('why' in weighed) {
    const why = `there is no key of ${evidence.host} for it that could be published: its public key ${weighed.why}`
    return { standing: { wish, missing: [], push: { why } }, planned: undefined }
  }
  return servedAs(recordOf(key, evidence, dkimValue(weighed.key)), wish, looking, byOthers)
}

function publicKeyOf({ selector, path }: Standing, { inUse, keys }: HostEvidence): string | undefined {
  if (selector === inUse.selector) return inUse.publicKey
  return keys.find((each) => each.selector === selector && (path === undefined || path === each.path))?.publicKey
}

function recordOf(key: Standing, evidence: HostEvidence, value: string): MailRecord {
  const { domain, host, member } = evidence
  return {
    name: dkimName(domain, key.selector),
    type: 'TXT',
    ttl: member.ttl,
    value,
    purpose: 'dkim',
    domain,
    publishedBy: 'fleet',
    why: [`a key of ${host}`],
    claim: { own: member.own, held: publicKeyOf(key, evidence) },
  }
}

async function lookAt(name: string, looking: Looking): Promise<{ readonly sight: Sight } | { readonly why: string }> {
  try {
    return { sight: await look({ name, type: 'TXT' }, looking) }
  } catch (error) {
    if (error instanceof ZoneNotFound) return { why: error.message }
    throw error
  }
}

async function servedAs(
  record: MailRecord,
  wish: 'key' | 'revoked',
  looking: Looking,
  byOthers: boolean,
): Promise<KeyInDns> {
  const [planned] = (await planRecords([record], looking)).records as readonly [PlannedRecord]
  const answers = planned.views.map(({ answer }) => answer)
  const problems = await servingProblems(record, answers, looking)
  const missing = planned.views.flatMap(({ server }, index) => {
    const problem = problems[index]
    return problem === undefined
      ? []
      : [{ silent: problem.kind === 'silent', what: `${record.name}: ${shownServer(server)} ${problem.why}` }]
  })
  if (planned.kind === 'blocked') return { standing: { wish, missing, push: { why: planned.why } }, planned: undefined }
  if (planned.kind === 'unanswered') {
    return {
      standing: { wish, missing: missing.length > 0 ? missing : [{ silent: true, what: planned.why }], push: 'done' },
      planned: undefined,
    }
  }
  if (planned.kind !== 'change') return { standing: { wish, missing, push: 'done' }, planned: undefined }
  return byOthers
    ? { standing: { wish, missing, push: 'by-others' }, planned: undefined }
    : { standing: { wish, missing, push: 'needed' }, planned }
}

/** Nothing but a revoked key is taken away. */
async function goneFrom(
  record: MailRecord,
  looking: Looking,
  wildcard: readonly Rrset[],
  byOthers: boolean,
): Promise<KeyInDns> {
  const there = await lookAt(record.name, looking)
  if ('why' in there) {
    return {
      standing: { wish: 'gone', missing: [{ silent: true, what: there.why }], push: 'done' },
      planned: undefined,
    }
  }
  const { views, primary, zone } = there.sight
  const isOwn = (rrset: Rrset): boolean => !wildcard.some((each) => textsOf(each) === textsOf(rrset))
  const missing = views.flatMap((view) => stillThere(record.name, view, isOwn))
  const counts = primary ?? views[0]?.answer
  if (counts?.kind !== 'found' || !isOwn(counts.rrset))
    return { standing: { wish: 'gone', missing, push: 'done' }, planned: undefined }
  const before = counts.rrset
  if (!before.rdata.every(({ value }) => isRevokedDkim(value))) {
    const why =
      `${record.name} is not the revoked key that was there (${shownSet(before)}): ` +
      'it is left alone; delete it by hand if nobody wants it'
    return { standing: { wish: 'gone', missing, push: { why } }, planned: undefined }
  }
  const planned: PlannedRecord = {
    record,
    zone,
    views,
    kind: 'change',
    change: { record, before, remove: before.rdata, add: [], kept: [], ttl: before.ttl },
  }
  return {
    standing: { wish: 'gone', missing, push: byOthers ? 'by-others' : 'needed' },
    planned: byOthers ? undefined : planned,
  }
}

/** What a server says of a name that is to be gone, where it does not say that it is. */
function stillThere(name: string, { server, answer }: View, isOwn: (rrset: Rrset) => boolean): DnsStanding['missing'] {
  const head = `${name}: ${shownServer(server)}`
  if (answer.kind === 'failed') return [{ silent: true, what: `${head} gives no usable answer: ${answer.why}` }]
  if (answer.kind !== 'found' || !isOwn(answer.rrset)) return []
  return [{ silent: false, what: `${head} still serves ${shownSet(answer.rrset)}` }]
}

const shownSet = ({ rdata }: Rrset): string => shownTexts(rdata.map(({ text }) => text))

const textsOf = ({ rdata }: Rrset): string =>
  rdata
    .map(({ text }) => text)
    .sort()
    .join('\n')
