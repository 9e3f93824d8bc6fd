// The record of what happened to each task of one host. It is the only state of a run that changes.
import type { Change, Diff } from '../core/task/change.ts'
import type { AwaitedRecord, Remarks } from '../core/task/plan.ts'
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
  awaits: readonly AwaitedRecord[] | undefined
  /** About changes that were made. */
  readonly cautions: Set<string>
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
  /** What is to be known of these changes, where one of them was made: it stays. */
  cautioned(task: Task, changes: readonly Change[], caution: string): void
  /** @param change - that failed; `undefined` where there was none to make */
  failed(task: Task, why: Untrusted, change: Change | undefined): void
  unknown(task: Task, change: Change, why: string): void
  results(mask: Mask): readonly TaskResult[]
}

export function taskRecord(tasks: readonly Task[]): TaskRecord {
  const entries = new Map<Task, Entry>(tasks.map((task) => [task, untouched()]))
  const set = (task: Task, status: TaskStatus, why?: Untrusted): Entry => {
    const entry = entries.get(task)!
    entry.status = status
    entry.why = why
    entry.warning = undefined
    entry.awaits = undefined
    return entry
  }
  const remark = (task: Task, status: TaskStatus, { note, warning, caution, held, awaits }: Remarks): Entry => {
    const entry = held === undefined ? set(task, status, note) : set(task, 'held', held)
    entry.warning = joined([warning, caution])
    entry.awaits = held === undefined ? undefined : awaits
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
    cautioned(task, changes, caution) {
      const entry = entries.get(task)!
      if (entry.changes.some((each) => changes.includes(each))) entry.cautions.add(caution)
    },
    failed(task, why, change) {
      set(task, 'failed', why).failure = change
    },
    unknown(task, change, why) {
      const { changes } = set(task, 'unknown', why)
      // Pieces of a change are reported one by one.
      if (!changes.includes(change)) changes.push(change)
    },
    results: (mask) => tasks.map((task) => resultOf(task, entries.get(task)!, mask)),
  }
}

const untouched = (): Entry => ({
  status: 'not-reached',
  changes: [],
  why: undefined,
  failure: undefined,
  warning: undefined,
  preview: [],
  awaits: undefined,
  cautions: new Set(),
})

function resultOf({ name, type }: Task, entry: Entry, mask: Mask): TaskResult {
  const { status, changes, why, failure, preview, awaits } = entry
  const warning = joined([...entry.cautions, entry.warning])
  return {
    name: mask(name),
    type,
    status,
    changes: changes.map(({ summary }) => maskSummary(mask, summary)),
    diffs: [...changes.flatMap(({ diff }) => diff ?? []), ...preview].flatMap((diff) => maskDiff(mask, diff) ?? []),
    commands: [...changes, ...(failure === undefined ? [] : [failure])].map(({ apply }) => mask(apply.shown)),
    ...(why === undefined ? {} : { why: mask(why) }),
    ...(awaits === undefined ? {} : { awaits: awaits.map((each) => maskAwaited(mask, each)) }),
    ...(warning === undefined ? {} : { warning: mask(warning) }),
  }
}

/** Each once. */
function joined(texts: readonly (string | undefined)[]): string | undefined {
  const said = [...new Set(texts.filter((text) => text !== undefined))]
  return said.length === 0 ? undefined : said.join('\n')
}

const maskAwaited = (mask: Mask, { name, why }: AwaitedRecord): AwaitedRecord => ({ name: mask(name), why: mask(why) })
