// Selects tasks by their tags, as Ansible does.
import { MailrunError } from '../core/mailrun-error.ts'
import type { Task } from '../core/task/task.ts'
import { nearest } from '../text/nearest.ts'

/** The tag by which a playbook's records are published, or not. */
export const PUBLISH = 'publish'

const SPECIAL = ['all', 'tagged', 'untagged', 'always', 'never']

/** `always` stays unless skipped by name, `never` goes unless asked for. */
export function tagged(tasks: readonly Task[], tags: readonly string[], skipTags: readonly string[]): readonly Task[] {
  const has = ({ tags: own }: Task, wanted: readonly string[]): boolean => wanted.some((tag) => hasTag(own, tag))
  return tasks.filter((task) => {
    const asked = tags.length === 0 ? !task.tags.includes('never') : has(task, tags) || task.tags.includes('always')
    return asked && !has(task, skipTags)
  })
}

function hasTag(own: readonly string[], tag: string): boolean {
  if (own.includes(tag)) return true
  switch (tag) {
    case 'all':
      return !own.includes('never')
    case 'tagged':
      return own.length > 0
    case 'untagged':
      return own.length === 0
    default:
      return false
  }
}

const knownTags = (tasks: readonly Task[], publishes: boolean): ReadonlySet<string> =>
  new Set([...SPECIAL, ...(publishes ? [PUBLISH] : []), ...tasks.flatMap((task) => task.tags)])

/** Those of `given` that no task has. */
export function tagsOfNone(tasks: readonly Task[], publishes: boolean, given: readonly string[]): readonly string[] {
  const known = knownTags(tasks, publishes)
  return given.filter((tag) => !known.has(tag))
}

/** What to say of the tags that none of a host's tasks has. @param flags - such as `--tags web`. */
export const lackNotes = (flags: readonly string[]): readonly string[] =>
  flags.map((flag) => `${flag}: none of its tasks has this tag`)

/** What to say of a tag that no task has. */
export function unknownTag(tasks: readonly Task[], publishes: boolean, tag: string, flag: string): MailrunError {
  const known = knownTags(tasks, publishes)
  const near = nearest(tag, known)
  const own = [...known].filter((each) => !SPECIAL.includes(each))
  const list = own.length > 0 ? `there are ${own.join(', ')}` : 'there are none'
  const hint = near ? `: did you mean ${near}?` : `; ${list}`
  return new MailrunError(`no task has the tag ${JSON.stringify(tag)}${hint}`, flag)
}
