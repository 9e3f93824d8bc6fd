// The audit's rules about Postfix, in the order in which reports show their findings.
import { inOrder } from '../../../findings/rule.ts'
import * as list from './list.ts'

/** A rule of the list that has no place here comes last. */
export const POSTFIX_RULES = inOrder(list, [
  // Who sends
  'noPostfix',
  // main.cf
  'milterAccept',
  'parameterTwice',
  'heloNotQualified',
  // master.cf
  'reinjectionSigned',
  'miltersOverridden',
])
