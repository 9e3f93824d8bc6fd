// Tells a host that another controller has gone on with from one where something is wrong.
import type { Deed } from '../../mail/rotation/deeds.ts'
import type { RotationStep } from '../../mail/rotation/steps.ts'
import type { Told } from './ask-hosts.ts'

/** What a host would not do, or could not. */
export interface Refused {
  readonly step: RotationStep
  readonly deed: Deed
}

/** Of a host's keys for a domain, as it told it; to compare. */
export const historyOf = ({ host, domain }: Pick<Deed, 'host' | 'domain'>, { evidence }: Told): string | undefined => {
  const one = evidence.find((each) => each.host === host && each.domain === domain)
  return one === undefined ? undefined : JSON.stringify(one.history)
}

/** Whether more stands in its histories by now: then what was refused may have been refused for that, and what is due now is asked for anew. One domain's refusal ends the run of its whole host. */
export const isOvertaken = ({ host }: Deed, before: Told, now: Told): boolean =>
  before.evidence.some((each) => each.host === host && ![undefined, historyOf(each, before)].includes(historyOf(each, now)))
