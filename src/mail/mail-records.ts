// Every DNS record that a fleet's mail needs: SPF, DKIM, DMARC, and those of domains that send nothing.
import { MailrunError } from '../model/mailrun-error.ts'
import { adspName, renderAdsp } from './adsp.ts'
import { dkimName, dkimValue, REVOKED_DKIM } from './dkim-record.ts'
import { isDmarc, readDmarc } from './dmarc/parse.ts'
import { renderDmarc, type DmarcPolicy } from './dmarc/record.ts'
import { externalDestinations, REPORT_CONSENT, reportConsentName } from './dmarc/report-consent.ts'
import { byRecord, isOwnerName, isWithin, type MailRecord, type Purpose } from './dns-record.ts'
import type { MailDomain, MailFleet } from './mail-fleet.ts'
import { ownNameFindings } from './own-name.ts'
import { finding, type RecordFinding } from './record-finding.ts'
import { lintSpfStrangers } from './spf/lint.ts'
import { mergeSpf, type SpfSenders } from './spf/merge.ts'
import { parseSpf } from './spf/parse.ts'
import { isSpf, renderSpf } from './spf/record.ts'

export interface MailRecords {
  /** By name, in DNS's order: a domain before what is below it. Each name, type and value once. */
  readonly records: readonly MailRecord[]
  /** What was done to records of others, and what is missing. */
  readonly findings: readonly RecordFinding[]
}

/** What is published at a name now cannot be kept beside what is to be there: for its owner to mend. */
export class SpfNotMerged extends MailrunError {
  override readonly name = 'SpfNotMerged'
  readonly at: string

  constructor(at: string, message: string) {
    super(`${at}${message}`)
    this.at = at
  }
}

/** The TXT values that are published at a name now, strings joined; none where nothing is known of it. */
export type PublishedTxt = (name: string) => readonly string[]

/**
 * SPF is merged into the record that is there, and DMARC takes the place of it; TXT records of other kinds are nobody's
 * business here.
 *
 * @throws MailrunError where records contradict each other, or one that is there cannot be read.
 * @example mailRecords(mailFleet(members), () => [])
 */
export function mailRecords(fleet: MailFleet, published: PublishedTxt): MailRecords {
  const findings: RecordFinding[] = []
  const parts = [
    ...fleet.domains.flatMap((domain) => ofDomain(domain, fleet, published, findings)),
    ...ofHelo(fleet, published, findings),
    ...ofKeys(fleet),
  ]
  const records = merged(parts.map((part) => ({ ...part, ttl: fleet.ttl })))
  refuseContradictions(records)
  findings.push(...ownNameFindings(fleet))
  return { records: [...records].sort(byRecord), findings }
}

type Part = Omit<MailRecord, 'ttl'>

const txt = (purpose: Purpose, domain: string, name: string, value: string, why: readonly string[]): Part => ({
  name,
  type: 'TXT',
  value,
  purpose,
  domain,
  publishedBy: 'fleet',
  why,
})

function ofDomain(
  wanted: MailDomain,
  fleet: MailFleet,
  published: PublishedTxt,
  findings: RecordFinding[],
): readonly Part[] {
  const { domain, sends, receives, adsp } = wanted
  return [
    ...(sends
      ? fleet.incomplete?.includes(domain) === true
        ? []
        : [spfPart(wanted, fleet, published, findings)]
      : [
          txt('spf', domain, domain, 'v=spf1 -all', [`nobody sends in the name of ${domain}`]),
          txt('dkim', domain, `*._domainkey.${domain}`, REVOKED_DKIM, [`no key signs for ${domain}`]),
        ]),
    ...dmarcParts(wanted, fleet, published, findings),
    ...(receives
      ? []
      : [
          {
            name: domain,
            type: 'MX',
            value: '0 .',
            purpose: 'null-mx',
            domain,
            publishedBy: 'fleet',
            why: [`${domain} takes no mail (RFC 7505)`],
          } as const,
        ]),
    ...(adsp === undefined
      ? []
      : [
          txt('adsp', domain, adspName(domain), renderAdsp(adsp), [
            'asked for by adsp; Historic, and looked at by nobody',
          ]),
        ]),
  ]
}

