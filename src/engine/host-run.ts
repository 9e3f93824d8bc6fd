// The run of one host: ask, plan, change, ask again, until every task is satisfied. It may stop to wait for something
// outside, such as a DNS record, and continue later.
import { isDeepStrictEqual } from 'node:util'
import type { GivenAnswers, PreparedHost } from '../core/fleet/prepared-host.ts'
import type { HostResult, HostStatus, Reporter, TaskResult } from '../core/run-event.ts'
import { stackOf } from '../core/stack-of.ts'
import { MailrunError } from '../core/mailrun-error.ts'
import type { Mask } from '../shell/mask.ts'
import type { Task } from '../core/task/task.ts'
import { unknownRelease } from '../resources/host/releases.ts'
import { ConnectionLost, Unreachable, type Connect } from './session/connection.ts'
import { foresee, type Foresight } from './foresee.ts'
import { HostEnd } from './host-end.ts'
import { complete, contextOf, hostState, noteSecrets, resultOf, watcherOf, type HostState } from './host-state.ts'
import type { TaskRecord } from './task-record.ts'
import { maskSummary } from './mask-change.ts'
import { beforeFirstWall, predict, type ChangePrediction, type Now } from './predictions.ts'
import { foreseenOutputs, givenAnswers, realOutputs } from './outputs.ts'
import { outside, type AskOutside } from './outside.ts'
import type { RunOptions } from './run-options.ts'
import { openSession, type Session } from './session/session.ts'
import type { Answers } from './session/session-watcher.ts'
import { previewOf } from './preview.ts'
import { stepsOf, type PlannedStep } from './trip/steps.ts'

/**
 * A plan made on real answers that does not hold afterwards ends a host's run at once; whatever the plans rest on, this
 * many attempts do.
 */
const ATTEMPTS_AT_MOST = 3

/**
 * Questions to others than the host in a row, with nothing done in between; a plan that wants more never comes to an
 * end.
 */
const ASKED_AT_MOST = 10

/** How far a host got. `parked`: all is done that can be before something outside is. */
export type HostProgress =
  | { readonly kind: 'ended'; readonly result: HostResult; readonly given: GivenAnswers }
  | { readonly kind: 'parked'; readonly result: HostResult; readonly why: string }

/** One host's run, which may stop for something outside, and be gone on with. */
export interface HostRun {
  /** Faults of the host are reported in the result, never thrown. What is outside is asked again each time. */
  go(askOutside: AskOutside): Promise<HostProgress>
  /** What it came to where it is not gone on with. */
  stopped(why: string): HostResult
}

export function hostRun(prepared: PreparedHost, options: RunOptions, connect: Connect, report: Reporter): HostRun {
  const state = hostState(prepared, options)
  return {
    go: (askOutside) => go(state, connect, report, askOutside),
    stopped: (why) => resultOf(state, 'interrupted', why),
  }
}

async function go(state: HostState, connect: Connect, report: Reporter, askOutside: AskOutside): Promise<HostProgress> {
  const { options, spent } = state
  const began = performance.now()
  state.stopwatch.begins('planning')
  state.known = outside()
  // What was tried before may be tried again by what is known now.
  state.attempts.clear()
  let session: Session | undefined
  const took = (): void => {
    spent.trips += session?.trips ?? 0
    spent.seconds += (performance.now() - began) / 1000
    state.stopwatch.ends()
  }
  const end = (status: HostStatus, error?: string): HostProgress => {
    took()
    return { kind: 'ended', result: resultOf(state, status, error), given: state.given }
  }
  try {
    report({ kind: 'host-start', host: state.prepared.host.name })
    const mask: Mask = (text) => state.mask(text)
    session = await openSession(state.prepared, options, connectOf(state, connect), report, mask, watcherOf(state))
    await gather(state, session, report)
    const came = await work(state, session, askOutside, report)
    if (typeof came === 'string') return end(came)
    took()
    // As far as it got: the rest of its tasks is not reached yet.
    return { kind: 'parked', result: resultOf(state, 'interrupted', came.parked), why: state.mask(came.parked) }
  } catch (error) {
    if (error instanceof HostEnd) return end(error.status, error.message)
    if (options.interrupt.aborted) return end('interrupted', 'interrupted')
    if (error instanceof Unreachable || error instanceof ConnectionLost) return end('unreachable', error.message)
    return end('failed', `a bug in mailrun: ${stackOf(error)}`)
  } finally {
    session?.close()
  }
}

