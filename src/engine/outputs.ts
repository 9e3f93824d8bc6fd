// The outputs of a run: the answers to a playbook's own questions (`outputs`). An answer that cannot be known is
// `null`.
import { UNKNOWN } from '../core/unknown.ts'
import type { GivenAnswers } from '../core/fleet/prepared-host.ts'
import type { Probe } from '../core/probe/probe.ts'
import { overlaid, type Asked, type Pending } from './foresee.ts'

type Probes = Readonly<Record<string, Probe<unknown>>>
type Ask = (probe: Probe<unknown>) => Asked

export const realOutputs = (probes: Probes, asked: Ask): Readonly<Record<string, unknown>> =>
  foreseenOutputs(probes, asked, [])

/** In a check: what the outputs would be after the pending changes. */
export function foreseenOutputs(
  probes: Probes,
  asked: Ask,
  pending: readonly Pending[],
): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(probes).map(([name, probe]) => {
      const answer = asked(probe)
      return [name, 'error' in answer ? null : reported(overlaid(probe, answer.state, pending)?.state)]
    }),
  )
}

/** For other hosts; what cannot be known yet is `undefined`. */
export const givenAnswers = (probes: Probes, asked: Ask, pending: readonly Pending[]): GivenAnswers =>
  Object.fromEntries(
    Object.entries(probes).map(([name, probe]) => {
      const answer = asked(probe)
      return [name, 'error' in answer ? undefined : overlaid(probe, answer.state, pending)]
    }),
  )

/** As JSON: what is unknown becomes `null`, and a member that is not there is left out. */
function reported(value: unknown): unknown {
  if (value === undefined || value === UNKNOWN) return null
  if (Array.isArray(value)) return value.map(reported)
  if (typeof value !== 'object' || value === null) return value
  const members = Object.entries(value).filter(([, item]) => item !== undefined)
  return Object.fromEntries(members.map(([key, item]) => [key, reported(item)]))
}
