// Distinguishes a host on which another controller has continued the rotation from a host with a fault.
import type { DoneStep } from '../../mail/rotation/done-step.ts'
import type { RotationStep } from '../../mail/rotation/steps.ts'
import type { HostAnswers } from './ask-hosts.ts'

/** A step that a host refused, or could not do. */
export interface Refused {
  readonly step: RotationStep
  readonly doneStep: DoneStep
}

/** Whether the history of a host's keys for a domain has new entries. */
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
 * Whether a history of the step's host has new entries. Then another controller may be the reason for the refusal, and
 * mailrun computes again what is due. The refusal for one domain ends the run of its whole host.
 */
export const isOvertaken = ({ host }: DoneStep, before: HostAnswers, now: HostAnswers): boolean =>
  before.evidence.some((each) => each.host === host && hasGoneOn(each, before, now))
