// The record of what happened to each task of one host. It is the only state of a run that changes.
import type { Change, Diff } from '../core/task/change.ts'
import type { Remarks } from '../core/task/plan.ts'
import type { TaskResult, TaskStatus } from '../core/run-event.ts'
import type { Task } from '../core/task/task.ts'
import type { Mask } from '../shell/mask.ts'
import type { Untrusted } from '../shell/untrusted.ts'
import { maskDiff, maskSummary } from './mask-change.ts'

interface Entry {
  status: TaskStatus
  readonly changes: Change[]
  why: string | undefined
  /** That failed. */
  failure: Change | undefined
  warning: string | undefined
  /** What a check shows of texts, though nothing of it is sure. */
  preview: readonly Diff[]
}

export interface TaskRecord {
  /** As it is now; a task that changed stays `changed`, one that holds something back is `held` either way. */
  satisfied(task: Task, remarks: Remarks): void
  made(task: Task, change: Change): void
  /** These changes, made, turned out to change nothing. */
  idle(task: Task, changes: readonly Change[]): void
  would(task: Task, changes: readonly Change[], remarks: Remarks): void
  /** @param preview - of texts, as far as it can be shown */
  assumed(task: Task, why: string, preview?: readonly Diff[]): void
  /** @param change - that failed; `undefined` where there was none to make */
  failed(task: Task, why: Untrusted, change: Change | undefined): void
  unknown(task: Task, change: Change, why: string): void
  results(mask: Mask): readonly TaskResult[]
}

const fresh = (): Entry => ({
  status: 'not-reached',
  changes: [],
  why: undefined,
  warning: undefined,
  failure: undefined,
  preview: [],
})

export function taskRecord(tasks: readonly Task[]): TaskRecord {
  const entries = new Map<Task, Entry>(tasks.map((task) => [task, fresh()]))
  const set = (task: Task, status: TaskStatus, why?: Untrusted): Entry => {
    const entry = entries.get(task)!
    entry.status = status
    entry.why = why
    entry.warning = undefined
    return entry
  }
  const remark = (task: Task, status: TaskStatus, { note, warning, held }: Remarks): Entry => {
    const entry = held === undefined ? set(task, status, note) : set(task, 'held', held)
    entry.warning = warning
    return entry
  }
  return {
    satisfied(task, remarks) {
      remark(task, entries.get(task)!.changes.length > 0 ? 'changed' : 'ok', remarks)
    },
    made(task, change) {
      set(task, 'changed').changes.push(change)
    },
    idle(task, changes) {
      const made = entries.get(task)!.changes
      made.splice(0, made.length, ...made.filter((each) => !changes.includes(each)))
    },
    would(task, changes, remarks) {
      remark(task, 'would-change', remarks).changes.push(...changes)
    },
    assumed(task, why, preview = []) {
      set(task, 'assumed', why).preview = preview
    },
    failed(task, why, change) {
      set(task, 'failed', why).failure = change
    },
    unknown(task, change, why) {
      const { changes } = set(task, 'unknown', why)
      // Pieces of a change are reported one by one.
      if (!changes.includes(change)) changes.push(change)
    },
    results: (mask) =>
      tasks.map((task) => {
        const { status, changes, why, warning, failure, preview } = entries.get(task)!
        return {
          name: mask(task.name),
          type: task.type,
          status,
          changes: changes.map(({ summary }) => maskSummary(mask, summary)),
          diffs: [...changes.flatMap(({ diff }) => diff ?? []), ...preview].flatMap(
            (diff) => maskDiff(mask, diff) ?? [],
          ),
          commands: [...changes, ...(failure === undefined ? [] : [failure])].map(({ apply }) => mask(apply.shown)),
          ...(why === undefined ? {} : { why: mask(why) }),
          ...(warning === undefined ? {} : { warning: mask(warning) }),
        }
      }),
  }
}
