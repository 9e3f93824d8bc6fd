// Makes hosts that are ready to run from a playbook and an inventory: checks their vars, checks the fleet, builds the
// tasks, reads the sources.
import { isIP } from 'node:net'
import { dirname, resolve } from 'node:path'
import { selectHosts } from '../inventory/select-hosts.ts'
import type { Host } from '../core/fleet/host.ts'
import type { Inventory } from '../core/fleet/inventory.ts'
import { withAllTaskErrors } from '../core/task/define-task.ts'
import { MailrunError } from '../core/mailrun-error.ts'
import type { Playbook, PlaybookInput } from '../core/fleet/playbook.ts'
import type { PreparedHost } from '../core/fleet/prepared-host.ts'
import type { Keyring } from '../secrets/keyring.ts'
import { refuseConflicts } from './conflicts.ts'
import type { ExtraVar } from './extra-vars.ts'
import { sourcesFor } from './sources.ts'
import { refuseUnknownTags, tagged } from './tagged.ts'
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
}

/** No host is touched. @throws MailrunError with all that is wrong. */
export async function prepare(preparation: Preparation): Promise<readonly PreparedHost[]> {
  const { playbook, playbookPath, inventory, extraVars } = preparation
  const members = selectHosts(inventory, playbook.hosts, `${playbook.where ?? playbookPath}: hosts`)
  const extra = new Map([...extraVars].filter(([key]) => !key.startsWith('ansible_')))
  const typed = await Promise.all(members.map((host) => typedHost(playbook, host, extra)))
  refuse([...typed.flatMap(({ problems }) => problems), ...overlooked(typed, preparation)])
  refuse(fleetProblems(typed, extra, preparation))
  const inputs = typed.map(({ input }) => input)
  const chosen = chosenOf(typed, preparation)
  const built = withAllTaskErrors(() => chosen.map((each) => builtHost(each, inputs, preparation)))
  refuseTags(built, preparation)
  return withSources(built, preparation)
}

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

async function typedHost(playbook: Playbook, host: Host, extra: ReadonlyMap<string, ExtraVar>): Promise<TypedHost> {
  const { vars, ...checked } = await typedVars(playbook, host, extra)
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
function chosenOf(typed: readonly TypedHost[], { playbook, inventory, limit }: Preparation): readonly TypedHost[] {
  const limited =
    limit === undefined ? undefined : new Set(selectHosts(inventory, limit, '--limit').map(({ name }) => name))
  const chosen = typed.filter(({ host }) => limited?.has(host.name) ?? true)
  if (chosen.length > 0) return chosen
  throw new MailrunError(
    `none of the hosts ${JSON.stringify(limit)} is one of the playbook's (${playbook.hosts})`,
    '--limit',
  )
}

interface BuiltHost extends TypedHost, Pick<PreparedHost, 'tasks' | 'outputs'> {}

const builtHost = (
  typed: TypedHost,
  members: readonly TypedHost['input'][],
  { playbook, playbookPath }: Preparation,
): BuiltHost => ({
  ...typed,
  tasks: guarded(() => playbook.tasks(typed.input, members), playbookPath),
  outputs: guarded(() => playbook.outputs(typed.input, members), playbookPath),
})

function refuseTags(built: readonly BuiltHost[], { playbook, tags, skipTags }: Preparation): void {
  const tasks = built.flatMap((each) => each.tasks)
  refuseUnknownTags(tasks, playbook.publish, tags, '--tags')
  refuseUnknownTags(tasks, playbook.publish, skipTags, '--skip-tags')
}

/** With the tasks that are wanted, and what these read. */
async function withSources(
  built: readonly BuiltHost[],
  { playbookPath, tags, skipTags, keyring }: Preparation,
): Promise<readonly PreparedHost[]> {
  const sources = sourcesFor(resolve(playbookPath), keyring)
  const hosts: PreparedHost[] = []
  for (const { host, tasks: unlisted, outputs, secrets } of built) {
    const tasks = await sources.listed(unlisted)
    refuseConflicts(host.name, tasks)
    const wanted = tagged(tasks, tags, skipTags)
    await sources.prepare(wanted)
    hosts.push({
      host,
      tasks: wanted,
      outputs,
      secrets: [...secrets, ...sources.secrets(wanted)],
      source: (source) => sources.get(source),
    })
  }
  return hosts
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
