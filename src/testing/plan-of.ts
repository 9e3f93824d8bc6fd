// Plans a task for a given state without a host, for unit tests of a task module.
import type { Plan } from '../core/task/plan.ts'
import type { Source } from '../core/fleet/source.ts'
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

/** @example planOf(motd({ text: 'hello' }), '', {}) // { kind: 'change', changes: [{ summary: 'text', … }], … } */
export const planOf = <State>(
  task: Task<State>,
  now: State,
  sources: Readonly<Record<string, string | Uint8Array>>,
): Plan<State> => task.plan(now, testContext(sources))
