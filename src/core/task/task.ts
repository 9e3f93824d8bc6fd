// A task: a wanted state of one thing on a host, as a value. It has a probe (a question), and a pure function from the
// answer to a plan.
import type { HostFacts } from '../fleet/host-facts.ts'
import type { Plan } from './plan.ts'
import type { Probe } from '../probe/probe.ts'
import type { Resource } from './resource.ts'
import type { Listing, Source } from '../fleet/source.ts'

/** What a plan may look at besides the state. */
export interface PlanContext {
  readonly facts: HostFacts
  /** The bytes of a source that the task named. */
  source(source: Source): Uint8Array
}

export interface Task<State = unknown> {
  /** The module: `apt`, `directory`, … */
  readonly type: string
  /** Which one: `/etc/postfix`, or what the user called it. */
  readonly name: string
  readonly tags: readonly string[]
  /** What its changes may change. */
  readonly writes: readonly Resource[]
  /**
   * What it alone decides: two tasks of a playbook that own the same are refused. `content:/etc/x` owns the whole,
   * `content:/etc/x#part` a part of it; with `tree:/srv/x` no other one owns the content or a directory below it.
   */
  readonly owns: readonly Resource[]
  readonly sources: readonly Source[]
  /** The texts of all secrets in its arguments: masked wherever they come up, whether or not anything is changed. */
  readonly secrets: readonly string[]
  readonly probe: Probe<State>
  /** Satisfied once it ran in this run: a command without a product or a question that tells that it is done. */
  readonly once: boolean
  /** file:line of the playbook that made it, where it is known. */
  readonly where: string | undefined
  plan(now: State, context: PlanContext): Plan<State>
  /** A folder of this machine that it brings: the task is made of what is in there, once that is known. */
  readonly folder?: { readonly path: string; readonly listed: (listing: Listing) => Task<State> }
}
