// Refuses two tasks of a host that decide the same thing, such as the content of one file.
import { MailrunError } from '../core/mailrun-error.ts'
import type { Task } from '../core/task/task.ts'

/** @throws MailrunError that names both tasks. */
export function refuseConflicts(host: string, tasks: readonly Task[]): void {
  const owners = new Map<string, Task>()
  for (const task of tasks) {
    for (const owned of task.owns) {
      const first = owners.get(owned)
      if (first) throw conflict(host, first, task, owned)
      owners.set(owned, task)
    }
  }
  for (const [owned, task] of owners) {
    const whole = owned.includes('#') ? owners.get(owned.slice(0, owned.indexOf('#'))) : undefined
    if (whole && whole !== task) throw conflict(host, whole, task, owned)
  }
  for (const [owned, task] of owners) if (owned.startsWith(TREE)) refuseBelow(host, owned, task, owners)
}

const TREE = 'tree:'
const MADE_AT_PATH = ['content:', 'directory:', TREE]

/** A task that has a directory with all in it removes what others put there. */
function refuseBelow(host: string, tree: string, whole: Task, owners: ReadonlyMap<string, Task>): void {
  const path = tree.slice(TREE.length)
  const begins = MADE_AT_PATH.map((kind) => `${kind}${path}/`)
  for (const [owned, task] of owners) {
    if (task === whole || !begins.some((each) => owned.startsWith(each))) continue
    throw new MailrunError(
      `host ${host}: ${describe(task)} is below ${path}, and ${describe(whole)} decides all that is there: ` +
        'name another path, or leave one out',
      task.where,
    )
  }
}

const conflict = (host: string, first: Task, second: Task, owned: string): MailrunError =>
  new MailrunError(
    `host ${host}: ${describe(second)} decides what ${describe(first)} decides already: leave one out` +
      sharedFile(first, owned),
    second.where,
  )

/** Where their names do not show it: two parameters of the kernel in one file. */
function sharedFile({ name }: Task, owned: string): string {
  const [, path] = /^content:([^#]*)/.exec(owned) ?? []
  return path === undefined || name.includes(path) ? '' : `, or give each its own file: both write ${path}`
}

const describe = ({ type, name, where }: Task): string => `${type} ${name}${where === undefined ? '' : ` (${where})`}`
