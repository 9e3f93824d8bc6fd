// The audit's rules on Postfix's setup, a line for each file: docs/contributing/rule.md says how to add one.
export { heloNotQualified, milterAccept, noPostfix, parameterTwice } from './main-cf.ts'
export { miltersOverridden, reinjectionSigned } from './services.ts'