/** Where one connection had to be made anew, so are all that come later. */
const connectOf =
  (state: HostState, connect: Connect): Connect =>
  (host, signal, tell, greeting, anew) => {
    state.anew ||= anew === true
    return connect(host, signal, tell, greeting, state.anew)
  }

/** The host's status, or why it is parked. */
type Came = HostStatus | { readonly parked: string }

/** Has the host say the facts that its tasks are made of, and makes them. Nothing was changed yet. */
async function gather(state: HostState, session: Session, report: Reporter): Promise<void> {
  const { host, gathers } = state.prepared
  if (gathers === undefined) return
  const answers = await session.changeAndAsk([])
  const facts = Object.fromEntries(
    Object.entries(gathers.facts).map(([name, probe]) => {
      const asked = answers(probe)
      if ('error' in asked) throw new HostEnd('failed', asked.error)
      return [name, asked.state]
    }),
  )
  report({ kind: 'host-facts', host: host.name, facts })
  const made = await gathers.complete(facts).catch((error: unknown) => {
    if (error instanceof MailrunError) throw new HostEnd('failed', error.messages.join('\n'))
    throw error
  })
  complete(state, made)
  for (const note of made.notes) report({ kind: 'host-note', host: host.name, note: state.mask(note) })
  session.asks(state.prepared)
}

/** Changes and asks, until nothing is left that can be done now. */
async function work(state: HostState, session: Session, askOutside: AskOutside, report: Reporter): Promise<Came> {
  const { prepared, options, book } = state
  let answers = await session.changeAndAsk([])
  noteRelease(state, answers, report)
  for (;;) {
    const foresight = await look(state, answers, askOutside)
    if (options.check) return predicted(state, answers, foresight)
    state.outputs = realOutputs(prepared.outputs, answers)
    const now = beforeFirstWall(prepared.tasks, foresight.predictions)
    for (const { task, remarks } of now.satisfied) book.satisfied(task, remarks)
    // What a check would tell is no reason to change half of it.
    if (now.ready.length === 0 || (now.blocked !== undefined && state.attempts.size === 0)) {
      const came = arrived(state, now)
      if (typeof came === 'string') give(state, answers)
      return came
    }
    refuseRestless(state, now)
    const before = answers
    answers = await session.changeAndAsk(now.ready.flatMap(({ task, prediction }) => attempt(state, task, prediction)))
    for (const { task, prediction } of now.ready) {
      const { changes, caution, perhaps } = prediction.plan
      if (caution !== undefined) book.cautioned(task, changes, caution)
      if (perhaps !== undefined && sameFacts(task, before, answers)) book.idle(task, changes)
    }
  }
}

/** What other hosts take; they do not begin where this one cannot say it. */
function give(state: HostState, answers: Answers): void {
  const { gives = {} } = state.prepared
  for (const [name, probe] of Object.entries(gives)) {
    const asked = answers(probe)
    if ('error' in asked) throw new HostEnd('failed', `runOnce: ${name}: ${asked.error}`)
  }
  state.given = givenAnswers(gives, answers, [])
}

/** Reported once, though the host may be gone on with. */
function noteRelease(state: HostState, answers: Answers, report: Reporter): void {
  const { prepared, mask, released } = state
  const note = released ? undefined : unknownRelease(contextOf(prepared, answers).facts.os)
  state.released = true
  if (note !== undefined) report({ kind: 'host-note', host: prepared.host.name, note: mask(note) })
}

