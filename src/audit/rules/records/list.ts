// The list of the audit's rules about the DNS records of a domain, one line for each file. docs/contributing/rule.md
// explains how to add one.
export { dmarcReportConsent } from './domain.ts'
export { recordLags } from './servers.ts'
export { recordBlocked, recordDiffers, recordMissing, recordUnanswered } from './wanted.ts'
