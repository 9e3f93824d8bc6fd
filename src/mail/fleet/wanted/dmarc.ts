// The DMARC record of a domain (RFC 9989), and the consent of other domains to get its reports (RFC 9990, section 4).
import type { Untrusted } from '../../../shell/untrusted.ts'
import { lintDmarcSet } from '../../records/dmarc/lint.ts'
import { isDmarc, readDmarc } from '../../records/dmarc/parse.ts'
import { renderDmarc, type DmarcPolicy } from '../../records/dmarc/record.ts'
import { externalDestinations, REPORT_CONSENT, reportConsentName } from '../../records/dmarc/report-consent.ts'
import { isWithin } from '../../records/dns-record.ts'
import type { MailDomain } from '../mail-fleet.ts'
import type { Finding } from '../../../findings/finding.ts'
import { fleetFinding } from '../findings.ts'
import { supersedes } from '../../records/served-record.ts'
import { txt, type Part, type Working } from './working.ts'

const STRENGTH: Readonly<Record<DmarcPolicy, number>> = { none: 0, quarantine: 1, reject: 2 }

export function dmarcParts(
  { domain, sends, dmarc }: MailDomain,
  name: string,
  { fleet, published, findings }: Working,
): readonly Part[] {
  const record = dmarc ?? (sends ? undefined : { p: 'reject' as const })
  if (record === undefined) {
    findings.push(...unsetDmarc(domain, name, published(name)))
    return []
  }
  const there = published(name)
    .filter(isDmarc)
    .map((value) => readDmarc(value)!.record)
  const stronger = there.find(({ p = 'none' }) => STRENGTH[p] > STRENGTH[record.p ?? 'none'])
  if (stronger !== undefined)
    findings.push(fleetFinding('dmarc-weakens', `${domain} has p=${stronger.p} now, and is to have p=${record.p}`))
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

/**
 * Of a domain whose inventory says nothing of DMARC: what is published is nobody's to correct here, and reported if
 * bad.
 */
function unsetDmarc(domain: string, name: string, published: readonly Untrusted[]): readonly Finding[] {
  if (!published.some((value) => supersedes({ purpose: 'dmarc' }, value)))
    return [
      fleetFinding('dmarc-not-set', `${domain} gets no DMARC record: nobody has said what it is to be`, {
        remedy: 'set dmarc, to begin with: { p: none, rua: dmarc@example.org }',
      }),
    ]
  return lintDmarcSet(published)
    .filter(({ severity }) => severity === 'error')
    .map((each) => ({
      ...each,
      severity: 'warning',
      message: `${name}: what is published does not do what it is there for: ${each.message}`,
    }))
}
