// What name servers have of a domain, judged: each record by itself, whether it is what is wanted, and whether all
// servers say so.
import type { PlannedRecord } from '../../dns/plan/plan-dns.ts'
import { serves } from '../../mail/served-record.ts'
import { lintAdspSet } from '../../mail/adsp.ts'
import { lintDkimSet } from '../../mail/dkim-lint.ts'
import { REVOKED_DKIM } from '../../mail/dkim-record.ts'
import { lintDmarcSet } from '../../mail/dmarc/lint.ts'
import type { Purpose } from '../../mail/dns-record.ts'
import type { RecordFinding } from '../../mail/record-finding.ts'
import { lintSpfSet } from '../../mail/spf/lint.ts'
import type { CheckName } from '../../model/findings/finding-kind.ts'
import { isFindingId } from '../../model/findings/finding-kinds.ts'
import type { DomainEvidence, PublishedTxt } from '../evidence.ts'
import type { Fault } from '../fault.ts'

const CHECK_OF: Readonly<Record<Purpose, CheckName>> = {
  spf: 'spf',
  'spf-helo': 'spf',
  dkim: 'dkim',
  dmarc: 'dmarc',
  'dmarc-report': 'dmarc',
  'null-mx': 'names',
  adsp: 'dkim',
}
const GRAVE: readonly Purpose[] = ['spf', 'dkim', 'dmarc']

export function domainFaults(evidence: DomainEvidence): readonly Fault[] {
  const { domain, spf, dmarc, keys, notes, unconsenting, contradiction } = evidence
  return [
    ...(contradiction === undefined
      ? []
      : [{ id: 'records-contradict', subject: { domain }, message: contradiction } as const]),
    ...lintOf(evidence),
    ...notes
      .filter(({ id }) => ['spf-stranger', 'dmarc-weakens'].includes(id))
      .map((each) => recordFault(each, { domain }, undefined)),
    ...unconsenting.map((destination): Fault => ({
      id: 'dmarc-report-consent',
      subject: { domain, about: destination },
      message: `${destination} does not say that it takes reports about ${domain}`,
      expected: `${domain}._report._dmarc.${destination} TXT "v=DMARC1;"`,
      found: 'no record',
    })),
    ...evidence.planned.flatMap((each) => plannedFaults(each, evidence)),
    ...[['spf', spf] as const, ['dmarc', dmarc] as const, ...keys.map((key) => ['dkim', key] as const)].flatMap(
      ([check, published]) => laggingFaults(domain, check, published),
    ),
    ...silentServers(domain, [spf, dmarc, ...keys]),
  ]
}

/** What one server that answers has. */
const valuesAt = ({ servers }: PublishedTxt): readonly string[] | undefined =>
  servers.find(({ values }) => values !== undefined)?.values

function lintOf({ domain, sends, spf, dmarc, adsp, keys, lookups, planned }: DomainEvidence): readonly Fault[] {
  const wantedOf = (purpose: Purpose): readonly string[] =>
    planned.filter(({ record }) => record.purpose === purpose).map(({ record }) => record.name)
  const spfValues = valuesAt(spf)
  const ofSpf = spfValues === undefined ? [] : lintSpfSet(spfValues)
  const unusable = ofSpf.some(({ id }) => ['spf-none', 'spf-many', 'spf-syntax'].includes(id))
  const [dmarcValues, adspValues] = [valuesAt(dmarc), valuesAt(adsp)]
  return [
    // A null MX without SPF is the plan's to tell.
    ...(sends || !unusable ? [...ofSpf, ...(unusable ? [] : lookups)] : []).map((each) =>
      recordFault(each, { domain }, 'spf'),
    ),
    ...(dmarcValues === undefined ? [] : lintDmarcSet(dmarcValues)).map((each) =>
      recordFault(each, { domain }, 'dmarc'),
    ),
    ...(adspValues === undefined || wantedOf('adsp').length > 0 ? [] : lintAdspSet(adspValues)).map((each) =>
      recordFault(each, { domain, record: adsp.name }, 'dkim'),
    ),
    ...keys.flatMap((key) => {
      const values = valuesAt(key)
      const revoked = planned.some(({ record }) => record.name === key.name && record.value === REVOKED_DKIM)
      // Whether it is there at all is told of what is wanted.
      const found = values === undefined || values.length === 0 ? [] : lintDkimSet(values)
      return found
        .filter(({ id }) => !(revoked && id === 'dkim-revoked'))
        .map((each) => recordFault(each, { domain, record: key.name }, 'dkim'))
    }),
  ]
}

