// What mailrun knows of one host during its run, and what it did there.
import type { HostFacts } from '../core/fleet/host-facts.ts'
import type { CompletedHost, GivenAnswers, PreparedHost } from '../core/fleet/prepared-host.ts'
import type { HostResult, HostStatus } from '../core/run-event.ts'
import type { PlanContext, Task } from '../core/task/task.ts'
import { hostFacts } from '../resources/host/host-facts.ts'
import { maskJson, maskOf, type Mask } from '../shell/mask.ts'
import { HostEnd } from './host-end.ts'
import { taskRecord, type TaskRecord } from './task-record.ts'
import { outside, type Outside } from './outside.ts'
import type { PlanOfChange } from './foresee.ts'
import type { RunOptions } from './run-options.ts'
import { secretsOf } from './secrets-of.ts'
import type { Answers, SessionWatcher } from './session/session-watcher.ts'
import { settle } from './settle.ts'
import { stopwatch, type Stopwatch } from './stopwatch.ts'

export interface HostState {
  /** Without tasks until the host has said the facts that they are made of. */
  prepared: PreparedHost
  readonly options: RunOptions
  book: TaskRecord
  /** How often the plan of each task was tried; a try is forgotten where its changes were not made. */
  readonly attempts: Map<Task, number>
  /** Tasks of which a change was made. */
  readonly ran: Set<Task>
  readonly secrets: Set<string>
  readonly spent: { trips: number; seconds: number }
  readonly stopwatch: Stopwatch
  /** Hides all `secrets`. */
  mask: Mask
  /** What others than the host said. */
  known: Outside
  outputs: Readonly<Record<string, unknown>>
  /** For other hosts. */
  given: GivenAnswers
  /** Its connection was lost, or a change wanted another: no master connection that stood before is used again. */
  anew: boolean
  /** Its release was looked at. */
  released: boolean
}

export function hostState(prepared: PreparedHost, options: RunOptions): HostState {
  const secrets = new Set<string>(secretsOf(prepared))
  return {
    prepared,
    options,
    book: taskRecord(prepared.tasks),
    attempts: new Map(),
    ran: new Set(),
    secrets,
    spent: { trips: 0, seconds: 0 },
    stopwatch: stopwatch(),
    mask: maskOf([...secrets]),
    known: outside(),
    outputs: {},
    given: {},
    anew: false,
    released: false,
  }
}

/** The host's tasks were made of its facts. What is asked of it besides stays. */
export function complete(state: HostState, made: CompletedHost): void {
  const { prepared } = state
  const { gives = {} } = prepared
  state.prepared = { ...made, outputs: { ...made.outputs, ...prepared.outputs }, gives }
  state.book = taskRecord(made.tasks)
  for (const secret of secretsOf(state.prepared)) state.secrets.add(secret)
  state.mask = maskOf([...state.secrets])
}

export const resultOf = (state: HostState, status: HostStatus, error?: string): HostResult => ({
  name: state.prepared.host.name,
  status,
  ...state.spent,
  time: state.stopwatch.spent().map((each) => (each.of === undefined ? each : { ...each, of: state.mask(each.of) })),
  tasks: state.book.results(state.mask),
  outputs: maskJson(state.mask, state.outputs) as Readonly<Record<string, unknown>>,
  ...(error === undefined ? {} : { error: state.mask(error) }),
})

/** Enters what becomes of each change. */
export const watcherOf = (state: HostState): SessionWatcher => ({
  stopwatch: state.stopwatch,
  made({ task, change }) {
    state.book.made(task, change)
    state.ran.add(task)
  },
  failed: ({ task, change }, why) => state.book.failed(task, why, change),
  unknown: ({ task, change }, why) => state.book.unknown(task, change, why),
  notMade: ({ task }) => void state.attempts.delete(task),
  isMade({ task }, answers) {
    const now = answers(task.probe)
    if (!('state' in now)) return false
    return settle(task.plan(now.state, contextOf(state.prepared, answers)), state.known.answerTo).kind === 'ok'
  },
})

/** The secrets of a plan's changes become known, before anything of them is reported. */
export function noteSecrets(state: HostState, plan: PlanOfChange): void {
  const before = state.secrets.size
  for (const change of plan.changes) {
    for (const script of [change.apply, ...(change.before ?? [])])
      script.secrets.forEach((secret) => state.secrets.add(secret))
  }
  if (state.secrets.size > before) state.mask = maskOf([...state.secrets])
}

export function contextOf(prepared: PreparedHost, answers: Answers): PlanContext {
  const facts = answers(hostFacts)
  if ('error' in facts) throw new HostEnd('failed', `the host cannot be asked what it is: ${facts.error}`)
  return { facts: facts.state as HostFacts, source: (source) => prepared.source(source) }
}
