// Checks a test case of a task module: in this state, it wants these changes.
import { settle } from '../engine/settle.ts'
import type { TaskModule } from '../core/task/define-task.ts'
import type { CommonArgs } from '../core/task/task-definition.ts'
import type { AnswerTo } from '../core/probe/outside-question.ts'
import type { SettledPlan } from '../core/task/plan.ts'
import type { Task } from '../core/task/task.ts'
import { brokenLaws } from './plan-laws.ts'
import { listedTask, testContext } from './plan-of.ts'

export interface TaskCase<Args, State> {
  readonly args: Args & CommonArgs
  /** What the probe answered. */
  readonly now: State
  /** Contents of the files and templates that the task names, by path. */
  readonly sources?: Readonly<Record<string, string | Uint8Array>>
  /** The answers of name servers, for plans that ask them. */
  readonly answerTo?: AnswerTo
  /** The summaries of the changes, in order; an empty list for `ok`. Or a part of the reason why it is blocked. */
  readonly expect: readonly string[] | { readonly blocked: string }
}

/**
 * Checks one case, and with it the laws that every plan keeps (`plan(then)` is ok, no secret is shown, the texts parse,
 * …).
 *
 * @throws Error with what was expected and what came
 * @example checkCase(motd, { args: { text: 'hello' }, now: '', expect: ['text'] })
 */
export function checkCase<Args extends object, State>(
  module: TaskModule<Args, State>,
  { args, now, sources, answerTo, expect }: TaskCase<Args, State>,
): void {
  const make: (given: Args & CommonArgs) => Task<State> = module as never
  const task = listedTask(make(args), sources ?? {})
  const context = testContext(sources ?? {})
  const plan = settle(task.plan(now, context), answerTo ?? (() => undefined))
  if (plan.kind === 'unanswered' || plan.kind === 'later') {
    const asked = plan.questions.map(({ record }) => `${record.name} ${record.type}`).join(', ')
    throw new Error(`${task.type} ${task.name} asks for ${asked}: say in answerTo what is answered`)
  }
  if (!isExpected(plan, expect)) {
    throw new Error(
      `${task.type} ${task.name}: expected ${JSON.stringify(expect)}, got ${JSON.stringify(outcomeOf(plan))}`,
    )
  }
  const broken = brokenLaws(task, now, context)
  if (broken.length > 0) throw new Error(`${task.type} ${task.name} breaks laws:\n${broken.join('\n')}`)
}

type Expected = TaskCase<object, unknown>['expect']

function isExpected<State>(plan: SettledPlan<State>, expect: Expected): boolean {
  if ('blocked' in expect) return plan.kind === 'blocked' && plan.why.includes(expect.blocked)
  return plan.kind !== 'blocked' && JSON.stringify(outcomeOf(plan)) === JSON.stringify(expect)
}

/** The result of a plan, in the form that a case expects. */
function outcomeOf<State>(plan: SettledPlan<State>): Expected {
  if (plan.kind === 'change') return plan.changes.map(({ summary }) => summary)
  return plan.kind === 'ok' ? [] : { blocked: plan.why }
}