/** The prediction once nothing is left to ask of others than the host. */
async function look(state: HostState, answers: Answers, askOutside: AskOutside): Promise<Foresight> {
  const { prepared, options, known } = state
  const context = contextOf(prepared, answers)
  for (let asked = 0; ; asked += 1) {
    const foresight = foresee(prepared.tasks, answers, context, known.answerTo, state.ran)
    const open = foresight.predictions.findIndex(({ kind }) => kind === 'unanswered')
    if (open === -1) return foresight
    if (asked === ASKED_AT_MOST) {
      const task = prepared.tasks[open]!
      fail(state.book, task, `the module ${task.type} has a bug: its plan asks name servers without end`)
    }
    state.stopwatch.begins('name-servers')
    await known.learn(
      foresight.predictions.flatMap((prediction) => (prediction.kind === 'unanswered' ? prediction.questions : [])),
      askOutside,
      options.interrupt,
    )
    state.stopwatch.begins('planning')
    if (options.interrupt.aborted) throw new HostEnd('interrupted', 'interrupted')
  }
}

/** What a check comes to. */
function predicted(state: HostState, answers: Answers, { predictions, pending }: Foresight): HostStatus {
  const { prepared, book, known } = state
  const failed = predict(
    book,
    prepared.tasks,
    predictions,
    (plan) => noteSecrets(state, plan),
    (task) => previewOf(task, answers(task.probe), contextOf(prepared, answers), known.answerTo),
  )
  state.outputs = foreseenOutputs(prepared.outputs, answers, pending)
  state.given = givenAnswers(prepared.gives ?? {}, answers, pending)
  if (failed) throw new HostEnd('failed', failed)
  if (holdsBack(book.results(state.mask))) return 'held'
  return pending.length > 0 ? 'would-change' : 'ok'
}

/** What a run comes to, once nothing is ready to be changed. */
function arrived({ book, mask }: HostState, { blocked, later }: Now): Came {
  if (blocked) fail(book, blocked.task, blocked.why)
  if (later.length > 0) {
    const records = later.map(({ record }) => record.name).join(', ')
    return { parked: `waits until ${records} ${later.length === 1 ? 'is' : 'are'} published` }
  }
  const results = book.results(mask)
  if (holdsBack(results)) return 'held'
  return results.some(({ status }) => status === 'changed') ? 'changed' : 'ok'
}

function fail(book: TaskRecord, task: Task, why: string): never {
  book.failed(task, why, undefined)
  throw new HostEnd('failed', `${task.type} ${task.name}: ${why}`)
}

function refuseRestless({ book, attempts, mask }: HostState, { ready }: Now): void {
  const restless = ready.find(({ task }) => (attempts.get(task) ?? 0) >= ATTEMPTS_AT_MOST)
  if (restless === undefined) return
  const wants = restless.prediction.plan.changes.map(({ summary }) => maskSummary(mask, summary))
  fail(book, restless.task, `did not converge: its change was made, and it still wants to ${wants.join(', ')}`)
}

function attempt(state: HostState, task: Task, prediction: ChangePrediction): readonly PlannedStep[] {
  const count = (state.attempts.get(task) ?? 0) + 1
  // A first plan that rests on foresight may be made again on real answers, once.
  state.attempts.set(task, prediction.foreseen ? count : ATTEMPTS_AT_MOST)
  noteSecrets(state, prediction.plan)
  return stepsOf(task, prediction.plan)
}

const holdsBack = (results: readonly TaskResult[]): boolean => results.some(({ status }) => status === 'held')

/** Of a probe that states no facts nothing is known to be the same. */
function sameFacts({ probe }: Task, before: Answers, after: Answers): boolean {
  const [was, is] = [before(probe), after(probe)].map((asked) => ('state' in asked ? probe.facts(asked.state) : []))
  return was!.length > 0 && isDeepStrictEqual(was, is)
}
