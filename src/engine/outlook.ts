// Reads the predictions of a host's tasks: which changes a run makes now, and which a check reports.
import type { Change } from '../core/task/change.ts'
import type { OutsideQuestion } from '../core/probe/outside-question.ts'
import type { Remarks } from '../core/task/plan.ts'
import type { Task } from '../core/task/task.ts'
import { remarksOf, type Outlook, type PlanOfChange } from './foresee.ts'
import type { Ledger } from './ledger.ts'

export type ChangeOutlook = Extract<Outlook, { kind: 'change' }>

export interface Now {
  readonly satisfied: readonly { readonly task: Task; readonly remarks: Remarks }[]
  readonly ready: readonly { readonly task: Task; readonly outlook: ChangeOutlook }[]
  readonly blocked: { readonly task: Task; readonly why: string } | undefined
  /** What the first task asks for that waits for somebody outside. */
  readonly later: readonly OutsideQuestion[]
}

/** What can be done on the next trip: every change up to the first task of which nothing can be said yet. */
export function beforeFirstWall(tasks: readonly Task[], outlooks: readonly Outlook[]): Now {
  const satisfied: { task: Task; remarks: Remarks }[] = []
  const ready: { task: Task; outlook: ChangeOutlook }[] = []
  for (const [index, task] of tasks.entries()) {
    const outlook = outlooks[index]!
    if (outlook.kind === 'wall' || outlook.kind === 'unanswered') break
    if (outlook.kind === 'later') return { satisfied, ready, blocked: undefined, later: outlook.questions }
    if (outlook.kind === 'blocked') return { satisfied, ready, blocked: { task, why: outlook.why }, later: [] }
    if (outlook.kind === 'ok') satisfied.push({ task, remarks: outlook.remarks })
    else ready.push({ task, outlook })
  }
  return { satisfied, ready, blocked: undefined, later: [] }
}

/** Of a task that nothing tells to be done, nothing tells either what it will have done. */
const unpredictable = (change: Change): Change => ({
  ...change,
  summary: `${change.summary}; its effects cannot be predicted`,
})

function foretellChange(book: Ledger, task: Task, plan: PlanOfChange): void {
  if (plan.perhaps !== undefined) book.assumed(task, `cannot be told before ${plan.perhaps}`)
  else book.would(task, task.once ? plan.changes.map(unpredictable) : plan.changes, remarksOf(plan))
}

/** Enters what a run would do; returns why it would fail, if it would. */
export function foretell(
  book: Ledger,
  tasks: readonly Task[],
  outlooks: readonly Outlook[],
  noteSecrets: (task: Task, outlook: ChangeOutlook) => unknown,
): string | undefined {
  for (const [index, task] of tasks.entries()) {
    const outlook = outlooks[index]!
    switch (outlook.kind) {
      case 'ok':
        book.satisfied(task, outlook.remarks)
        break
      case 'change':
        noteSecrets(task, outlook)
        foretellChange(book, task, outlook.plan)
        break
      case 'unanswered':
      case 'later': {
        const records = outlook.questions.map(({ record }) => record.name)
        book.assumed(task, `cannot be told before name servers say more of ${records.join(', ')}`)
        break
      }
      case 'wall': {
        const earlier = outlook.on.map(({ type, name }) => `${type} ${name}`)
        book.assumed(task, `cannot be told before this is done: ${earlier.join(', ')}`)
        break
      }
      case 'blocked':
        book.failed(task, outlook.why, undefined)
        return `${task.type} ${task.name}: ${outlook.why}`
    }
  }
  return undefined
}
