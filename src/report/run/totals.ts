// Counts hosts and tasks of a run by status.
import type { HostResult, HostStatus, TaskStatus, TimeSpent } from '../../core/run-event.ts'

export const HOST_STATUSES = [
  'ok',
  'changed',
  'would-change',
  'held',
  'failed',
  'unreachable',
  'interrupted',
  'not-reached',
] as const satisfies readonly HostStatus[]
export const TASK_STATUSES = [
  'ok',
  'changed',
  'would-change',
  'held',
  'assumed',
  'failed',
  'unknown',
  'not-reached',
] as const satisfies readonly TaskStatus[]

export interface Totals {
  readonly hosts: Readonly<Record<HostStatus, number>>
  readonly tasks: Readonly<Record<TaskStatus, number>>
  readonly trips: number
  /** From the start of the run to its end, on the controller's clock. */
  readonly seconds: number
}

export const totals = (hosts: readonly HostResult[], seconds: number): Totals => ({
  hosts: tally(
    HOST_STATUSES,
    hosts.map(({ status }) => status),
  ),
  tasks: tally(
    TASK_STATUSES,
    hosts.flatMap(({ tasks }) => tasks.map(({ status }) => status)),
  ),
  trips: hosts.reduce((sum, { trips }) => sum + trips, 0),
  seconds: milliseconds(seconds),
})

/** Seconds to three decimals. */
export const milliseconds = (seconds: number): number => Math.round(seconds * 1000) / 1000

export const timeJson = (time: readonly TimeSpent[]): readonly TimeSpent[] =>
  time.map((each) => ({ ...each, seconds: milliseconds(each.seconds) }))

function tally<Status extends string>(
  statuses: readonly Status[],
  given: readonly Status[],
): Readonly<Record<Status, number>> {
  const counts = new Map<Status, number>(statuses.map((status) => [status, 0]))
  for (const status of given) counts.set(status, (counts.get(status) ?? 0) + 1)
  return Object.fromEntries(counts) as Record<Status, number>
}
