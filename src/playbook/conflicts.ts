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
