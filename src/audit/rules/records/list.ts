// The audit's rules on what DNS has of a domain, a line for each file: docs/contributing/rule.md says how to add one.
export { dmarcReportConsent } from './domain.ts'
export { recordLags } from './servers.ts'
export { recordBlocked, recordDiffers, recordMissing, recordUnanswered } from './wanted.ts'
