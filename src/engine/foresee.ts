// The prediction: plans every task of a host from the answers, and from what the tasks before it will change. A pure
// function. A check prints its result; a run sends all predictable changes together.
import { ANYTHING, touches } from '../core/task/resource.ts'
import type { OutsideQuestion, AnswerTo } from '../core/probe/outside-question.ts'
import type { Remarks, SettledPlan } from '../core/task/plan.ts'
import type { Probe } from '../core/probe/probe.ts'
import { stackOf } from '../core/stack-of.ts'
import type { PlanContext, Task } from '../core/task/task.ts'
import { settle, type Settled } from './settle.ts'

/** A probe's state as it was answered, or why it could not be read. `awaited`: in a check, it is another host's. */
export type Asked = { readonly state: unknown } | { readonly error: string; readonly awaited?: true }

export type PlanOfChange = Extract<SettledPlan<unknown>, { kind: 'change' }>

/** What is to become of one task. `foreseen`: it rests on changes that are not made yet. */
export type Prediction =
  | { readonly kind: 'ok'; readonly foreseen: boolean; readonly remarks: Remarks }
  | { readonly kind: 'change'; readonly plan: PlanOfChange; readonly foreseen: boolean }
  /** Cannot be said before the changes of `on` are made. */
  | { readonly kind: 'wall'; readonly on: readonly Task[]; readonly why?: string }
  /** Cannot be said before these are answered. */
  | { readonly kind: 'unanswered'; readonly questions: readonly OutsideQuestion[] }
  /** Waits for what these ask for, which is about to be brought about outside. */
  | { readonly kind: 'later'; readonly questions: readonly OutsideQuestion[] }
  | { readonly kind: 'blocked'; readonly why: string }

/**
 * A task that is about to change something; without a plan it stands behind a wall, and may change anything that it
 * writes.
 */
export interface Pending {
  readonly task: Task
  readonly plan: PlanOfChange | undefined
}

export interface Foresight {
  readonly predictions: readonly Prediction[]
  readonly pending: readonly Pending[]
}

/**
 * The prediction of every task, in order. `answerTo` are the answers of others than the host; `ran` are the tasks whose
 * changes this run made already: with that one that has no question is satisfied, and one that did not know whether it
 * would find anything to do. Tasks behind a wall are looked at too: in a check they are what is known; a run stops
 * at the first wall.
 */
export function foresee(
  tasks: readonly Task[],
  asked: (probe: Probe<unknown>) => Asked,
  context: PlanContext,
  answerTo: AnswerTo,
  ran: ReadonlySet<Task>,
): Foresight {
  const pending: Pending[] = []
  const predictions = tasks.map((task): Prediction => {
    const looked = task.once && ran.has(task) ? SATISFIED : look(task, asked(task.probe), pending, context, answerTo)
    const prediction =
      looked.kind === 'change' && looked.plan.perhaps !== undefined && ran.has(task) ? SATISFIED : looked
    if (prediction.kind === 'change') pending.push({ task, plan: prediction.plan })
    if (prediction.kind === 'wall' || prediction.kind === 'unanswered' || prediction.kind === 'later')
      pending.push({ task, plan: undefined })
    return prediction
  })
  return { predictions, pending }
}

const SATISFIED: Prediction = { kind: 'ok', foreseen: false, remarks: {} }

function look(
  task: Task,
  asked: Asked,
  pending: readonly Pending[],
  context: PlanContext,
  answerTo: AnswerTo,
): Prediction {
  const before = pending.filter((earlier) => concerns(earlier, task.probe))
  const awaited = before.length > 0 ? before : pending.filter(mayBringAnything)
  const wall: Prediction = { kind: 'wall', on: awaited.map((earlier) => earlier.task) }
  if ('error' in asked && asked.awaited === true) return { kind: 'wall', on: [], why: asked.error }
  if ('error' in asked) return awaited.length > 0 ? wall : { kind: 'blocked', why: asked.error }

  const foreseen = overlaid(task.probe, asked.state, before)
  if (foreseen === undefined) return wall
  const plan = planned(task, foreseen.state, context, answerTo)
  switch (plan.kind) {
    case 'ok':
      return { kind: 'ok', foreseen: before.length > 0, remarks: remarksOf(plan) }
    case 'change':
      return { kind: 'change', plan, foreseen: before.length > 0 }
    case 'unanswered':
    case 'later':
      return plan
    case 'blocked':
      return awaited.length === 0 || staysBlocked(task, asked.state, plan.why, pending, context, answerTo) ? plan : wall
  }
}

/**
 * What is blocked on a foreseen state, or while anything may still come, may be free on the real one; not what is
 * blocked for the same reason with and without the pending changes, all of them known.
 */
function staysBlocked(
  task: Task,
  now: unknown,
  why: string,
  pending: readonly Pending[],
  context: PlanContext,
  answerTo: AnswerTo,
): boolean {
  if (pending.some(mayBringAnything)) return false
  const plan = planned(task, now, context, answerTo)
  return plan.kind === 'blocked' && plan.why === why
}

/** The plan on a state; a module whose plan throws is blocked. */
export function planned(task: Task, state: unknown, context: PlanContext, answerTo: AnswerTo): Settled<unknown> {
  try {
    return settle(task.plan(state, context), answerTo)
  } catch (error) {
    return { kind: 'blocked', why: `the module ${task.type} has a bug, its plan threw: ${stackOf(error)}` }
  }
}

export const remarksOf = ({ note, warning, caution, held, awaits }: Remarks): Remarks => ({
  ...(note === undefined ? {} : { note }),
  ...(warning === undefined ? {} : { warning }),
  ...(caution === undefined ? {} : { caution }),
  ...(held === undefined ? {} : { held }),
  ...(awaits === undefined ? {} : { awaits }),
})

/** The state of a probe once all of `pending` is done; `undefined` where it cannot be known. */
export function overlaid(
  probe: Probe<unknown>,
  state: unknown,
  pending: readonly Pending[],
): { readonly state: unknown } | undefined {
  let next = state
  for (const earlier of pending) {
    if (!concerns(earlier, probe)) continue
    if (earlier.plan === undefined) return undefined
    if (earlier.task.probe.key === probe.key) {
      next = earlier.plan.then
      continue
    }
    const facts = [...earlier.task.probe.facts(earlier.plan.then), ...earlier.plan.facts]
    // Of what is written and read, something must be known.
    const unknownAfter = writesOf(earlier).some(
      (written) => touchesAny(written, probe) && !facts.some(({ resource }) => touches(written, resource)),
    )
    if (unknownAfter) return undefined
    for (const fact of facts) {
      next = probe.foresee(next, fact)
      if (next === undefined) return undefined
    }
  }
  return { state: next }
}

const writesOf = ({ task, plan }: Pending): Task['writes'] => plan?.writes ?? task.writes

const concerns = (earlier: Pending, probe: Probe<unknown>): boolean =>
  earlier.task.probe.key === probe.key || writesOf(earlier).some((written) => touchesAny(written, probe))

const touchesAny = (written: Task['writes'][number], probe: Probe<unknown>): boolean =>
  probe.reads.some((read) => read === ANYTHING || touches(written, read))

const mayBringAnything = (earlier: Pending): boolean =>
  earlier.plan === undefined || writesOf(earlier).includes(ANYTHING)
