// Plans a task for a given state without a host, for unit tests of a task module.
import type { Plan } from '../core/task/plan.ts'
import type { FolderEntry, Source } from '../core/fleet/source.ts'
import type { PlanContext, Task } from '../core/task/task.ts'

/**
 * The context of a Debian 12 host called `mx1`; `sources` are the contents of the files and templates that the task
 * names, by their path.
 */
export const testContext = (sources: Readonly<Record<string, string | Uint8Array>>): PlanContext => ({
  facts: { os: { id: 'debian', versionId: '12', codename: 'bookworm' }, hostname: 'mx1' },
  source(source: Source) {
    const content = sources[source.path]
    if (content === undefined) throw new Error(`the test gives no content for the source ${source.path}`)
    return typeof content === 'string' ? Buffer.from(content) : content
  },
})

/**
 * The task; one that brings a folder is made of those of the sources that are below it. A file that begins with `#!` is
 * one that its owner may execute.
 */
export function listedTask<State>(
  task: Task<State>,
  sources: Readonly<Record<string, string | Uint8Array>>,
): Task<State> {
  if (task.folder === undefined) return task
  const entries = new Map<string, FolderEntry>()
  for (const [source, content] of Object.entries(sources)) {
    if (!source.startsWith(task.folder.path)) continue
    const parts = source.slice(task.folder.path.length).split('/')
    parts.forEach((_, index) => {
      const path = parts.slice(0, index + 1).join('/')
      const isFile = index === parts.length - 1
      const executable = isFile && Buffer.from(content).subarray(0, 2).toString() === '#!'
      entries.set(path, { path, kind: isFile ? 'file' : 'directory', executable })
    })
  }
  return task.folder.listed([...entries.values()])
}

/** @example planOf(motd({ text: 'hello' }), '', {}) // { kind: 'change', changes: [{ summary: 'text', … }], … } */
export const planOf = <State>(
  task: Task<State>,
  now: State,
  sources: Readonly<Record<string, string | Uint8Array>>,
): Plan<State> => listedTask(task, sources).plan(now, testContext(sources))
