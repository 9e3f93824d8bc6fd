// Tries every example of the task modules on one host, in a scratch copy of its files, and reports which laws hold.
import type { TaskModule } from '../../core/task/define-task.ts'
import type { BesideFiles, Example } from '../../core/task/task-definition.ts'
import type { HostFacts } from '../../core/fleet/host-facts.ts'
import type { PlanContext } from '../../core/task/task.ts'
import { ConnectionLost, type Connection } from '../../engine/session/connection.ts'
import { hostFacts } from '../../resources/host/host-facts.ts'
import { listedTask, testContext } from '../plan-of.ts'
import { askHost, lookAtTask, tryTask } from '../try-task.ts'
import type { ExampleResult } from './result.ts'
import { arrange, enterScratch } from './scratch.ts'

/** By the module's name. Modules differ in their arguments; each is given its own examples. */
export type TaskModules = Readonly<Record<string, TaskModule<object, unknown>>>

const BESIDE: Readonly<Record<BesideFiles, string>> = {
  packages: 'it would install or remove packages',
  services: 'it would start or stop services',
  mail: 'it would remove mail',
  kernel: 'it would set parameters of the kernel',
  network: 'it would change the rules of the packet filter',
  mounts: 'it would mount or unmount file systems',
  swap: 'it would have the kernel swap on a file',
  boot: 'it would restart the host',
}

export interface Tried {
  readonly facts: HostFacts
  readonly examples: readonly ExampleResult[]
}

/**
 * @param signal - aborting it ends the connection.
 * @param stop - aborting it begins no further example.
 * @throws Error where no scratch copy can be made; ConnectionLost
 */
export async function tryExamples(
  connection: Connection,
  modules: TaskModules,
  signal: AbortSignal,
  stop: AbortSignal,
): Promise<Tried> {
  const facts = await askHost(hostFacts, connection)
  await enterScratch(connection, signal)
  const examples: ExampleResult[] = []
  for (const [task, module] of Object.entries(modules)) {
    for (const example of module.definition.examples) {
      if (stop.aborted) return { facts, examples }
      const context = { ...testContext(example.sources ?? {}), facts }
      const came = await tryExample({ connection, module, example, context, signal })
      examples.push({ task, example: example.title, ...came })
    }
  }
  return { facts, examples }
}

interface Attempt {
  readonly connection: Connection
  readonly module: TaskModule<object, unknown>
  readonly example: Example<object>
  readonly context: PlanContext
  readonly signal: AbortSignal
}

type Came = Pick<ExampleResult, 'status' | 'why'>

async function tryExample({ connection, module, example, context, signal }: Attempt): Promise<Came> {
  const { given, args, beside, sources = {} } = example
  try {
    if (beside !== undefined) {
      const { broken } = await lookAtTask(listedTask(module(args), sources), connection, context)
      return broken.length > 0 ? { status: 'broken', why: broken } : { status: 'asked', why: [BESIDE[beside]] }
    }
    const wrong = given === undefined ? undefined : await arrange(connection, given, signal)
    if (wrong !== undefined)
      return { status: 'skipped', why: [`the host cannot be made as the example wants it: ${wrong}`] }
    return await carryOut({ connection, module, example, context, signal })
  } catch (error) {
    if (error instanceof ConnectionLost) throw error
    return { status: 'broken', why: [(error as Error).message] }
  }
}

async function carryOut({ connection, module, example, context }: Attempt): Promise<Came> {
  const task = listedTask(module(example.args), example.sources ?? {})
  const { plan, broken } = await tryTask(task, connection, context)
  if (broken.length > 0) return { status: 'broken', why: broken }
  if (plan.kind === 'blocked') return { status: 'skipped', why: [plan.why] }
  if (!task.once && plan.kind === 'change') {
    const again = await tryTask(task, connection, context)
    if (again.plan.kind !== 'ok') return { status: 'broken', why: ['a second run would change something'] }
  }
  return { status: 'kept', why: [] }
}
