// How a change says that what it was planned on is no longer so.
import { lines, raw, type Script } from './script.ts'

/** The variable that holds the trip's mark, which only a change that means it prints. */
export const OUTDATED = 'MAILRUN_OUTDATED'
/** EX_TEMPFAIL of sysexits(3): try again. */
export const OUTDATED_STATUS = 75

/** Shell text that ends the change where `holds` fails: nothing is changed, and the host is asked again. */
export const orOutdated = (holds: Script): Script =>
  lines([raw('{'), holds, raw(`} || { printf %s "$${OUTDATED}"; exit ${OUTDATED_STATUS}; }`)])
