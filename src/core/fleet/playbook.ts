// A playbook as a value: its hosts, its vars, its tasks in order, and its outputs.
import { nearest } from '../../text/nearest.ts'
import { callSite } from '../call-site.ts'
import type { FactName, GatheredFacts } from '../gathered-facts.ts'
import { MailrunError } from '../mailrun-error.ts'
import type { Probe } from '../probe/probe.ts'
import type { Task } from '../task/task.ts'
import type { StandardSchema, SchemaOutput } from '../standard-schema.ts'

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

/** What a host's tasks and outputs are made of. `Facts`: the names of those that the playbook declares. */
export interface TasksInput<Vars, Facts extends FactName = never> extends PlaybookInput<Vars> {
  readonly host: PlaybookHost & {
    /** What the host said of them, before anything was changed there. */
    readonly facts: Pick<GatheredFacts, Facts>
  }
}

/** Something wrong with the fleet as a whole. `var`: the var to blame, so that the error names its line. */
export interface FleetProblem {
  readonly host: string
  readonly var?: string
  readonly message: string
}

export interface PlaybookDefinition<
  Schema extends StandardSchema = NoVars,
  Facts extends readonly FactName[] = readonly [],
> {
  readonly name: string
  /** A group, a host, or `all`. */
  readonly hosts: string
  /**
   * What the tasks take from the inventory: any Standard Schema (valibot's `v.object({ … })`, zod, arktype). Left out:
   * nothing.
   */
  readonly vars?: Schema
  /**
   * What each host is asked with the connection, before its tasks are made: `['release', 'memory']`. Only these are on
   * `host.facts`. What is wrong with tasks that are made of them is found on that host, before anything is changed
   * there; of a playbook that declares none, before the first connection.
   */
  readonly facts?: Facts
  /** Looks at every host of `hosts` in the whole inventory, whatever `--limit` says, before the first connection. */
  readonly fleet?: (members: readonly PlaybookInput<SchemaOutput<Schema>>[]) => readonly FleetProblem[]
  /**
   * The tasks of one host. Loops are `map`, conditions are `?:` (false and undefined are left out), order is the
   * array's. `members`: as `fleet` has them, the host among them.
   */
  readonly tasks: (
    input: TasksInput<SchemaOutput<Schema>, Facts[number]>,
    members: readonly PlaybookInput<SchemaOutput<Schema>>[],
  ) => readonly (Task | false | undefined)[]
  /**
   * Questions whose answers leave the run, by name; the answers must be JSON values. `dns` is an array of DNS records
   * and is printed as zone lines. `members`: as for `tasks`.
   */
  readonly outputs?: (
    input: TasksInput<SchemaOutput<Schema>, Facts[number]>,
    members: readonly PlaybookInput<SchemaOutput<Schema>>[],
  ) => Readonly<Record<string, Probe<unknown>>>
  /**
   * Whether a run brings the fleet's mail records (docs/mail/records.md) into DNS, by the var `dns`: as soon as hosts
   * have their keys these are pushed and waited for at every authoritative name server, what waits for them is
   * finished, and policies follow. Left out: false.
   */
  readonly publish?: boolean
}

/** Of a playbook that takes no vars. */
export type NoVars = StandardSchema<unknown, Readonly<Record<never, never>>>

/** With what valibot's objects have, too: it takes no others. */
const NO_VARS: NoVars & { readonly type: 'object'; readonly entries: Readonly<Record<string, never>> } = {
  type: 'object',
  '~standard': {
    version: 1,
    vendor: 'mailrun',
    validate: () => ({ value: {} }),
    jsonSchema: { input: () => ({ type: 'object', properties: {} }) },
  },
  entries: {},
}

