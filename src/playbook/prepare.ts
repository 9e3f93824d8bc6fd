// Makes hosts that are ready to run from a playbook and an inventory: checks their vars, checks the fleet, builds the
// tasks, reads the sources.
import { isIP } from 'node:net'
import { dirname, resolve } from 'node:path'
import { selectHosts } from '../inventory/select-hosts.ts'
import type { Host } from '../core/fleet/host.ts'
import type { Inventory } from '../core/fleet/inventory.ts'
import type { FactName } from '../core/gathered-facts.ts'
import { withAllTaskErrors } from '../core/task/define-task.ts'
import { MailrunError } from '../core/mailrun-error.ts'
import type { Playbook, PlaybookInput } from '../core/fleet/playbook.ts'
import type { GivenAnswers, PreparedHost } from '../core/fleet/prepared-host.ts'
import type { Task } from '../core/task/task.ts'
import type { Keyring } from '../secrets/keyring.ts'
import { refuseConflicts } from './conflicts.ts'
import type { ExtraVar } from './extra-vars.ts'
import { GATHERED } from './gathered-facts.ts'
import { inOrder, namesAfter } from './host-order.ts'
import { onceAnswers, onceOf, type Once } from './run-once.ts'
import { declaredFacts, onlyDeclared } from './declared-facts.ts'
import { sourcesFor, type Sources } from './sources.ts'
import { lackNotes, tagged, tagsOfNone, unknownTag } from './tagged.ts'
import { typedVars, type Problem } from './typed-vars.ts'
import { userError } from './user-error.ts'

export interface Preparation {
  readonly playbook: Playbook
  readonly playbookPath: string
  readonly inventory: Inventory
  /** A host pattern; `undefined`: all hosts of the playbook. */
  readonly limit: string | undefined
  readonly extraVars: ReadonlyMap<string, ExtraVar>
  readonly tags: readonly string[]
  readonly skipTags: readonly string[]
  /** Opens sources that are encrypted. */
  readonly keyring: Keyring
  /**
   * Is called with vars that look like mistyped names of others, which are set, too; among `extraVars` such a var is an
   * error. Left out, as by commands that take a part of the vars: all are passed over.
   */
  readonly warn?: ((line: string) => void) | undefined
  /** It is one of several playbooks of a run. Then no host of it may be among those that `limit` names. */
  readonly among?: Among | undefined
}

interface Among {
  /** The vars that one of them takes: for another they are no mistyped names. */
  readonly vars: readonly string[]
  /** Is called with a tag that none of its tasks has, where they are made now: another playbook may have it. */
  unknownTag(unknown: UnknownTag): void
}

export interface UnknownTag {
  readonly flag: string
  readonly tag: string
  readonly error: MailrunError
}

/** No host is touched. @throws MailrunError with all that is wrong. */
export async function prepare(preparation: Preparation): Promise<readonly PreparedHost[]> {
  const { playbook, playbookPath, inventory, extraVars } = preparation
  const members = selectHosts(inventory, playbook.hosts, `${playbook.where ?? playbookPath}: hosts`)
  const extra = new Map([...extraVars].filter(([key]) => !key.startsWith('ansible_')))
  const typed = await Promise.all(members.map((host) => typedHost(preparation, host, extra)))
  refuse([...typed.flatMap(({ problems }) => problems), ...overlooked(typed, preparation)])
  const facts = declaredFacts(playbook, playbookPath)
  refuse(fleetProblems(typed, extra, preparation))
  const inputs = typed.map(({ input }) => input)
  const chosen = chosenOf(typed, preparation)
  if (chosen.length === 0) return []
  const once = guarded(
    () => onceOf(playbook, playbookPath, inventory, inputs, (name) => chosen.some(({ host }) => host.name === name)),
    playbookPath,
  )
  const sources = sourcesFor(resolve(playbookPath), preparation.keyring)
  const making: Making = { members: inputs, facts, once, sources, preparation }
  const after = new Map(chosen.map((each) => [each.host, afterOf(each, making)]))
  const made =
    facts.length > 0 ? chosen.map((each) => awaitsFacts(each, making, undefined)) : await madeNow(chosen, making)
  return inOrder(
    made.map((each, index) => ({ ...each, ...betweenHosts(chosen[index]!, making), after: after.get(each.host)! })),
  )
}

