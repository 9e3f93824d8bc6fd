// `defineTask` makes a task module from its description. mailrun's own modules and those of users are made with it.
import type { Answerable } from './answered.ts'
import { wrongArguments } from './check-arguments.ts'
import { MailrunError } from '../mailrun-error.ts'
import type { Listing } from '../fleet/source.ts'
import type { Task } from './task.ts'
import type { CommonArgs, TaskDefinition } from './task-definition.ts'
import { takesAnswers, withAnswers, type WithAnswers } from './with-answers.ts'
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

/** A module: call it with arguments to get a task; `definition` is what docs and law tests read. */
export interface TaskModule<Args, State> {
  /** An argument may be an answer of the host. */
  (args: Answerable<Args> & CommonArgs): Task<State>
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
  const module = (given: (Args | Answerable<Args>) & CommonArgs): Task<State> => {
    const where = callSite(module)
    const args = given as Args & CommonArgs
    const call = { definition, args, where }
    if (takesAnswers(given)) return ofAnswers(call, [])
    const wrong = wrongArguments(definition, args)
    return wrong === undefined ? taskOf(call, []) : standIn(call, wrong)
  }
  return Object.assign(module, { definition })
}

/** A call of a module. */
interface Call<Args extends object, State> {
  readonly definition: TaskDefinition<Args, State>
  readonly args: Args & CommonArgs
  readonly where: string | undefined
}

/** @param listing - what is in the folder that the task brings. */
function taskOf<Args extends object, State>(call: Call<Args, State>, listing: Listing): Task<State> {
  const { definition, args, where } = call
  return {
    type: definition.type,
    name: args.name ?? definition.name(args),
    tags: args.tags ?? [],
    writes: definition.writes(args, listing),
    owns: definition.owns?.(args, listing) ?? [],
    sources: definition.sources?.(args, listing) ?? [],
    once: definition.once?.(args) ?? false,
    secrets: secretsIn(args),
    where,
    ...ofFolder(definition.folder?.(args), (listed) => taskOf(call, listed)),
    probe: definition.probe(args, listing),
    plan: (now, context) => definition.plan(args, now, context, listing),
  }
}

/** The task is made again, of what is in the folder that it brings. */
const ofFolder = <State>(
  path: string | undefined,
  listed: (listing: Listing) => Task<State>,
): Pick<Task<State>, 'folder'> => (path === undefined ? {} : { folder: { path, listed } })

/** Some arguments are answers of the host. @throws TaskArgumentError where they cannot be */
function ofAnswers<Args extends object, State>(call: Call<Args, State>, listing: Listing): Task<State> {
  const { definition, args, where } = call
  const made = withAnswers(definition, args, listing)
  if (typeof made === 'string') return standIn(call, made)
  const { type } = definition
  const task: Task<WithAnswers<State>> = { ...made, type, tags: args.tags ?? [], secrets: secretsIn(args), where }
  // Nobody but its own plan looks at its state.
  const own = task as Task<unknown> as Task<State>
  return { ...own, ...ofFolder(definition.folder?.(args), (listed) => ofAnswers(call, listed)) }
}

/** @throws TaskArgumentError, where errors are not gathered */
function standIn<Args extends object, State>(
  { definition: { type }, where }: Call<Args, State>,
  wrong: string,
): Task<State> {
  const error = new TaskArgumentError(type, wrong, where)
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
