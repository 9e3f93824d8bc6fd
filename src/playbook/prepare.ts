// Makes a playbook and an inventory into hosts that are ready to run: vars typed, the fleet checked, tasks built,
// sources read.
import { isIP } from 'node:net'
import { dirname, resolve } from 'node:path'
import { selectHosts } from '../inventory/select-hosts.ts'
import type { Host } from '../model/host.ts'
import type { Inventory } from '../model/inventory.ts'
import { MailrunError } from '../model/mailrun-error.ts'
import type { Playbook, PlaybookInput } from '../model/playbook.ts'
import type { PreparedHost } from '../model/prepared-host.ts'
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
}

/** No host is touched. @throws MailrunError with all that is wrong. */
export async function prepare({
  playbook,
  playbookPath,
  inventory,
  limit,
  extraVars,
  tags,
  skipTags,
  keyring,
}: Preparation): Promise<readonly PreparedHost[]> {
  const path = resolve(playbookPath)
  const members = selectHosts(inventory, playbook.hosts, `${playbook.where ?? playbookPath}: hosts`)
  const extra = new Map([...extraVars].filter(([key]) => !key.startsWith('ansible_')))
  const typed = await Promise.all(members.map(async (host) => ({ host, ...(await typedVars(playbook, host, extra)) })))
  refuse(typed.flatMap(({ problems }) => problems))
  const varSecrets = new Map(typed.map(({ host, secrets }) => [host, secrets]))
  const inputs = new Map(typed.map(({ host, vars }) => [host, inputOf(host, vars)]))
  const guarded = <T>(what: () => T): T => {
    try {
      return what()
    } catch (error) {
      throw userError(error, dirname(path), playbookPath)
    }
  }
  const fleet = guarded(() => playbook.fleet([...inputs.values()]))
  const whereOf = (host: Host | undefined, name: string | undefined): string =>
    (name === undefined ? undefined : (extra.get(name) ?? host?.vars.get(name))?.where) ?? host?.where ?? playbookPath
  refuse(
    fleet.map(({ host, var: name, message }) => ({
      host,
      message,
      where: whereOf(
        members.find((each) => each.name === host),
        name,
      ),
    })),
  )

  const limited =
    limit === undefined ? undefined : new Set(selectHosts(inventory, limit, '--limit').map(({ name }) => name))
  const chosen = members.filter(({ name }) => limited?.has(name) ?? true)
  if (chosen.length === 0)
    throw new MailrunError(
      `none of the hosts ${JSON.stringify(limit)} is one of the playbook's (${playbook.hosts})`,
      '--limit',
    )
  const built = chosen.map((host) => ({
    host,
    tasks: guarded(() => playbook.tasks(inputs.get(host)!)),
    outputs: guarded(() => playbook.outputs(inputs.get(host)!)),
  }))
  const allTasks = built.flatMap(({ tasks }) => tasks)
  refuseUnknownTags(allTasks, playbook.publish, tags, '--tags')
  refuseUnknownTags(allTasks, playbook.publish, skipTags, '--skip-tags')
  const sources = sourcesFor(path, keyring)
  const hosts: PreparedHost[] = []
  for (const { host, tasks, outputs } of built) {
    refuseConflicts(host.name, tasks)
    const wanted = tagged(tasks, tags, skipTags)
    await sources.prepare(wanted)
    hosts.push({
      host,
      tasks: wanted,
      outputs,
      secrets: [...varSecrets.get(host)!, ...sources.secrets(wanted)],
      source: (source) => sources.get(source),
    })
  }
  return hosts
}

const inputOf = ({ name, groups }: Host, vars: unknown): PlaybookInput<unknown> => ({
  vars,
  host: { name, shortName: isIP(name) ? name : (name.split('.')[0] ?? name), groups },
})

/** The same problem of many hosts is told once. @throws MailrunError where there is one. */
function refuse(problems: readonly Problem[]): void {
  if (problems.length === 0) return
  const same = new Map<string, Problem & { readonly hosts: string[] }>()
  for (const problem of problems) {
    const key = `${problem.where} ${problem.message}`
    const known = same.get(key)
    if (known) known.hosts.push(problem.host)
    else same.set(key, { ...problem, hosts: [problem.host] })
  }
  const named = (hosts: readonly string[]): string =>
    hosts.length <= 3 ? hosts.join(', ') : `${hosts.slice(0, 2).join(', ')} and ${hosts.length - 2} more`
  throw new MailrunError(
    [...same.values()]
      .map(
        ({ where, hosts, message }) => `${where}: ${hosts.length === 1 ? 'host' : 'hosts'} ${named(hosts)}: ${message}`,
      )
      .join('\n'),
  )
}
