// The table at the end of a run: a line per host, and the sum.
import type { HostResult, HostStatus, TaskStatus } from '../model/run-event.ts'
import { paintOf, type Colours } from './colour.ts'
import { count } from './name-list.ts'
import { HOST_STATUSES, TASK_STATUSES, totals } from './totals.ts'
import { pad, width } from './width.ts'

const WORDS: Readonly<Record<HostStatus | TaskStatus, string>> = {
  ok: 'ok',
  changed: 'changed',
  'would-change': 'would change',
  held: 'held back',
  assumed: 'cannot be told yet',
  failed: 'failed',
  unreachable: 'unreachable',
  interrupted: 'interrupted',
  unknown: 'unknown',
  'not-reached': 'not reached',
}

export const wordOf = (status: HostStatus | TaskStatus): string => WORDS[status]

/** Lines, aligned. Worst hosts last, where the eye is. */
export function recap(hosts: readonly HostResult[], paint: Colours): readonly string[] {
  const severity = (status: HostStatus): number =>
    ['ok', 'changed', 'would-change', 'held', 'not-reached', 'interrupted', 'unreachable', 'failed'].indexOf(status)
  const sorted = [...hosts].sort((a, b) => severity(a.status) - severity(b.status))
  const columns = {
    name: Math.max(0, ...hosts.map(({ name }) => width(name))),
    status: Math.max(0, ...hosts.map(({ status }) => wordOf(status).length)),
    trips: Math.max(0, ...hosts.map(({ trips }) => count(trips, 'trip').length)),
    seconds: Math.max(0, ...hosts.map(({ seconds }) => secondsText(seconds).length)),
  }
  return sorted.map(({ name, status, tasks, trips, seconds }) => {
    const cells = [
      pad(name, columns.name),
      paintOf(paint, status)(pad(wordOf(status), columns.status)),
      count(trips, 'trip').padStart(columns.trips),
      secondsText(seconds).padStart(columns.seconds),
      paint.faint(tasksText(tasks.map((task) => task.status))),
    ]
    return `  ${cells.join('  ').trimEnd()}`
  })
}

/** `20 hosts: 18 ok, 2 failed, in 4.1 s`. */
export function sum(hosts: readonly HostResult[], seconds: number, paint: Colours): string {
  const counts = totals(hosts, seconds).hosts
  const parts = HOST_STATUSES.filter((status) => counts[status] > 0).map((status) =>
    paintOf(paint, status)(`${counts[status]} ${wordOf(status)}`),
  )
  return `${paint.strong(count(hosts.length, 'host'))}: ${parts.join(', ')}, in ${secondsText(seconds)}`
}

/** `7 tasks: 5 ok, 2 changed`. */
function tasksText(statuses: readonly TaskStatus[]): string {
  if (statuses.length === 0) return 'no tasks'
  const parts = TASK_STATUSES.flatMap((status) => {
    const number = statuses.filter((each) => each === status).length
    return number === 0 ? [] : [`${number} ${wordOf(status)}`]
  })
  return parts.length === 1
    ? `${count(statuses.length, 'task')} ${parts[0]!.replace(/^\d+ /, '')}`
    : `${count(statuses.length, 'task')}: ${parts.join(', ')}`
}

export const secondsText = (seconds: number): string =>
  seconds < 99.95
    ? `${seconds.toFixed(1)} s`
    : `${Math.floor(Math.round(seconds) / 60)} min ${Math.round(seconds) % 60} s`