function spfPart(
  { domain, spf }: MailDomain,
  fleet: MailFleet,
  published: PublishedTxt,
  findings: RecordFinding[],
): Part {
  const hosts = fleet.hosts.filter((host) => host.domains.includes(domain) || host.helo === domain)
  const mute = hosts.find(({ addresses }) => addresses.length === 0)
  if (mute !== undefined)
    throw new MailrunError(
      `${mute.name} sends for ${domain}, and no address of it is known that others see: set outgoing_addresses`,
    )
  const networks = [...hosts.flatMap(({ addresses }) => addresses), ...spf.networks]
  if (networks.length + spf.includes.length + spf.mechanisms.length === 0)
    throw new MailrunError(
      `nobody sends for ${domain}: name a host, spf.networks or spf.includes, or put it into null_domains`,
    )
  const why = [
    ...hosts.map(({ name }) => `${name} sends for ${domain}`),
    ...spf.networks.map((each) => `${each} sends for ${domain}`),
    ...[...spf.mechanisms, ...spf.includes].map((each) => `${each} sends for ${domain}`),
  ]
  return txt('spf', domain, domain, mergedSpf(domain, { ...spf, networks }, published, findings), why)
}

function mergedSpf(name: string, senders: SpfSenders, published: PublishedTxt, findings: RecordFinding[]): string {
  const there = published(name).filter(isSpf)
  if (there.length > 1)
    throw new SpfNotMerged(
      name,
      ` has ${there.length} SPF records, and verifiers then use none: ` +
        'which of their terms are still wanted is for you to say. Leave one',
    )
  try {
    const { record, notes } = mergeSpf(there.length === 0 ? undefined : parseSpf(there[0]!), senders)
    findings.push(
      ...notes.map((note) => finding('spf-merge', 'note', `${name}: ${note}`, 'look at the new record')),
      ...lintSpfStrangers(record, senders.networks).map((each) => ({ ...each, message: `${name}: ${each.message}` })),
    )
    return renderSpf(record)
  } catch (error) {
    throw error instanceof MailrunError ? new SpfNotMerged(name, `: ${error.message}`) : error
  }
}

/** A host's own name is what SPF looks at for bounces, which have no sender (RFC 7208, section 2.4). */
function ofHelo(fleet: MailFleet, published: PublishedTxt, findings: RecordFinding[]): readonly Part[] {
  const names = [
    ...new Set(
      fleet.hosts.flatMap(({ helo, ownName, domains }) =>
        [helo ?? [], domains.length === 0 ? [] : (ownName ?? [])].flat(),
      ),
    ),
  ].filter((name) => !fleet.domains.some(({ domain, sends }) => domain === name && sends))
  return names.flatMap((name) => {
    const hosts = fleet.hosts.filter(
      ({ helo, ownName, addresses }) => (helo === name || ownName === name) && addresses.length > 0,
    )
    const silent = fleet.domains.find(({ domain }) => domain === name)
    if (silent !== undefined) {
      const [use, setting] = hosts[0]?.helo === name ? ['greets others as', 'helo_name'] : ['is called', 'fqdn']
      throw new MailrunError(
        `${hosts[0]?.name ?? name} ${use} ${name}, which is a domain that does not send: ` +
          `give it another ${setting}, or let ${name} send`,
      )
    }
    if (hosts.length === 0) return []
    return [
      txt(
        'spf-helo',
        name,
        name,
        mergedSpf(
          name,
          { networks: hosts.flatMap(({ addresses }) => addresses), includes: [], all: '-all' },
          published,
          findings,
        ),
        hosts.map((host) =>
          host.helo === name
            ? `${host.name} greets others as ${name}`
            : `mail of ${host.name} itself comes from ${name}`,
        ),
      ),
    ]
  })
}

