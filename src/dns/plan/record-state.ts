// What is to become of one record, by what is there: it is served, to be changed, or not to be touched.
import { isRevokedDkim } from '../../mail/records/dkim/record.ts'
import { isWithin, type MailRecord } from '../../mail/records/dns-record.ts'
import { isAnothersKey } from '../../mail/records/served-record.ts'
import { MailrunError } from '../../core/mailrun-error.ts'
import { askZone, type ServerAnswer } from '../lookup/ask-zone.ts'
import { ZoneNotFound, type ZoneServers } from '../lookup/find-zone.ts'
import { nextSelector } from './free-selector.ts'
import type { Looking } from '../lookup/look.ts'
import { servingProblems } from '../served/serving-problem.ts'
import type { Rrset } from '../lookup/rrset.ts'
import { wantedChange, type RrsetChange } from './wanted-change.ts'

export type PlannedState =
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

/** Names of records that may take the place of others' keys. */
export type Replacing = ReadonlySet<string>

/** What one record meets is that one's: an alias that leads to no zone, or text that no zone can have. */
export async function stateOrWhy(
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