function recordFault(
  { id, severity, message, remedy }: RecordFinding,
  subject: Fault['subject'],
  check: CheckName | undefined,
): Fault {
  const { domain = '' } = subject
  const told = message.startsWith(`${domain}: `) ? message.slice(domain.length + 2) : message
  const stranger = id === 'spf-stranger' ? { about: told.split(' ')[0]! } : {}
  return {
    id: isFindingId(id) ? id : 'record-differs',
    subject: { ...subject, ...stranger },
    message: told,
    remedy,
    severity: id === 'spf-unanswered' ? 'unknown' : severity,
    ...(check === undefined ? {} : { check }),
  }
}

function plannedFaults(planned: PlannedRecord, { domain, declared }: DomainEvidence): readonly Fault[] {
  const { record } = planned
  const { purpose, name, type, value } = record
  // Of a domain that the inventory does not name, only the keys that a host signs with are known to be wanted.
  if (!declared && purpose !== 'dkim') return []
  const base = { subject: { domain, record: name }, check: CHECK_OF[purpose], expected: value, purpose }
  switch (planned.kind) {
    case 'served':
    case 'others':
      return []
    case 'blocked':
      // The domain's contradiction tells it.
      if (planned.unreadable === true) return []
      return [{ ...base, id: planned.anothers === true ? 'record-differs' : 'record-blocked', message: planned.why }]
    case 'unanswered':
      return [{ ...base, id: 'record-unanswered', message: `${name} ${type}: ${planned.why}` }]
    case 'change': {
      const { before, remove } = planned.change
      const there = before?.rdata ?? []
      // Another TTL is nobody's fault.
      if (remove.length === 0 && there.some((each) => serves(record, each.value))) return []
      const found = remove.map((each) => each.value).join(' and ') || 'no record'
      const missing = remove.length === 0
      return [
        {
          ...base,
          found,
          id: missing ? 'record-missing' : 'record-differs',
          message: missing
            ? `${name} has no such ${type} record (${record.why.join('; ')})`
            : `${name} has another ${type} record than is wanted (${record.why.join('; ')})`,
          ...(missing && !GRAVE.includes(purpose) ? { severity: 'warning' as const } : {}),
        },
      ]
    }
  }
}

const KINDS: Readonly<Record<'spf' | 'dmarc' | 'dkim', RegExp>> = {
  spf: /^v=spf1(?: |$)/i,
  dmarc: /^\s*v\s*=\s*dmarc/i,
  dkim: /(?:)/,
}

/** Of the servers that answer, those in the minority; the first where there is none. */
function laggingFaults(
  domain: string,
  check: 'spf' | 'dmarc' | 'dkim',
  { name, servers }: PublishedTxt,
): readonly Fault[] {
  const told = servers.flatMap(({ server, values }) =>
    values === undefined
      ? []
      : [
          {
            server,
            text: values
              .filter((value) => KINDS[check].test(value))
              .sort()
              .join(' and '),
          },
        ],
  )
  const numberOf = (text: string): number => told.filter((each) => each.text === text).length
  const most = told.reduce<string | undefined>(
    (best, { text }) => (best === undefined || numberOf(text) > numberOf(best) ? text : best),
    undefined,
  )
  return told
    .filter(({ text }) => text !== most)
    .map(({ server, text }): Fault => ({
      id: 'record-lags',
      subject: { domain, record: name, about: server },
      check,
      message: `${server} does not serve what the others do at ${name}`,
      expected: most || 'no record',
      found: text || 'no record',
    }))
}

function silentServers(domain: string, all: readonly PublishedTxt[]): readonly Fault[] {
  const silent = new Map(
    all.flatMap(({ servers }) =>
      servers.filter(({ values }) => values === undefined).map(({ server, why = '' }) => [server, why] as const),
    ),
  )
  return [...silent].map(([server, why]) => ({
    id: 'record-unanswered',
    subject: { domain, ...(server === '' ? {} : { about: server }) },
    check: 'dkim',
    message: server === '' ? why : `${server} gives no answer that counts: ${why}`,
  }))
}
