// How the script of a change reports that its plan is outdated: the host has changed since mailrun asked.
import { lines, raw, type Script } from './script.ts'

/** The shell variable that holds the trip's word for it. No program sees it: it is in no environment. */
const OUTDATED = 'MAILRUN_OUTDATED'
/** EX_TEMPFAIL of sysexits(3): try again. */
export const OUTDATED_STATUS = 75

/** Shell text that ends the change where `holds` fails: nothing is changed, and the host is asked again. */
export const orOutdated = (holds: Script): Script =>
  lines([raw('{'), holds, raw(`} || { printf %s "$${OUTDATED}"; exit ${OUTDATED_STATUS}; }`)])

/**
 * What follows a command that ends with {@link OUTDATED_STATUS} where it finds that so; the change ends where it fails.
 */
export const orSaysOutdated: Script = raw(
  ` || { r=$?; [ "$r" != ${OUTDATED_STATUS} ] || printf %s "$${OUTDATED}"; exit "$r"; }`,
)

/**
 * A step's text, with an empty input. It gets the word only where it may say it, and by assignment: a login may have
 * brought a variable of that name, whose value would go on to every program.
 */
export const withOutdated = (word: string, text: string): string =>
  [
    ...(text.includes(OUTDATED) ? [`set +a; unset ${OUTDATED}; ${OUTDATED}=${word}`] : []),
    '{',
    text,
    '} </dev/null',
  ].join('\n')
