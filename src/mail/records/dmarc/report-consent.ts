// Records with which a domain agrees to get the DMARC reports of another domain (RFC 9990, section 4; RFC 7489, section
// 7.1).
import type { DmarcRecord } from './record.ts'
import { reportDomain } from './report-uri.ts'

/** With the semicolon it is valid by RFC 7489's grammar, too. */
export const REPORT_CONSENT = 'v=DMARC1;'

export const reportConsentName = (domain: string, destination: string): string =>
  `${domain}._report._dmarc.${destination}`

/**
 * The domains that reports go to and that must agree to it, for they are of another organization.
 *
 * @param organizationOf - the organizational domain, as far as it is known; where in doubt a domain is its own, and a
 *   consent too many does no harm.
 */
export function externalDestinations(
  domain: string,
  { rua = [], ruf = [] }: DmarcRecord,
  organizationOf: (domain: string) => string,
): readonly string[] {
  const destinations = [...rua, ...ruf].flatMap((uri) => reportDomain(uri) ?? [])
  return [...new Set(destinations)].filter((destination) => organizationOf(destination) !== organizationOf(domain))
}
