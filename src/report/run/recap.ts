// The table at the end of a run: a line for each host, and the totals.
import type { HostResult, HostStatus, TaskStatus } from '../../core/run-event.ts'
import { paintOf, type Colours } from '../write/colour.ts'
import { count } from '../write/name-list.ts'
import { HOST_STATUSES, TASK_STATUSES, totals } from './totals.ts'
import { pad, padStart, width } from '../write/width.ts'
import { joined, said, term, withoutEnd, type TerminalText } from '../write/terminal.ts'

const WORDS: Readonly<Record<HostStatus | TaskStatus, string>> = {
  ok: 'ok',
  changed: 'changed',
  'would-change': 'would change',
  held: 'held back',
  assumed: 'cannot be known yet',
  failed: 'failed',
  unreachable: 'unreachable',
  interrupted: 'interrupted',
  unknown: 'unknown',
  'not-reached': 'not reached',
}

export const wordOf = (status: HostStatus | TaskStatus): TerminalText => said(WORDS[status])

/** Lines, aligned. Worst hosts last, where the eye is. */
export function recap(hosts: readonly HostResult[], paint: Colours): readonly TerminalText[] {
  const severity = (status: HostStatus): number =>
    ['ok', 'changed', 'would-change', 'held', 'not-reached', 'interrupted', 'unreachable', 'failed'].indexOf(status)
  const sorted = [...hosts].sort((a, b) => severity(a.status) - severity(b.status))
  const columns = {
    name: Math.max(0, ...hosts.map(({ name }) => width(said(name)))),
    status: Math.max(0, ...hosts.map(({ status }) => wordOf(status).length)),
    trips: Math.max(0, ...hosts.map(({ trips }) => count(trips, 'trip').length)),
    seconds: Math.max(0, ...hosts.map(({ seconds }) => secondsText(seconds).length)),
  }
  return sorted.map(({ name, status, tasks, trips, seconds }) => {
    const cells = [
      pad(said(name), columns.name),
      paintOf(paint, status)(pad(wordOf(status), columns.status)),
      padStart(said(count(trips, 'trip')), columns.trips),
      padStart(secondsText(seconds), columns.seconds),
      paint.faint(said(tasksText(tasks.map((task) => task.status)))),
    ]
    return term`  ${withoutEnd(joined(cells, term`  `))}`
  })
}

/** `20 hosts: 18 ok, 2 failed, in 4.1 s`. */
export function sum(hosts: readonly HostResult[], seconds: number, paint: Colours): TerminalText {
  const counts = totals(hosts, seconds).hosts
  const parts = HOST_STATUSES.filter((status) => counts[status] > 0).map((status) =>
    paintOf(paint, status)(term`${counts[status]} ${wordOf(status)}`),
  )
  const who = paint.strong(said(count(hosts.length, 'host')))
  return term`${who}: ${joined(parts, term`, `)}, in ${secondsText(seconds)}`
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

export const secondsText = (seconds: number): TerminalText =>
  seconds < 99.95
    ? term`${said(seconds.toFixed(1))} s`
    : term`${Math.floor(Math.round(seconds) / 60)} min ${Math.round(seconds) % 60} s`
