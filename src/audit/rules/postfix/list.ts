// The list of the audit's rules about Postfix, one line for each file. docs/contributing/rule.md explains how to add
// one.
export { heloNotQualified, milterAccept, noPostfix, parameterTwice } from './main-cf.ts'
export { miltersOverridden, reinjectionSigned } from './services.ts'
