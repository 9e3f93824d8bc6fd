// Audit rules about the records that a fleet needs: whether DNS has them, and whether it can have them.
import type { PlannedRecord } from '../../../dns/plan/plan-dns.ts'
import type { CheckName } from '../../../findings/checks.ts'
import type { FindingDetails } from '../../../findings/finding.ts'
import { rule } from '../../../findings/rule.ts'
import { byLive, byRecord } from '../../../findings/superseded.ts'
import type { Purpose } from '../../../mail/records/dns-record.ts'
import { UNPUBLISHED } from '../../../mail/proof/causes.ts'
import { LIVE_KEY_FINDINGS, LIVE_SPF_FINDINGS } from '../../../mail/proof/findings.ts'
import { serves } from '../../../mail/records/served-record.ts'
import type { DomainEvidence } from '../../evidence.ts'
import { silentServers } from './servers.ts'

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

/** Of a domain that the inventory does not name, only the keys that a host signs with are known to be wanted. */
const plannedOf = ({ planned, declared }: DomainEvidence): readonly PlannedRecord[] =>
  planned.filter(({ record }) => declared || record.purpose === 'dkim')

/** What every finding on a wanted record says. */
const wanted = ({ domain }: DomainEvidence, { record }: PlannedRecord) => ({
  subject: { domain, record: record.name },
  check: CHECK_OF[record.purpose],
  expected: record.value,
  purpose: record.purpose,
})

type Changed = Extract<PlannedRecord, { readonly kind: 'change' }>

/** Records to be put there; another TTL is nobody's fault. */
const changesOf = (evidence: DomainEvidence): readonly Changed[] =>
  plannedOf(evidence).filter((each): each is Changed => {
    if (each.kind !== 'change') return false
    const there = each.change.before?.rdata ?? []
    return each.change.remove.length > 0 || !there.some(({ value }) => serves(each.record, value))
  })

export const recordMissing = rule({
  id: 'record-missing',
  check: 'dkim',
  severity: 'error',
  means: 'A record that mail needs is not in DNS.',
  remedy: UNPUBLISHED.remedy,
  supersededBy: [
    byLive('record', ['no-key']),
    byLive('nothing', ['bounces-unauthenticated'], 'spf-helo'),
    byLive('name', ['spf-none'], 'spf-helo'),
    byLive('column', ['spf-none'], 'spf'),
    byLive('column', ['dmarc-none'], 'dmarc'),
  ],
  find: (evidence: DomainEvidence) =>
    changesOf(evidence)
      .filter(({ change }) => change.remove.length === 0)
      .map((planned): FindingDetails => {
        const { name, type, why, purpose } = planned.record
        return {
          ...wanted(evidence, planned),
          found: 'no record',
          cause: UNPUBLISHED,
          message: `${name} has no such ${type} record (${why.join('; ')})`,
          ...(GRAVE.includes(purpose) ? {} : { severity: 'warning' }),
        }
      }),
})

export const recordDiffers = rule({
  id: 'record-differs',
  check: 'dkim',
  severity: 'warning',
  means: 'The record in DNS differs from the inventory.',
  remedy:
    'mailrun dns plan shows the difference; push it, or change the inventory. Only mailrun dns push ' +
    '--replace replaces another key',
  supersededBy: [
    byLive('record', LIVE_KEY_FINDINGS),
    byLive('column', LIVE_SPF_FINDINGS, 'spf'),
    byRecord('domain', ['dmarc-many', 'dmarc-version'], 'dmarc'),
  ],
  find: (evidence: DomainEvidence) => [
    ...changesOf(evidence)
      .filter(({ change }) => change.remove.length > 0)
      .map((planned): FindingDetails => {
        const { name, type, why } = planned.record
        return {
          ...wanted(evidence, planned),
          found: planned.change.remove.map(({ value }) => value).join(' and '),
          message: `${name} has another ${type} record than is wanted (${why.join('; ')})`,
        }
      }),
    ...blockedOf(evidence, true),
  ],
})

/** @param anothers - by a key of somebody else */
const blockedOf = (evidence: DomainEvidence, anothers: boolean): readonly FindingDetails[] =>
  plannedOf(evidence).flatMap((planned) =>
    // What cannot be read is reported with the domain's contradiction.
    planned.kind === 'blocked' && planned.unreadable !== true && (planned.anothers === true) === anothers
      ? [{ ...wanted(evidence, planned), message: planned.why }]
      : [],
  )

export const recordBlocked = rule({
  id: 'record-blocked',
  check: 'dkim',
  severity: 'error',
  means: 'The record cannot be published at this name, because the name is an alias (CNAME).',
  remedy: 'publish it at the target of the alias, or remove the alias',
  find: (evidence: DomainEvidence) => blockedOf(evidence, false),
})

export const recordUnanswered = rule({
  id: 'record-unanswered',
  check: 'dkim',
  severity: 'unknown',
  means: 'No authoritative name server says what is published at this name.',
  remedy: 'make sure that its name servers answer',
  supersededBy: [byRecord('whole domain', ['record-unanswered'])],
  find: (evidence: DomainEvidence) => [
    ...plannedOf(evidence).flatMap((planned) =>
      planned.kind === 'unanswered'
        ? [
            {
              ...wanted(evidence, planned),
              message: `${planned.record.name} ${planned.record.type}: ${planned.why}`,
            },
          ]
        : [],
    ),
    ...silentServers(evidence),
  ],
})