/** What the hosts of a playbook are made of. */
interface Making {
  readonly members: readonly TypedHost['input'][]
  /** That are declared. */
  readonly facts: readonly FactName[]
  readonly once: Once | undefined
  readonly sources: Sources
  readonly preparation: Preparation
}

async function madeNow(chosen: readonly TypedHost[], making: Making): Promise<readonly PreparedHost[]> {
  const built = withAllTaskErrors(() => chosen.map((each) => builtHost(each, making, {}, undefined)))
  refuseTags(built, making.preparation)
  const hosts: PreparedHost[] = []
  for (const each of built) hosts.push(await withSources(each, making))
  return hosts
}

/** What a host gives to others for `runOnce`, or takes of the one that does. */
function betweenHosts(typed: TypedHost, making: Making): Pick<PreparedHost, 'gives' | 'takes'> {
  const { once, facts } = making
  if (once === undefined) return {}
  if (once.host === typed.host.name) return { gives: once.outputs }
  return {
    async takes(of) {
      const given = of(once.host)
      if (facts.length > 0) return awaitsFacts(typed, making, given)
      return withSources(builtHost(typed, making, {}, given), making)
    },
  }
}

/** The names of the hosts that come before it. */
function afterOf({ input }: TypedHost, { members, once, preparation }: Making): readonly string[] {
  const { playbook, playbookPath, inventory } = preparation
  const { name } = input.host
  const given = guarded(() => playbook.after?.(input.host, members) ?? [], playbookPath)
  const names = namesAfter(name, given, inventory, playbook.where ?? playbookPath)
  return once === undefined || once.host === name ? names : [...new Set([once.host, ...names])]
}

/** Its tasks are made once the host has said the facts. @param given - by the host of `runOnce` */
const awaitsFacts = (typed: TypedHost, making: Making, given: GivenAnswers | undefined): PreparedHost => ({
  host: typed.host,
  tasks: [],
  outputs: {},
  secrets: typed.secrets,
  source: (source) => making.sources.get(source),
  gathers: {
    facts: Object.fromEntries(making.facts.map((name) => [name, GATHERED[name].probe])),
    async complete(facts) {
      const built = withAllTaskErrors(() => builtHost(typed, making, facts, given))
      const made = await withSources(built, making)
      // A tag that its tasks lack may be one of another playbook's.
      return { ...made, notes: making.preparation.among === undefined ? lackNotes(made.lacks ?? []) : [] }
    },
  },
})

/** Of a playbook with facts nobody knows all tasks before: a tag that one host's tasks lack may be another's. */
const lackedTags = (tasks: readonly Task[], { playbook, tags, skipTags }: Preparation): readonly string[] =>
  [tags, skipTags].flatMap((given, index) =>
    tagsOfNone(tasks, playbook.publish, given).map((tag) => `${index === 0 ? '--tags' : '--skip-tags'} ${tag}`),
  )

/** Those of `extraVars`, which are given for this very run; the others are reported. */
function overlooked(typed: readonly TypedHost[], { extraVars, warn }: Preparation): readonly Problem[] {
  if (warn === undefined) return []
  const given = new Set([...extraVars.values()].map(({ where }) => where))
  const doubts = typed.flatMap(({ doubts: each }) => each)
  for (const line of problemLines(doubts.filter(({ where }) => !given.has(where)))) warn(line)
  return doubts.filter(({ where }) => given.has(where))
}

interface TypedHost {
  readonly host: Host
  readonly input: PlaybookInput<unknown>
  readonly problems: readonly Problem[]
  readonly doubts: readonly Problem[]
  readonly secrets: readonly string[]
}

async function typedHost(
  { playbook, among }: Preparation,
  host: Host,
  extra: ReadonlyMap<string, ExtraVar>,
): Promise<TypedHost> {
  const { vars, ...checked } = await typedVars(playbook, host, extra, among?.vars ?? [])
  return { host, input: inputOf(host, vars), ...checked }
}

const inputOf = ({ name, groups }: Host, vars: unknown): PlaybookInput<unknown> => ({
  vars,
  host: { name, shortName: isIP(name) ? name : (name.split('.')[0] ?? name), groups },
})

/** Calls what the playbook's author wrote. @throws MailrunError that points into the author's file */
function guarded<T>(what: () => T, playbookPath: string): T {
  try {
    return what()
  } catch (error) {
    throw userError(error, dirname(resolve(playbookPath)), playbookPath)
  }
}