const ofKeys = ({ hosts }: MailFleet): readonly Part[] =>
  hosts.flatMap(({ name, keys }) =>
    keys.map(({ domain, selector, publicKey, claim }) => ({
      ...txt('dkim', domain, dkimName(domain, selector), publicKey === '' ? REVOKED_DKIM : dkimValue(publicKey), [
        publicKey === '' ? `${name} signs with it no more` : `${name} signs for ${domain}`,
      ]),
      ...(claim === undefined ? {} : { claim }),
    })),
  )

const STRENGTH: Readonly<Record<DmarcPolicy, number>> = { none: 0, quarantine: 1, reject: 2 }

function dmarcParts(
  { domain, sends, dmarc }: MailDomain,
  fleet: MailFleet,
  published: PublishedTxt,
  findings: RecordFinding[],
): readonly Part[] {
  const record = dmarc ?? (sends ? undefined : { p: 'reject' as const })
  const name = `_dmarc.${domain}`
  const there = published(name)
    .filter(isDmarc)
    .map((value) => readDmarc(value)!.record)
  if (record === undefined) {
    if (there.length === 0)
      findings.push(
        finding(
          'dmarc-not-set',
          'warning',
          `${domain} gets no DMARC record: nobody has said what it is to be`,
          'set dmarc, to begin with: { p: none, rua: dmarc@example.org }',
        ),
      )
    return []
  }
  const stronger = there.find(({ p = 'none' }) => STRENGTH[p] > STRENGTH[record.p ?? 'none'])
  if (stronger !== undefined)
    findings.push(
      finding(
        'dmarc-weakens',
        'warning',
        `${domain} has p=${stronger.p} now, and is to have p=${record.p}`,
        'set dmarc.p to what is there, unless it is to be weakened',
      ),
    )
  const own = [...fleet.domains]
    .filter((each) => each.dmarc !== undefined || !each.sends)
    .map((each) => each.domain)
    .sort((a, b) => a.length - b.length)
  const organizationOf = (of: string): string => own.find((each) => isWithin(of, each)) ?? of
  const consents = externalDestinations(domain, record, organizationOf).map((destination): Part => ({
    ...txt('dmarc-report', domain, reportConsentName(domain, destination), REPORT_CONSENT, [
      `${destination} takes reports about ${domain}`,
    ]),
    publishedBy: [...fleet.domains.map((each) => each.domain), ...fleet.zones].some((each) =>
      isWithin(destination, each),
    )
      ? 'fleet'
      : 'other',
  }))
  return [
    txt('dmarc', domain, name, renderDmarc(record), [
      sends ? `what is asked of receivers for mail of ${domain} that fails` : `nobody sends in the name of ${domain}`,
    ]),
    ...consents,
  ]
}

/** Equal records become one with all reasons, in the hosts' order. */
function merged(records: readonly MailRecord[]): readonly MailRecord[] {
  const byKey = new Map<string, MailRecord>()
  for (const record of records) {
    const key = JSON.stringify([record.name, record.type, record.value])
    const other = byKey.get(key)
    byKey.set(key, other === undefined ? record : { ...other, why: [...new Set([...other.why, ...record.why])] })
  }
  return [...byKey.values()]
}

function refuseContradictions(records: readonly MailRecord[]): void {
  const first = new Map<string, MailRecord>()
  for (const record of records) {
    if (!isOwnerName(record.name))
      throw new MailrunError(
        `${record.name} cannot be a name in DNS: 253 characters and 63 a label are the most, ` +
          `and labels are letters, digits, hyphens and underscores (${record.why.join('; ')})`,
      )
    const key = `${record.type} ${record.name}`
    const other = first.get(key)
    if (other !== undefined) {
      const remedy = record.purpose === 'dkim' ? ': give one of the keys another selector' : ''
      throw new MailrunError(
        `${record.name} would have two ${record.type} records that exclude each other: ` +
          `${valueWithWhy(other)} and ${valueWithWhy(record)}${remedy}`,
      )
    }
    first.set(key, record)
  }
}

const valueWithWhy = ({ value, why }: MailRecord): string => `${JSON.stringify(value)} (${why.join('; ')})`
