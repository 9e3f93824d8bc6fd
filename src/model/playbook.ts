// A playbook as a value: which hosts, which vars, which tasks, in which order, and what leaves the run.
import type { Probe } from './probe.ts'
import type { Task } from './task.ts'
import type { StandardSchema, SchemaOutput } from './standard-schema.ts'

/** A host as a playbook sees it. */
export interface PlaybookHost {
  /** The name in the inventory. */
  readonly name: string
  /** The first label of the name: `mx1` of `mx1.example.net`; the whole where the name is an address. */
  readonly shortName: string
  readonly groups: readonly string[]
}

export interface PlaybookInput<Vars> {
  readonly vars: Vars
  readonly host: PlaybookHost
}

/** Something wrong with the fleet as a whole. `var`: the var to blame, so that the error names its line. */
export interface FleetProblem {
  readonly host: string
  readonly var?: string
  readonly message: string
}

export interface PlaybookDefinition<Schema extends StandardSchema> {
  readonly name: string
  /** A group, a host, or `all`. */
  readonly hosts: string
  /** What the tasks take from the inventory: any Standard Schema (valibot's `v.object({ … })`, zod, arktype). */
  readonly vars: Schema
  /** Looks at every host of `hosts` in the whole inventory, whatever `--limit` says, before the first connection. */
  readonly fleet?: (members: readonly PlaybookInput<SchemaOutput<Schema>>[]) => readonly FleetProblem[]
  /** The tasks of one host. Loops are `map`, conditions are `?:` (false and undefined are left out), order is the array's. */
  readonly tasks: (input: PlaybookInput<SchemaOutput<Schema>>) => readonly (Task | false | undefined)[]
  /** Questions whose answers leave the run, by name; the answers must be JSON values. `dns` is an array of DNS records and is printed as zone lines. */
  readonly outputs?: (input: PlaybookInput<SchemaOutput<Schema>>) => Readonly<Record<string, Probe<unknown>>>
}

/** What a playbook file exports by default. */
export interface Playbook {
  readonly kind: 'playbook'
  readonly name: string
  readonly hosts: string
  readonly vars: StandardSchema
  fleet(members: readonly PlaybookInput<unknown>[]): readonly FleetProblem[]
  tasks(input: PlaybookInput<unknown>): readonly Task[]
  outputs(input: PlaybookInput<unknown>): Readonly<Record<string, Probe<unknown>>>
}

/**
 * Makes a playbook; a playbook file's default export.
 *
 * @example
 * export default playbook({
 *   name: 'motd',
 *   hosts: 'mail',
 *   vars: v.object({ greeting: v.string() }),
 *   tasks: ({ vars }) => [file({ path: '/etc/motd', content: vars.greeting })],
 * })
 */
export function playbook<const Schema extends StandardSchema>(definition: PlaybookDefinition<Schema>): Playbook {
  // The schema vouches for the vars' type: whoever runs a playbook passes it the schema's output.
  type Input = PlaybookInput<SchemaOutput<Schema>>
  return {
    kind: 'playbook',
    name: definition.name,
    hosts: definition.hosts,
    vars: definition.vars,
    fleet: (members) => definition.fleet?.(members as readonly Input[]) ?? [],
    tasks: (input) => tasksOf(definition.tasks(input as Input)),
    outputs: (input) => definition.outputs?.(input as Input) ?? {},
  }
}

/** @throws Error for what only untyped code can give. */
function tasksOf(given: unknown): readonly Task[] {
  if (!Array.isArray(given)) throw new Error(`tasks must be a list of tasks, got ${given instanceof Promise ? 'a promise: nothing in a playbook waits' : typeof given}`)
  const list = given as readonly unknown[]
  for (const each of list) {
    if (Array.isArray(each)) throw new Error('tasks holds a list among the tasks: spread it with ...')
    if (each !== false && each !== undefined && (typeof each !== 'object' || each === null || !('plan' in each))) throw new Error(`tasks holds ${each === null ? 'null' : typeof each === 'function' ? 'a module that was not called' : typeof each} among the tasks`)
  }
  return list.filter((each) => each !== false && each !== undefined) as readonly Task[]
}