/** What is wrong with the fleet as a whole, by the playbook. */
function fleetProblems(
  typed: readonly TypedHost[],
  extra: ReadonlyMap<string, ExtraVar>,
  { playbook, playbookPath }: Preparation,
): readonly Problem[] {
  const found = guarded(() => playbook.fleet(typed.map(({ input }) => input)), playbookPath)
  return found.map(({ host: name, var: key, message }) => {
    const host = typed.find((each) => each.host.name === name)?.host
    const given = key === undefined ? undefined : (extra.get(key) ?? host?.vars.get(key))
    return { host: name, message, where: given?.where ?? host?.where ?? playbookPath }
  })
}

/** Those of the playbook that `--limit` names. */
function chosenOf(
  typed: readonly TypedHost[],
  { playbook, inventory, limit, among }: Preparation,
): readonly TypedHost[] {
  const limited =
    limit === undefined ? undefined : new Set(selectHosts(inventory, limit, '--limit').map(({ name }) => name))
  const chosen = typed.filter(({ host }) => limited?.has(host.name) ?? true)
  if (chosen.length > 0 || among !== undefined) return chosen
  throw new MailrunError(
    `none of the hosts ${JSON.stringify(limit)} is one of the playbook's (${playbook.hosts})`,
    '--limit',
  )
}

interface BuiltHost extends TypedHost, Pick<PreparedHost, 'tasks' | 'outputs'> {}

function builtHost(
  typed: TypedHost,
  { members, once, preparation: { playbook, playbookPath } }: Making,
  facts: Readonly<Record<string, unknown>>,
  given: GivenAnswers | undefined,
): BuiltHost {
  const { vars, host } = typed.input
  const isFirst = once?.host === host.name
  const answers = once === undefined ? {} : onceAnswers(once, playbookPath, isFirst, given)
  const input = { vars, host: { ...host, facts: onlyDeclared(facts, playbook.facts ?? []) }, once: answers }
  const first = isFirst ? guarded(() => playbook.runOnce?.tasks(typed.input, members) ?? [], playbookPath) : []
  return {
    ...typed,
    tasks: [...first, ...guarded(() => playbook.tasks(input, members), playbookPath)],
    outputs: guarded(() => playbook.outputs(input, members), playbookPath),
  }
}

function refuseTags(built: readonly BuiltHost[], { playbook, tags, skipTags, among }: Preparation): void {
  const tasks = built.flatMap((each) => each.tasks)
  for (const [flag, given] of [
    ['--tags', tags],
    ['--skip-tags', skipTags],
  ] as const) {
    for (const tag of tagsOfNone(tasks, playbook.publish, given)) {
      const error = unknownTag(tasks, playbook.publish, tag, flag)
      if (among === undefined) throw error
      among.unknownTag({ flag, tag, error })
    }
  }
}

/** With the tasks that are wanted, and what these read. */
async function withSources(
  { host, tasks: unlisted, outputs, secrets }: BuiltHost,
  { sources, preparation }: Making,
): Promise<PreparedHost> {
  const { tags, skipTags } = preparation
  const tasks = await sources.listed(unlisted)
  refuseConflicts(host.name, tasks)
  const wanted = tagged(tasks, tags, skipTags)
  await sources.prepare(wanted)
  return {
    host,
    tasks: wanted,
    outputs,
    secrets: [...secrets, ...sources.secrets(wanted)],
    lacks: lackedTags(tasks, preparation),
    source: (source) => sources.get(source),
  }
}

/** @throws MailrunError where there is one. */
function refuse(problems: readonly Problem[]): void {
  if (problems.length > 0) throw new MailrunError(problemLines(problems))
}

/** The same problem of many hosts is reported once. */
function problemLines(problems: readonly Problem[]): readonly string[] {
  const same = new Map<string, Problem & { readonly hosts: string[] }>()
  for (const problem of problems) {
    const key = `${problem.where} ${problem.message}`
    const known = same.get(key)
    if (known) known.hosts.push(problem.host)
    else same.set(key, { ...problem, hosts: [problem.host] })
  }
  const named = (hosts: readonly string[]): string =>
    hosts.length <= 3 ? hosts.join(', ') : `${hosts.slice(0, 2).join(', ')} and ${hosts.length - 2} more`
  return [...same.values()].map(({ where, hosts, message }) => {
    const word = hosts.length === 1 ? 'host' : 'hosts'
    return `${where}: ${word} ${named(hosts)}: ${message}`
  })
}
