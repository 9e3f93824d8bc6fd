// The shell texts of a case: its question, and the steps that its plan has on a host where all is as the case gives it.
import type { Connection } from '../../src/engine/connection.ts'
import { withOutdated } from '../../src/shell/outdated.ts'
import type { Product } from './product.ts'
import type { RaceCase } from './race-case.ts'

export interface RaceTexts {
  readonly questions: readonly string[]
  readonly steps: readonly string[]
}

/** @throws Error where the example has nothing to do, or cannot be asked */
export async function textsOf(raced: RaceCase, product: Product, connection: Connection): Promise<RaceTexts> {
  const { makeTrip, newMark } = product.makeTrip
  const context = product.planOf.testContext(raced.sources)
  const task = product.tasks[raced.task]!(raced.args)
  const outcome = await makeTrip(connection, { ...calm, mark: newMark(), steps: [], probes: [task.probe] }, silent)
  if (outcome.kind !== 'asked') throw new Error(`${raced.title}: ${JSON.stringify(outcome)}`)
  const answer = outcome.asked(task.probe)
  if ('error' in answer) throw new Error(`${raced.title}: ${answer.error}`)
  const plan = product.settle.settle(task.plan(answer.state, context), () => ({ kind: 'not-served', where: [] }))
  if (plan.kind !== 'change') throw new Error(`${raced.title}: nothing is to be done: ${JSON.stringify(plan)}`)
  return {
    questions: product.questions.questionFrames([task.probe]).map(({ text }) => text),
    steps: product.steps.stepsOf(task, plan).map(({ text }) => withOutdated('outdated', text)),
  }
}

const never = new AbortController().signal
const calm = {
  questionsSeconds: 60,
  after: undefined,
  holder: undefined,
  lockSeconds: 60,
  beginSeconds: undefined,
  interrupt: never,
  abandon: never,
}
const silent = { waiting: () => {}, started: () => {}, progress: () => {}, done: () => {} }
