// Reads the predictions of a host's tasks: which changes a run makes now, and which a check reports.
import type { Change, Diff } from '../core/task/change.ts'
import type { OutsideQuestion } from '../core/probe/outside-question.ts'
import type { Remarks } from '../core/task/plan.ts'
import type { Task } from '../core/task/task.ts'
import { remarksOf, type Prediction, type PlanOfChange } from './foresee.ts'
import type { TaskRecord } from './task-record.ts'

export type ChangePrediction = Extract<Prediction, { kind: 'change' }>

export interface Now {
  readonly satisfied: readonly { readonly task: Task; readonly remarks: Remarks }[]
  readonly ready: readonly { readonly task: Task; readonly prediction: ChangePrediction }[]
  readonly blocked: { readonly task: Task; readonly why: string } | undefined
  /** What the first task asks for that waits for somebody outside. */
  readonly later: readonly OutsideQuestion[]
}

const boots = ({ plan }: ChangePrediction): boolean =>
  plan.changes.some(({ reconnect }) => reconnect?.notBoot !== undefined)

/** What can be done on the next trip: every change up to the first task of which nothing can be said yet. */
export function beforeFirstWall(tasks: readonly Task[], predictions: readonly Prediction[]): Now {
  const satisfied: { task: Task; remarks: Remarks }[] = []
  const ready: { task: Task; prediction: ChangePrediction }[] = []
  for (const [index, task] of tasks.entries()) {
    const prediction = predictions[index]!
    if (prediction.kind === 'wall' || prediction.kind === 'unanswered') break
    if (prediction.kind === 'later') return { satisfied, ready, blocked: undefined, later: prediction.questions }
    if (prediction.kind === 'blocked') return { satisfied, ready, blocked: { task, why: prediction.why }, later: [] }
    if (prediction.kind === 'ok') satisfied.push({ task, remarks: prediction.remarks })
    else ready.push({ task, prediction })
    // What the host is after it has booted, nobody knows before.
    if (prediction.kind === 'change' && boots(prediction)) break
  }
  return { satisfied, ready, blocked: undefined, later: [] }
}

/** Of a task that nothing tells to be done, nothing tells either what it will have done. */
const unpredictable = (change: Change): Change => ({
  ...change,
  summary: `${change.summary}; its effects cannot be predicted`,
})

function predictChange(book: TaskRecord, task: Task, plan: PlanOfChange): void {
  if (plan.perhaps !== undefined) book.assumed(task, `cannot be known before ${plan.perhaps}`)
  else book.would(task, task.once ? plan.changes.map(unpredictable) : plan.changes, remarksOf(plan))
}

/** On what a diff rests whose task stands behind a wall. */
const assumption = ({ path, before }: Diff): string =>
  before === undefined
    ? `--diff shows it as if there were no ${path} then`
    : `--diff shows it as if ${path} were then as it is now`

/** Enters what a run would do; returns why it would fail, if it would. */
export function predict(
  book: TaskRecord,
  tasks: readonly Task[],
  predictions: readonly Prediction[],
  noteSecrets: (plan: PlanOfChange) => unknown,
  previewOf: (task: Task) => PlanOfChange | undefined,
): string | undefined {
  for (const [index, task] of tasks.entries()) {
    const prediction = predictions[index]!
    switch (prediction.kind) {
      case 'ok':
        book.satisfied(task, prediction.remarks)
        break
      case 'change':
        noteSecrets(prediction.plan)
        predictChange(book, task, prediction.plan)
        break
      case 'unanswered':
      case 'later': {
        const records = prediction.questions.map(({ record }) => record.name)
        book.assumed(task, `cannot be known before name servers say more of ${records.join(', ')}`)
        break
      }
      case 'wall': {
        const earlier = prediction.on.map(({ type, name }) => `${type} ${name}`)
        const why = prediction.why ?? `cannot be known before this is done: ${earlier.join(', ')}`
        const preview = previewOf(task)
        if (preview !== undefined) noteSecrets(preview)
        const diffs = preview === undefined ? [] : preview.changes.flatMap(({ diff }) => diff ?? [])
        book.assumed(task, [why, ...diffs.map(assumption)].join('\n'), diffs)
        break
      }
      case 'blocked':
        book.failed(task, prediction.why, undefined)
        return `${task.type} ${task.name}: ${prediction.why}`
    }
  }
  return undefined
}
