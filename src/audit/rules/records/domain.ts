// Rules on a domain as a whole: whether its records can be worked out, and who is to take reports on it.
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
  means: 'Reports go to another organization, which has not said that it takes them: receivers send none.',
  remedy: 'ask whoever runs that zone for the record',
  find: ({ domain, unconsenting }: DomainEvidence) =>
    unconsenting.map((destination) => ({
      subject: { domain, about: destination },
      message: `${destination} does not say that it takes reports about ${domain}`,
      expected: `${domain}._report._dmarc.${destination} TXT "v=DMARC1;"`,
      found: 'no record',
    })),
})
