// Audit rules about a domain as a whole: whether its records can be computed, and who gets reports about it.
import { rule, type Rule } from '../../../findings/rule.ts'
import { FLEET_KINDS } from '../../../mail/fleet/findings.ts'
import type { DomainEvidence } from '../../evidence.ts'

export const recordsContradict: Rule<DomainEvidence, 'records-contradict'> = {
  ...FLEET_KINDS['records-contradict'],
  find: ({ domain, contradiction }) =>
    contradiction === undefined ? [] : [{ subject: { domain }, message: contradiction }],
}

export const dmarcReportConsent = rule({
  id: 'dmarc-report-consent',
  check: 'dmarc',
  severity: 'warning',
  means: 'Reports go to another organization, which has not agreed to get them: receivers send none.',
  remedy: 'ask the owner of that zone to publish the record',
  find: ({ domain, unconsenting }: DomainEvidence) =>
    unconsenting.map((destination) => ({
      subject: { domain, about: destination },
      message: `${destination} has not agreed to get reports about ${domain}`,
      expected: `${domain}._report._dmarc.${destination} TXT "v=DMARC1;"`,
      found: 'no record',
    })),
})
