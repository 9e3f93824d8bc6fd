// Finds a selector for a new key that nobody has used.
import { dkimName } from '../../mail/records/dkim/record.ts'
import type { MailRecord } from '../../mail/records/dns-record.ts'
import { ownBase } from '../../mail/fleet/own-selectors.ts'
import { datedSelectors, rotationBase } from '../../mail/rotation/new-selector.ts'
import { ZoneNotFound } from '../lookup/find-zone.ts'
import { look, type Looking, type View } from '../lookup/look.ts'
import type { Rrset } from '../lookup/rrset.ts'

/** The first selector that neither DNS nor anybody who is named knows; `undefined`: none, or it cannot be known. */
export async function freeSelector(
  candidates: readonly string[],
  taken: Pick<ReadonlySet<string>, 'has'>,
  domain: string,
  looking: Looking,
): Promise<string | undefined> {
  const wildcard = await viewsOf(`*._domainkey.${domain}`, looking)
  const wild = (wildcard ?? []).flatMap(({ answer }) => (answer.kind === 'found' ? [textsOf(answer.rrset)] : []))
  const isFree = ({ answer }: View): boolean =>
    answer.kind === 'none' || (answer.kind === 'found' && wild.includes(textsOf(answer.rrset)))
  for (const selector of candidates) {
    if (taken.has(selector)) continue
    const views = await viewsOf(dkimName(domain, selector), looking)
    if (views === undefined) return undefined
    if (views.every(isFree)) return selector
  }
  return undefined
}

/** In the place of the one whose record it is: as a rotation would name it today. */
export function nextSelector(
  { name, domain, claim }: Pick<MailRecord, 'name' | 'domain' | 'claim'>,
  looking: Looking,
): Promise<string | undefined> {
  const selector = name.slice(0, -dkimName(domain, '').length)
  const base = claim === undefined ? rotationBase(selector) : ownBase(claim.own)
  const taken = new Set(claim?.own.others)
  return freeSelector(datedSelectors(base, Math.floor(Date.now() / 1000)), taken, domain, looking)
}

async function viewsOf(name: string, looking: Looking): Promise<readonly View[] | undefined> {
  try {
    return (await look({ name, type: 'TXT' }, looking)).views
  } catch (error) {
    if (error instanceof ZoneNotFound) return undefined
    throw error
  }
}

const textsOf = ({ rdata }: Rrset): string =>
  rdata
    .map(({ text }) => text)
    .sort()
    .join('\n')
