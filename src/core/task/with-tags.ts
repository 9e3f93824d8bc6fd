// Gives tags to all tasks of a list, such as those of a role.
import type { Task } from './task.ts'

/**
 * The same tasks with these tags beside their own: what `tags` of a role, an include or a block is in Ansible. What is
 * no task because its condition is not true stays as it is.
 *
 * @example
 * tasks: ({ vars }) => [...withTags(['relay'], relayTasks(vars)), service({ unit: 'postfix', state: 'running' })]
 */
export function withTags<Each extends Task | false | undefined>(
  tags: readonly string[],
  tasks: readonly Each[],
): readonly (Task | Exclude<Each, Task>)[] {
  return tasks.map((each) => (isTask(each) ? tagged(tags, each) : (each as Exclude<Each, Task>)))
}

const isTask = (each: Task | false | undefined): each is Task => each !== false && each !== undefined

function tagged(tags: readonly string[], task: Task): Task {
  const { folder } = task
  return {
    ...task,
    tags: [...new Set([...task.tags, ...tags])],
    // A folder's task is made again once its files are known.
    ...(folder && { folder: { ...folder, listed: (listing) => tagged(tags, folder.listed(listing)) } }),
  }
}
