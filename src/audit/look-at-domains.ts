// Asks every authoritative name server what it serves for a fleet's domains: policies, keys, and whether they are what
// the inventory wants.
import type { Asking, Authority } from '../dns/lookup/authority.ts'
import type { ServerAnswer } from '../dns/lookup/ask-zone.ts'
import type { DomainBounds } from '../dns/bounds/domain-bounds.ts'
import { MOST_ALIASES } from '../dns/bounds/bounds.ts'
import { ZoneNotFound } from '../dns/lookup/find-zone.ts'
import { look, type Looking, type View } from '../dns/lookup/look.ts'
import { shownServer } from '../dns/lookup/name-server.ts'
import { planDns } from '../dns/plan/plan-dns.ts'
import { walkDns } from '../dns/lookup/walk-dns.ts'
import { adspName } from '../mail/records/adsp.ts'
import { dkimName } from '../mail/records/dkim/record.ts'
import { isDmarc, readDmarc } from '../mail/records/dmarc/parse.ts'
import { externalDestinations, reportConsentName } from '../mail/records/dmarc/report-consent.ts'
import { isWithin } from '../mail/records/dns-record.ts'
import { valuesOf } from '../mail/records/dns-walk.ts'
import type { MailFleet } from '../mail/fleet/mail-fleet.ts'
import { spfLookups } from '../mail/records/spf/lookups.ts'
import { groupedBy } from '../text/grouped-by.ts'
import type { DomainEvidence, PublishedTxt } from './evidence.ts'

/** How an audit asks DNS. */
export interface AskedDns {
  readonly looking: Looking
  readonly authority: Authority
  /** On what each domain leads to, by whichever of the two. */
  readonly bounds: DomainBounds
}

export interface AskedDomain {
  readonly domain: string
  /** Whether the inventory names it. */
  readonly declared: boolean
  /** That hosts sign with. */
  readonly selectors: readonly string[]
}

export async function lookAtDomains(
  fleet: MailFleet,
  asked: readonly AskedDomain[],
  dns: AskedDns,
): Promise<readonly DomainEvidence[]> {
  const plans = await plansOf(fleet, dns)
  return Promise.all(asked.map((each) => lookAt(each, fleet, plans(each.domain), dns)))
}

type DomainPlan = Pick<DomainEvidence, 'planned' | 'notes' | 'contradiction'>

/** What is wanted of each domain; what cannot be worked out is that one's. */
async function plansOf(fleet: MailFleet, { looking, bounds }: AskedDns): Promise<(domain: string) => DomainPlan> {
  const plan = await planDns(fleet, looking, undefined, bounds)
  const records = groupedBy(plan.records, ({ record }) => record.domain)
  const faults = groupedBy(plan.faults, (fault) => fault.domain)
  const own = new Set(fleet.domains.map((each) => each.domain))
  // A host's own name is reported with the first domain that the host sends for.
  const namesOf = (domain: string): readonly string[] => [
    domain,
    ...fleet.hosts
      .filter(({ domains: [first] }) => first === domain)
      .flatMap(({ helo, ownName }) => [helo, ownName])
      .filter((name) => name !== undefined && !own.has(name))
      .filter((name, at, all) => all.indexOf(name) === at)
      .map(String),
  ]
  return (domain) => {
    const names = namesOf(domain)
    const planned = names.flatMap((name) => records.get(name) ?? [])
    const unreadable = planned.flatMap((each) => (each.kind === 'blocked' && each.unreadable ? [each] : []))
    const reasons = [...names.flatMap((name) => faults.get(name) ?? []), ...unreadable].map(({ why }) => why)
    return {
      planned,
      notes: plan.findings.filter(
        ({ message }) => message.startsWith(`${domain}: `) || message.startsWith(`${domain} `),
      ),
      ...(reasons.length === 0 ? {} : { contradiction: reasons.join('; ') }),
    }
  }
}

