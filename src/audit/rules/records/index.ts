// The audit's rules on what DNS has of a domain, beside those on each record by itself (src/mail). To add one: a file
// here, and its name in this list.
import { dmarcReportConsent, recordsContradict } from './domain.ts'
import { recordLags } from './servers.ts'
import { recordBlocked, recordDiffers, recordMissing, recordUnanswered } from './wanted.ts'

/** Before what is found in records by themselves. */
export const DOMAIN_RULES = [recordsContradict]

export const RECORD_RULES = [
  dmarcReportConsent,
  recordMissing,
  recordDiffers,
  recordBlocked,
  recordLags,
  recordUnanswered,
]
