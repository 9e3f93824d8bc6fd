// A host that is ready to run: everything was read, checked and rendered, and only the connection is missing.
import type { Host } from './host.ts'
import type { Probe } from '../probe/probe.ts'
import type { Source } from './source.ts'
import type { Task } from '../task/task.ts'

export interface PreparedHost {
  readonly host: Host
  readonly tasks: readonly Task[]
  readonly outputs: Readonly<Record<string, Probe<unknown>>>
  /** The texts of all secrets among its vars and sources; those of its tasks and of its connection are theirs. */
  readonly secrets: readonly string[]
  /** The bytes of every source that the tasks name. @throws for one that was not prepared. */
  source(source: Source): Uint8Array
}
