// The audit's rules on Postfix's setup. To add one: a file here, and its name in this list.
import { heloNotQualified, milterAccept, noPostfix, parameterTwice } from './main-cf.ts'
import { miltersOverridden, reinjectionSigned } from './services.ts'

export const POSTFIX_RULES = [
  // Who sends
  noPostfix,
  // main.cf
  milterAccept,
  parameterTwice,
  heloNotQualified,
  // master.cf
  reinjectionSigned,
  miltersOverridden,
]
