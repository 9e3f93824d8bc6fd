// `defineTask` makes a task module from its description. mailrun's own modules and those of users are made with it.
import type { ArgumentsOf } from './argument.ts'
import { checkArguments } from './check-arguments.ts'
import { MailrunError } from '../mailrun-error.ts'
import type { Plan } from './plan.ts'
import type { Probe } from '../probe/probe.ts'
import type { Resource } from './resource.ts'
import type { Listing, Source } from '../fleet/source.ts'
import type { PlanContext, Task } from './task.ts'
import { secretsIn } from '../../shell/secrets-in.ts'
import { callSite } from '../call-site.ts'

/** A task was given arguments that it cannot work with. */
class TaskArgumentError extends MailrunError {
  override readonly name = 'TaskArgumentError'

  constructor(type: string, wrong: string, where: string | undefined) {
    super(`${type}: ${wrong}`, where)
  }
}

/** Wrong arguments, while a playbook makes its tasks; `undefined`: they are thrown at once. */
let gathered: TaskArgumentError[] | undefined

/**
 * What `make` returns, where it gives no task wrong arguments. In it a task of wrong arguments is made as a stand-in,
 * so that all that is wrong is reported at once.
 *
 * @throws MailrunError that says each of them once
 */
export function withAllTaskErrors<T>(make: () => T): T {
  const before = gathered
  const errors: TaskArgumentError[] = []
  gathered = errors
  try {
    const made = make()
    if (errors.length === 0) return made
  } catch (error) {
    // It may come of a stand-in.
    if (errors.length === 0) throw error
  } finally {
    gathered = before
  }
  throw new MailrunError([...new Set(errors.flatMap(({ messages }) => messages))])
}

/** What every task takes besides its own arguments. */
export interface CommonArgs {
  /** Shown instead of the name that the module makes up. */
  readonly name?: string
  /** For `--tags` and `--skip-tags`. */
  readonly tags?: readonly string[]
}

/** What an example changes of a host beside its files, accounts and name. */
export type BesideFiles = 'packages' | 'services' | 'mail' | 'kernel' | 'network' | 'boot'

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

/** A module: call it with arguments to get a task; `definition` is what docs and law tests read. */
export interface TaskModule<Args, State> {
  (args: Args & CommonArgs): Task<State>
  readonly definition: TaskDefinition<Args, State>
}

/**
 * Makes a task module.
 *
 * @throws TaskArgumentError from the module, for arguments that `arguments` or `check` refuses.
 * @example
 * export const motd = defineTask<{ readonly text: string }, string>({
 *   type: 'motd',
 *   name: () => '/etc/motd',
 *   probe: () =>
 *     defineProbe({
 *       key: 'motd',
 *       reads: ['path:/etc/motd'],
 *       script: sh`cat /etc/motd`,
 *       parse: ({ stdout }) => utf8(stdout),
 *     }),
 *   plan: ({ text }, now) =>
 *     now === text ? ok : change([{ summary: 'text', apply: sh`printf %s ${text} > /etc/motd` }], text),
 *   writes: () => ['path:/etc/motd'],
 *   examples: [{ title: 'Say hello', args: { text: 'hello\n' } }],
 * })
 */
export function defineTask<Args extends object, State>(
  definition: TaskDefinition<Args, State>,
): TaskModule<Args, State> {
  const module = (args: Args & CommonArgs): Task<State> => {
    const where = callSite(module)
    const wrong = (definition.arguments && checkArguments(definition.arguments, args)) ?? definition.check?.(args)
    if (wrong !== undefined) return standIn(definition, where, new TaskArgumentError(definition.type, wrong, where))
    const folder = definition.folder?.(args)
    const task = taskOf(definition, args, where, [])
    if (folder === undefined) return task
    return { ...task, folder: { path: folder, listed: (listing) => taskOf(definition, args, where, listing) } }
  }
  return Object.assign(module, { definition })
}

const taskOf = <Args extends object, State>(
  definition: TaskDefinition<Args, State>,
  args: Args & CommonArgs,
  where: string | undefined,
  listing: Listing,
): Task<State> => ({
  type: definition.type,
  name: args.name ?? definition.name(args),
  tags: args.tags ?? [],
  writes: definition.writes(args, listing),
  owns: definition.owns?.(args, listing) ?? [],
  sources: definition.sources?.(args, listing) ?? [],
  once: definition.once?.(args) ?? false,
  secrets: secretsIn(args),
  where,
  probe: definition.probe(args, listing),
  plan: (now, context) => definition.plan(args, now, context, listing),
})

/** @throws the error, where errors are not gathered */
function standIn<Args, State>(
  { type }: TaskDefinition<Args, State>,
  where: string | undefined,
  error: TaskArgumentError,
): Task<State> {
  if (gathered === undefined) throw error
  gathered.push(error)
  const refused = (): never => {
    throw error
  }
  return {
    type,
    name: type,
    tags: [],
    writes: [],
    owns: [],
    sources: [],
    once: false,
    secrets: [],
    where,
    get probe() {
      return refused()
    },
    plan: refused,
  }
}
