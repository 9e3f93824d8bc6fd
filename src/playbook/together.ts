// Several playbooks of one command as one: each host has the tasks of those that are for it, in their order.
import { isDeepStrictEqual } from 'node:util'
import type { CompletedHost, Gathering, PreparedHost } from '../core/fleet/prepared-host.ts'
import type { Probe } from '../core/probe/probe.ts'
import type { Task } from '../core/task/task.ts'
import { MailrunError } from '../core/mailrun-error.ts'
import { refuseConflicts } from './conflicts.ts'
import { inOrder } from './host-order.ts'
import { lackNotes } from './tagged.ts'

export interface PreparedPlaybook {
  readonly name: string
  readonly hosts: readonly PreparedHost[]
}

/** @throws MailrunError where two of them decide the same of a host, or reach it differently */
export function together(playbooks: readonly PreparedPlaybook[]): readonly PreparedHost[] {
  if (playbooks.length === 1) return playbooks[0]!.hosts
  const parts = new Map<string, Part[]>()
  for (const { name, hosts } of playbooks) {
    for (const host of hosts) {
      const known = parts.get(host.host.name)
      if (known) known.push({ playbook: name, host })
      else parts.set(host.host.name, [{ playbook: name, host }])
    }
  }
  return inOrder([...parts.values()].map(asOne))
}

/** What one playbook wants of a host. */
interface Part {
  readonly playbook: string
  readonly host: PreparedHost
}

function asOne(parts: readonly Part[]): PreparedHost {
  refuseOtherAddresses(parts)
  const gives = Object.fromEntries(parts.flatMap(({ host }) => Object.entries(host.gives ?? {})))
  const made = { ...withTasks(parts), gives }
  if (parts.every(({ host }) => host.takes === undefined)) return made
  return {
    ...made,
    async takes(given) {
      const taken = parts.map(async ({ playbook, host }) => ({ playbook, host: (await host.takes?.(given)) ?? host }))
      return { ...withTasks(await Promise.all(taken)), gives }
    },
  }
}

/** Where one of them waits for facts, the tasks of all are made then. */
function withTasks(parts: readonly Part[]): PreparedHost {
  const facts = Object.fromEntries(parts.flatMap(({ host }) => Object.entries(host.gathers?.facts ?? {})))
  const gathers: Gathering = { facts, complete: (said) => completed(parts, said) }
  const waits = parts.some(({ host }) => host.gathers !== undefined)
  if (!waits) return joined(parts)
  return { ...joined(parts.map(({ playbook, host }) => ({ playbook, host: { ...host, tasks: [] } }))), gathers }
}

/** Once the host has said the facts of all of them; each is given those that it declares. */
async function completed(parts: readonly Part[], said: Readonly<Record<string, unknown>>): Promise<CompletedHost> {
  const notes: string[] = []
  const made: Part[] = []
  for (const { playbook, host } of parts) {
    const { gathers } = host
    if (gathers === undefined) made.push({ playbook, host })
    else {
      const complete = await gathers.complete(
        Object.fromEntries(Object.keys(gathers.facts).map((name) => [name, said[name]])),
      )
      notes.push(...complete.notes)
      made.push({ playbook, host: complete })
    }
  }
  return { ...joined(made), notes: [...notes, ...lackNotes(lackedByAll(made))] }
}

/** Flags with a tag that the tasks of none of them have. */
function lackedByAll(parts: readonly Part[]): readonly string[] {
  const [first = [], ...others] = parts.map(({ host }) => host.lacks ?? [])
  return first.filter((flag) => others.every((lacked) => lacked.includes(flag)))
}

function joined(parts: readonly Part[]): PreparedHost {
  const { host } = parts[0]!.host
  const tasks = parts.flatMap(ownTasks)
  refuseConflicts(host.name, tasks)
  return {
    host,
    tasks,
    outputs: outputsOf(parts),
    secrets: parts.flatMap((part) => part.host.secrets),
    after: [...new Set(parts.flatMap((part) => part.host.after ?? []))],
    source: () => {
      throw new Error('each task has the sources of its own playbook')
    },
  }
}

/** A path may stand for another file beside another playbook. */
const ownTasks = ({ host: { tasks, source } }: Part): readonly Task[] =>
  tasks.map((task) => ({ ...task, plan: (now, context) => task.plan(now, { ...context, source }) }))

function outputsOf(parts: readonly Part[]): Readonly<Record<string, Probe<unknown>>> {
  const owners = new Map<string, string>()
  for (const { playbook, host } of parts) {
    for (const name of Object.keys(host.outputs)) {
      const first = owners.get(name)
      if (first !== undefined) {
        throw new MailrunError(
          `host ${host.host.name}: the playbooks ${first} and ${playbook} both have an output ` +
            `${JSON.stringify(name)}: rename one, or run them in two commands`,
        )
      }
      owners.set(name, playbook)
    }
  }
  return Object.assign({}, ...parts.map(({ host }) => host.outputs)) as Readonly<Record<string, Probe<unknown>>>
}

/** The way to a host, with its secrets: to be compared only, and shown nowhere. */
function revealed({ host: { address } }: PreparedHost): unknown {
  const { password, privateKeyPassphrase, become } = address
  return [address, ...[password, privateKeyPassphrase, become?.password].map((secret) => secret?.reveal())]
}

/** `group_vars/` beside a playbook may say how a host is reached: one connection cannot be both. */
function refuseOtherAddresses([first, ...others]: readonly Part[]): void {
  for (const { playbook, host } of others) {
    if (isDeepStrictEqual(revealed(host), revealed(first!.host))) continue
    throw new MailrunError(
      `host ${host.host.name}: the vars beside the playbooks ${first!.playbook} and ${playbook} say different ` +
        'ways to reach it: say it in the inventory, or run them in two commands',
    )
  }
}