/** What a playbook file exports by default. */
export interface Playbook {
  readonly kind: 'playbook'
  readonly name: string
  readonly hosts: string
  readonly vars: StandardSchema
  /** Left out: none. */
  readonly facts?: readonly FactName[]
  /** file:line of the call that made it. */
  readonly where: string | undefined
  fleet(members: readonly PlaybookInput<unknown>[]): readonly FleetProblem[]
  tasks(input: PlaybookInput<unknown>, members: readonly PlaybookInput<unknown>[]): readonly Task[]
  outputs(
    input: PlaybookInput<unknown>,
    members: readonly PlaybookInput<unknown>[],
  ): Readonly<Record<string, Probe<unknown>>>
  readonly publish: boolean
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
export function playbook<
  const Schema extends StandardSchema = NoVars,
  const Facts extends readonly FactName[] = readonly [],
>(definition: PlaybookDefinition<Schema, Facts>): Playbook {
  const where = callSite(playbook)
  refuseWrong(definition, where)
  // Whoever runs a playbook passes it the schema's output, and the facts that it declares.
  type Given = TasksInput<SchemaOutput<Schema>, Facts[number]>
  return {
    kind: 'playbook',
    name: definition.name,
    hosts: definition.hosts,
    vars: definition.vars ?? NO_VARS,
    facts: definition.facts ?? [],
    where,
    fleet: (members) => definition.fleet?.(members) ?? [],
    tasks: (input, members) => tasksOf(definition.tasks(input as Given, members)),
    outputs: (input, members) => definition.outputs?.(input as Given, members) ?? {},
    publish: definition.publish ?? false,
  }
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null
const IS_FUNCTION = (value: unknown): value is (...args: never) => unknown => typeof value === 'function'
const IS_TEXT = (value: unknown): boolean => typeof value === 'string' && value !== ''
const KEYS: Readonly<
  Record<string, { readonly wanted: string; readonly required: boolean; is(value: unknown): boolean }>
> = {
  name: { wanted: 'a text', required: true, is: IS_TEXT },
  hosts: { wanted: 'a group, a host or a pattern', required: true, is: IS_TEXT },
  vars: {
    wanted: 'a schema: v.object({ … })',
    required: false,
    is: (value) => (isObject(value) || IS_FUNCTION(value)) && '~standard' in value,
  },
  tasks: { wanted: 'a function that returns the tasks', required: true, is: IS_FUNCTION },
  facts: { wanted: "a list of names: ['release', 'memory']", required: false, is: Array.isArray },
  fleet: { wanted: 'a function', required: false, is: IS_FUNCTION },
  outputs: { wanted: 'a function', required: false, is: IS_FUNCTION },
  publish: { wanted: 'true or false', required: false, is: (value) => typeof value === 'boolean' },
}

/** What only untyped code can give. @throws MailrunError that says all of it */
function refuseWrong(definition: object, where: string | undefined): void {
  const given = definition as Readonly<Record<string, unknown>>
  const wrong = [
    ...Object.keys(given).flatMap((key) => (key in KEYS ? [] : [unknownKey(key)])),
    ...Object.entries(KEYS).flatMap(([key, { wanted, required, is }]) => {
      const isMissing = given[key] === undefined
      if (isMissing ? !required : is(given[key])) return []
      return [`${key} of a playbook must be ${wanted}${isMissing ? ', and is missing' : ''}`]
    }),
  ]
  if (wrong.length > 0) throw new MailrunError(wrong.map((each) => (where === undefined ? each : `${where}: ${each}`)))
}

function unknownKey(key: string): string {
  const near = nearest(key, Object.keys(KEYS))
  const hint = near ? `: did you mean ${near}?` : `; it has ${Object.keys(KEYS).join(', ')}`
  return `a playbook has no ${JSON.stringify(key)}${hint}`
}

/** @throws Error for what only untyped code can give. */
function tasksOf(given: unknown): readonly Task[] {
  if (!Array.isArray(given)) {
    const got = given instanceof Promise ? 'a promise: nothing in a playbook waits' : typeof given
    throw new Error(`tasks must be a list of tasks, got ${got}`)
  }
  const list = (given as readonly unknown[]).filter((each) => each !== false && each !== undefined)
  for (const each of list) {
    if (Array.isArray(each)) throw new Error('tasks holds a list among the tasks: spread it with ...')
    if (!isTask(each)) throw new Error(`tasks holds ${inWords(each)} among the tasks`)
  }
  return list as readonly Task[]
}

const isTask = (value: unknown): value is Task => isObject(value) && 'plan' in value

function inWords(value: unknown): string {
  if (value === null) return 'null'
  return typeof value === 'function' ? 'a module that was not called' : typeof value
}
