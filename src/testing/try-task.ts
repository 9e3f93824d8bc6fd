// Tries a task in a real shell: asks, plans, makes the changes, asks again, and reports which laws were broken.
import type { Connection } from '../engine/session/connection.ts'
import { makeTrip, newMark } from '../engine/trip/make-trip.ts'
import type { TripOutcome, TripWatcher } from '../engine/trip/trip-course.ts'
import { stepsOf, tripsOf } from '../engine/trip/steps.ts'
import { settle } from '../engine/settle.ts'
import type { SettledPlan } from '../core/task/plan.ts'
import type { Probe } from '../core/probe/probe.ts'
import type { PlanContext, Task } from '../core/task/task.ts'
import { brokenForesight, brokenLaws } from './plan-laws.ts'

export interface Trial<State> {
  readonly before: State
  readonly plan: SettledPlan<State>
  /** The state after the changes; the one before, where there were none. */
  readonly after: State
  readonly broken: readonly string[]
}

/**
 * Carries a task out over a connection, and checks the laws on the way.
 *
 * @throws Error when a question cannot be read or a change fails.
 * @example
 * const connection = await localConnect({ MAILRUN_RUN_DIR: '/tmp/mailrun' }) // where who is not root may write
 * try {
 *   const trial = await tryTask(note({ path: '/tmp/note', text: 'hello' }), connection, testContext({}))
 *   assert.deepEqual(trial.broken, [])
 * } finally {
 *   connection.close()
 * }
 */
export async function tryTask<State>(
  task: Task<State>,
  connection: Connection,
  context: PlanContext,
): Promise<Trial<State>> {
  const { before, plan, broken: asked } = await lookAtTask(task, connection, context)
  const broken = [...asked]
  if (plan.kind !== 'change') return { before, plan, after: before, broken }

  for (const steps of tripsOf(stepsOf(task, plan))) {
    const outcome = await makeTrip(connection, { ...calm, mark: newMark(), steps, probes: [] }, silent)
    if (outcome.kind === 'failed') {
      throw new Error(
        `${task.type} ${task.name}: ${outcome.step.change.summary}: exit status ${outcome.code}\n${outcome.output}`,
      )
    }
  }
  const after = await askHost(task.probe, connection)
  broken.push(...brokenForesight(plan.then, after))
  const rest = settled(task, after, context)
  if (!task.once && rest.kind !== 'ok') broken.push('after its changes it is not satisfied')
  return { before, plan, after, broken }
}

/**
 * Asks a task's question twice, and plans; nothing is changed.
 *
 * @throws Error when the question cannot be read.
 */
export async function lookAtTask<State>(
  task: Task<State>,
  connection: Connection,
  context: PlanContext,
): Promise<Omit<Trial<State>, 'after'>> {
  const before = await askHost(task.probe, connection)
  const broken = [...brokenLaws(task, before, context)]
  const again = await askHost(task.probe, connection)
  broken.push(...brokenForesight(before, again).map((where) => `asking changed the answer: ${where}`))
  return { before, plan: settled(task, before, context), broken }
}

/** Nobody but the host is asked here. */
function settled<State>(task: Task<State>, state: State, context: PlanContext): SettledPlan<State> {
  const plan = settle(task.plan(state, context), () => ({
    kind: 'not-served',
    where: ['no name server is asked by tryTask'],
  }))
  if (plan.kind === 'unanswered' || plan.kind === 'later') throw new Error(`${task.type} ${task.name} waits`)
  return plan
}

/** What a host answers to one question. @throws Error where it does not, or where its answer cannot be read. */
export async function askHost<State>(probe: Probe<State>, connection: Connection): Promise<State> {
  const outcome: TripOutcome = await makeTrip(
    connection,
    { ...calm, mark: newMark(), holder: undefined, steps: [], probes: [probe] },
    silent,
  )
  if (outcome.kind !== 'asked') throw new Error(`the question was not answered: ${outcome.kind}`)
  const answer = outcome.asked(probe)
  if ('error' in answer) throw new Error(answer.error)
  return answer.state as State
}

const never = new AbortController().signal
const calm = {
  questionsSeconds: 300,
  after: undefined,
  holder: 'a test',
  lockSeconds: 60,
  beginSeconds: undefined,
  interrupt: never,
  abandon: never,
}
const silent: TripWatcher = { waiting: () => {}, started: () => {}, progress: () => {}, done: () => {} }
