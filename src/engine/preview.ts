// What a check shows of a task of which nothing can be said yet: the plan that it would have if its files stayed as
// they are now, and what it misses (a directory, an account) were there.
import { fact, type Fact } from '../core/task/fact.ts'
import type { Probe } from '../core/probe/probe.ts'
import type { AnswerTo } from '../core/probe/outside-question.ts'
import type { PlanContext, Task } from '../core/task/task.ts'
import { UNKNOWN } from '../core/unknown.ts'
import { planned, type Asked, type PlanOfChange } from './foresee.ts'

/** `undefined`: there is no such plan, or it changes no text that can be shown. */
export function previewOf(
  task: Task,
  asked: Asked,
  context: PlanContext,
  answerTo: AnswerTo,
): PlanOfChange | undefined {
  if ('error' in asked) return undefined
  const now = planned(task, asked.state, context, answerTo)
  const plan = now.kind === 'blocked' ? withWhatItMisses(task, asked.state, context, answerTo) : now
  return plan?.kind === 'change' && plan.changes.some(({ diff }) => diff !== undefined) ? plan : undefined
}

function withWhatItMisses(task: Task, state: unknown, context: PlanContext, answerTo: AnswerTo) {
  let next: unknown = state
  for (const each of missed(task.probe)) {
    next = task.probe.foresee(next, each)
    if (next === undefined) return undefined
  }
  return planned(task, next, context, answerTo)
}

/** Directories of the paths that it reads, and accounts. */
const missed = ({ reads }: Probe<unknown>): readonly Fact[] =>
  reads.flatMap((resource): readonly Fact[] => {
    const colon = resource.indexOf(':')
    const name = resource.slice(colon + 1)
    switch (resource.slice(0, colon)) {
      case 'path': {
        const parent = name.slice(0, name.lastIndexOf('/'))
        const directory = { kind: 'directory', owner: UNKNOWN, group: UNKNOWN, mode: UNKNOWN } as const
        return parent === '' ? [] : [fact('path', parent, directory)]
      }
      case 'user':
        return [fact('user', name, USER)]
      case 'group':
        return [fact('group', name, { kind: 'group', gid: UNKNOWN })]
      default:
        return []
    }
  })

const USER = {
  kind: 'user',
  uid: UNKNOWN,
  group: UNKNOWN,
  groups: UNKNOWN,
  home: UNKNOWN,
  shell: UNKNOWN,
  comment: UNKNOWN,
  locked: UNKNOWN,
} as const
