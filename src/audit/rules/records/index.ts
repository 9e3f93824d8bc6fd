// The audit's rules on what DNS has of a domain, beside those on each record by itself (src/mail), in the order in
// which reports tell what they find.
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
