// Checks the laws that every plan of every task must keep, for one state. It needs no host, only a local `sh -n`.
import { spawnSync } from 'node:child_process'
import { isDeepStrictEqual } from 'node:util'
import type { AnswerTo } from '../core/probe/outside-question.ts'
import { leavesOf } from '../core/probe/probe.ts'
import { settle, type Settled } from '../engine/settle.ts'
import type { PlanContext, Task } from '../core/task/task.ts'
import type { Script } from '../shell/script.ts'
import { disagreement } from './agrees.ts'

/** The laws that the task breaks on this state, in words; none for a correct task. */
export function brokenLaws<State>(task: Task<State>, now: State, context: PlanContext): readonly string[] {
  const broken: string[] = []
  for (const { question } of leavesOf(task.probe)) {
    if ('script' in question) broken.push(...unparsable('the question', question.script))
    if ('family' in question) broken.push(...unparsable('the question', question.family.script([question.item])))
  }

  const frozen = deepFreeze(now)
  // The laws must hold for every answer of name servers.
  const tellings = task.plan(frozen, context).kind === 'ask' ? [SERVED, NOT_SERVED] : [SERVED]
  return [...broken, ...new Set(tellings.flatMap((answerTo) => brokenBy(task, frozen, context, answerTo)))]
}

const SERVED: AnswerTo = () => ({ kind: 'served' })
const NOT_SERVED: AnswerTo = () => ({ kind: 'not-served', where: ['ns1.example.org has no such record'] })

function brokenBy<State>(
  task: Task<State>,
  frozen: State,
  context: PlanContext,
  answerTo: AnswerTo,
): readonly string[] {
  const broken: string[] = []
  const plan = settle(task.plan(frozen, context), answerTo)
  if (!isDeepStrictEqual(plan, settle(task.plan(frozen, context), answerTo)))
    broken.push('plan is not pure: asked twice, it answered differently')
  if (plan.kind !== 'change') return broken

  const again = settle(task.plan(plan.then, context), answerTo)
  if (!task.once && again.kind !== 'ok') broken.push(`plan(then) is not ok: it wants ${wishOf(again)}`)
  for (const change of plan.changes) {
    for (const script of [...(change.before ?? []), change.apply]) {
      broken.push(...unparsable(`the change "${change.summary}"`, script))
      for (const secret of script.secrets) {
        const seen = [
          script.shown,
          change.summary,
          change.diff?.before ?? '',
          change.diff?.after ?? '',
          task.name,
        ].some((text) => text.includes(secret))
        if (seen) broken.push(`the change "${change.summary}" shows a secret`)
      }
    }
  }
  return broken
}

function wishOf<State>(plan: Settled<State>): string {
  if (plan.kind === 'blocked') return `nothing, for it is blocked: ${plan.why}`
  return plan.kind === 'change' ? plan.changes.map(({ summary }) => summary).join(', ') : 'to ask'
}

/** Compares the predicted state after a change with the real one. */
export function brokenForesight<State>(foreseen: State, real: State): readonly string[] {
  const where = disagreement(foreseen, real)
  return where === undefined ? [] : [`the prediction was wrong: ${where}`]
}

function unparsable(what: string, { text }: Script): readonly string[] {
  const { status, stderr } = spawnSync('sh', ['-n'], { input: text, encoding: 'utf8' })
  return status === 0 ? [] : [`${what} is no shell text: ${stderr.trim()}`]
}

function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value
  for (const inner of Object.values(value)) deepFreeze(inner)
  return Object.freeze(value)
}
