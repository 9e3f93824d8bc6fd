// The audit's rules about the DNS records of a domain, in the order in which reports show their findings. Rules about a
// single record are in src/mail.
import { inOrder } from '../../../findings/rule.ts'
import { recordsContradict } from './domain.ts'
import * as list from './list.ts'

/** Before what is found in records by themselves. */
export const DOMAIN_RULES = [recordsContradict]

/** A rule of the list that has no place here comes last. */
export const RECORD_RULES = inOrder(list, [
  'dmarcReportConsent',
  'recordMissing',
  'recordDiffers',
  'recordBlocked',
  'recordLags',
  'recordUnanswered',
])
