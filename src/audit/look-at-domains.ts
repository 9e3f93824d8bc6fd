// Asks every authoritative server what it has of a fleet's domains: policies, keys, and whether they are what the
// inventory wants.
import type { Asking, Authority } from '../dns/authority.ts'
import type { ServerAnswer } from '../dns/ask-zone.ts'
import type { DomainBounds } from '../dns/domain-bounds.ts'
import { MOST_ALIASES } from '../dns/bounds.ts'
import { ZoneNotFound } from '../dns/find-zone.ts'
import { look, type Looking, type View } from '../dns/look.ts'
import { shownServer } from '../dns/name-server.ts'
import { planDns, type DnsPlan } from '../dns/plan-dns.ts'
import { walkDns } from '../dns/walk-dns.ts'
import { adspName } from '../mail/adsp.ts'
import { dkimName } from '../mail/dkim-record.ts'
import { isDmarc, readDmarc } from '../mail/dmarc/parse.ts'
import { externalDestinations, reportConsentName } from '../mail/dmarc/report-consent.ts'
import { isWithin } from '../mail/dns-record.ts'
import { valuesOf } from '../mail/dns-walk.ts'
import type { MailFleet } from '../mail/mail-fleet.ts'
import { spfLookups } from '../mail/spf/lookups.ts'
import { MailrunError } from '../model/mailrun-error.ts'
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

/**
 * Where the fleet's records contradict each other, each domain by itself: one that is in disorder must not hide the
 * others.
 */
async function plansOf(fleet: MailFleet, dns: AskedDns): Promise<(domain: string) => DomainPlan> {
  const partOf = (plan: DnsPlan, domain: string): DomainPlan => ({
    planned: plan.records.filter(
      ({ record }) =>
        record.domain === domain ||
        (record.purpose === 'spf-helo' &&
          fleet.hosts.some(
            ({ helo, ownName, domains }) =>
              (helo === record.domain || ownName === record.domain) && domains[0] === domain,
          )),
    ),
    notes: plan.findings.filter(({ message }) => message.startsWith(`${domain}: `) || message.startsWith(`${domain} `)),
  })
  const whole = await planned(fleet, dns)
  if (!('contradiction' in whole)) return (domain) => partOf(whole, domain)
  const all = fleet.domains.map(({ domain }) => domain)
  const alone = await Promise.all(
    fleet.domains.map(async (wanted) => {
      const { domain } = wanted
      const hosts = fleet.hosts
        .map((host) => ({
          ...host,
          domains: host.domains.filter((each) => each === domain),
          keys: host.keys.filter((key) => key.domain === domain),
        }))
        .filter((host) => host.domains.length > 0 || host.helo === domain)
      const plan = await planned({ ...fleet, hosts, domains: [wanted], zones: [...fleet.zones, ...all] }, dns)
      return [
        domain,
        'contradiction' in plan
          ? { planned: [], notes: [], contradiction: plan.contradiction }
          : { ...partOf(plan, domain) },
      ] as const
    }),
  )
  const byDomain = new Map<string, DomainPlan>(alone)
  return (domain) => byDomain.get(domain) ?? { planned: [], notes: [] }
}

async function planned(
  fleet: MailFleet,
  { looking, bounds }: AskedDns,
): Promise<DnsPlan | { readonly contradiction: string }> {
  try {
    return await planDns(fleet, looking, undefined, bounds)
  } catch (error) {
    if (error instanceof MailrunError) return { contradiction: error.message }
    throw error
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
