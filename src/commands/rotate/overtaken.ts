// Tells a host that another controller has gone on with from one where something is wrong.
import type { DoneStep } from '../../mail/rotation/done-step.ts'
import type { RotationStep } from '../../mail/rotation/steps.ts'
import type { HostAnswers } from './ask-hosts.ts'

/** What a host would not do, or could not. */
export interface Refused {
  readonly step: RotationStep
  readonly doneStep: DoneStep
}

/** Whether more stands in the history of a host's keys for a domain by now. */
export function hasGoneOn(
  { host, domain }: { readonly host: string; readonly domain: string },
  before: HostAnswers,
  now: HostAnswers,
): boolean {
  const [then, since] = [before, now].map(
    ({ evidence }) => evidence.find((each) => each.host === host && each.domain === domain)?.history,
  )
  return since !== undefined && JSON.stringify(then) !== JSON.stringify(since)
}

/**
 * Whether any of its host's histories has gone on: then that may be why it was refused, and what is due now is asked
 * for again. One domain's refusal ends the run of its whole host.
 */
export const isOvertaken = ({ host }: DoneStep, before: HostAnswers, now: HostAnswers): boolean =>
  before.evidence.some((each) => each.host === host && hasGoneOn(each, before, now))