async function lookAt(
  { domain, declared, selectors }: AskedDomain,
  fleet: MailFleet,
  plan: DomainPlan,
  { looking, authority, bounds }: AskedDns,
): Promise<DomainEvidence> {
  const at = (name: string): Promise<PublishedTxt> => published(name, bounds.looking(looking, domain, name))
  const asking = authority.of(domain, domain)
  const wanted = plan.planned.flatMap(({ record }) =>
    record.purpose === 'dkim' && record.name.endsWith(`._domainkey.${domain}`)
      ? [record.name.slice(0, -`._domainkey.${domain}`.length)]
      : [],
  )
  const labels = [...new Set([...selectors, ...wanted])]
  const walker = asking.walker(`SPF of ${domain}`)
  const [spf, dmarc, adsp, keys, lookups] = await Promise.all([
    at(domain),
    at(`_dmarc.${domain}`),
    at(adspName(domain)),
    Promise.all(labels.map(async (selector) => ({ selector, ...(await at(dkimName(domain, selector))) }))),
    walkDns(spfLookups(domain, undefined), (question) => walker.resolve(question, undefined)),
  ])
  return {
    domain,
    declared,
    sends: fleet.domains.find((each) => each.domain === domain)?.sends ?? true,
    spf,
    dmarc,
    adsp,
    keys,
    lookups: lookups.findings,
    unconsenting: await unconsenting(domain, dmarc, fleet, asking),
    ...plan,
  }
}

/** An alias is followed by each server as far as the next servers know. */
async function published(name: string, looking: Looking): Promise<PublishedTxt> {
  try {
    const { views } = await look({ name, type: 'TXT' }, looking)
    return {
      name,
      servers: await Promise.all(
        views.map(async ({ server, answer }) => ({
          server: shownServer(server),
          ...(await valuesBy(answer, looking, MOST_ALIASES)),
        })),
      ),
    }
  } catch (error) {
    if (!(error instanceof ZoneNotFound)) throw error
    return { name, servers: [{ server: '', values: undefined, why: error.message }] }
  }
}

async function valuesBy(
  answer: ServerAnswer,
  looking: Looking,
  aliases: number,
): Promise<{ readonly values: readonly string[] | undefined; readonly why?: string }> {
  if (answer.kind === 'failed') return { values: undefined, why: answer.why }
  if (answer.kind === 'none') return { values: [] }
  if (answer.kind === 'found') return { values: answer.rrset.rdata.map(({ value }) => value) }
  if (aliases === 0) return { values: undefined, why: 'a chain of aliases, or a loop' }
  const views = await viewsOf(answer.target, looking)
  if ('why' in views) return { values: undefined, why: views.why }
  const first = views.seen.find((view) => view.answer.kind !== 'failed') ?? views.seen[0]
  return first === undefined
    ? { values: undefined, why: `no name server of ${answer.target} is found` }
    : valuesBy(first.answer, looking, aliases - 1)
}

/** Where one server's alias leads says nothing of the others'. */
async function viewsOf(
  name: string,
  looking: Looking,
): Promise<{ readonly seen: readonly View[] } | { readonly why: string }> {
  try {
    return { seen: (await look({ name, type: 'TXT' }, looking)).views }
  } catch (error) {
    if (error instanceof ZoneNotFound) return { why: error.message }
    throw error
  }
}

/** Of the record that is published, whether or not the inventory says one. */
async function unconsenting(
  domain: string,
  dmarc: PublishedTxt,
  fleet: MailFleet,
  asking: Asking,
): Promise<readonly string[]> {
  const record = dmarc.servers
    .flatMap(({ values = [] }) => values.filter(isDmarc))
    .map((value) => readDmarc(value)!.record)[0]
  if (record === undefined) return []
  const own = fleet.domains.map((each) => each.domain).sort((a, b) => a.length - b.length)
  const organizationOf = (of: string): string => own.find((each) => isWithin(of, each)) ?? of
  const asked = externalDestinations(domain, record, organizationOf).filter(
    (destination) => !isWithin(domain, destination) && !isWithin(destination, domain),
  )
  const walker = asking.walker(`the destinations of DMARC reports of ${domain}`)
  const answers = await Promise.all(
    asked.map(async (destination) => ({
      destination,
      answer: await walker.resolve({ name: reportConsentName(domain, destination), type: 'TXT' }, undefined),
    })),
  )
  return answers
    .filter(
      ({ answer }) => answer.kind !== 'failed' && !valuesOf(answer).some((value) => /^v\s*=\s*DMARC1/.test(value)),
    )
    .map(({ destination }) => destination)
}
