// The description of a task module: its arguments, its question, its plan, its examples.
import type { ArgumentsOf } from './argument.ts'
import type { Plan } from './plan.ts'
import type { Probe } from '../probe/probe.ts'
import type { Resource } from './resource.ts'
import type { Listing, Source } from '../fleet/source.ts'
import type { PlanContext } from './task.ts'

/** What every task takes besides its own arguments. */
export interface CommonArgs {
  /** Shown instead of the name that the module makes up. */
  readonly name?: string
  /** For `--tags` and `--skip-tags`. */
  readonly tags?: readonly string[]
}

/** What an example changes of a host beside its files, accounts and name. */
export type BesideFiles = 'packages' | 'services' | 'mail' | 'kernel' | 'network' | 'mounts' | 'swap' | 'boot'

/** One way to use a module; examples feed the docs, the test cases and the laws. */
export interface Example<Args> {
  /** What it shows, as a sentence without a full stop. */
  readonly title: string
  readonly args: Args
  /**
   * Shell text that puts a Debian host into a state in which the example has something to do; run by the law tests, in
   * a lab.
   */
  readonly given?: string
  /** Contents for the sources that the example names, by path; of a folder, those of the files in it. */
  readonly sources?: Readonly<Record<string, string>>
  /**
   * What it, or `given`, changes beside files, accounts and the host's name: `mailrun self-test` then asks and plans
   * alone.
   */
  readonly beside?: BesideFiles
}

export interface TaskDefinition<Args, State> {
  readonly type: string
  /** The default name, from the arguments. */
  name(args: Args): string
  /**
   * What each argument may be, for playbooks that no compiler has seen: an unknown, a missing or a wrong one is then an
   * error with file:line.
   */
  readonly arguments?: ArgumentsOf<Args>
  /** Says what else is wrong with the arguments: `path must be absolute, got "etc/x"`. `undefined`: nothing. */
  check?(args: Args): string | undefined
  /**
   * A folder of this machine that the task brings. What is in it is `listing` for the other functions, which are called
   * again once it is known; without a folder nothing is in it.
   */
  folder?(args: Args): string | undefined
  probe(args: Args, listing: Listing): Probe<State>
  /** Pure; must not throw on any state that the probe can parse. */
  plan(args: Args, now: State, context: PlanContext, listing: Listing): Plan<State>
  writes(args: Args, listing: Listing): readonly Resource[]
  owns?(args: Args, listing: Listing): readonly Resource[]
  sources?(args: Args, listing: Listing): readonly Source[]
  /**
   * Whether these arguments have no question that tells that it is done: once it ran, it is satisfied for this run. A
   * check says that its effects cannot be predicted.
   */
  once?(args: Args): boolean
  readonly examples: readonly Example<Args>[]
}
