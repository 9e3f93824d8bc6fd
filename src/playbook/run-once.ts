// What `runOnce` of a playbook comes to: its host, that host's tasks before all others, and what it gives to all.
import type { Inventory } from '../core/fleet/inventory.ts'
import { MailrunError } from '../core/mailrun-error.ts'
import type { OnceOutputs, Playbook, PlaybookInput } from '../core/fleet/playbook.ts'
import type { GivenAnswers } from '../core/fleet/prepared-host.ts'
import { answerOf, awaitedAnswer, givenAnswer, type Answered } from '../core/task/answered.ts'
import { selectHosts } from '../inventory/select-hosts.ts'

export interface Once {
  /** The name of its host. */
  readonly host: string
  /** By their names among all that this host gives. */
  readonly outputs: OnceOutputs
}

type Members = readonly PlaybookInput<unknown>[]

/**
 * @param isChosen - whether the run has the host.
 * @throws MailrunError where there is no such host among those of the playbook, or of the run
 */
export function onceOf(
  playbook: Playbook,
  path: string,
  inventory: Inventory,
  members: Members,
  isChosen: (name: string) => boolean,
): Once | undefined {
  const { runOnce, where = path, hosts } = playbook
  if (runOnce === undefined) return undefined
  const on = runOnce.on ?? hosts
  const [first] = selectHosts(inventory, on, `${where}: runOnce: on`)
  const input = members.find(({ host }) => host.name === first?.name)
  if (first === undefined || input === undefined) {
    const which = first === undefined ? 'no host' : `${first.name}, which is none of the playbook's hosts`
    throw new MailrunError(`runOnce: the first host of ${on} is ${which} (${hosts})`, where)
  }
  if (!isChosen(first.name))
    throw new MailrunError(`runOnce is for ${first.name}, the first host of ${on}: add it to the hosts`, '--limit')
  const outputs = Object.entries(runOnce.outputs(input, members)).map(([name, probe]) => [keyOf(path, name), probe])
  return { host: first.name, outputs: Object.fromEntries(outputs) as OnceOutputs }
}

/** Several playbooks of a run may give the same name. */
const keyOf = (path: string, name: string): string => `${path} ${name}`

/**
 * `once` of a host's tasks. The first host asks itself.
 *
 * @param given - by the first host; `undefined`: it was not begun yet.
 */
export function onceAnswers(
  { host, outputs }: Once,
  path: string,
  isFirst: boolean,
  given: GivenAnswers | undefined,
): Readonly<Record<string, Answered<unknown>>> {
  const answers = Object.entries(outputs).map(([key, probe]) => {
    const name = key.slice(path.length + 1)
    const known = given?.[key]
    if (isFirst) return [name, answerOf(probe)] as const
    return [
      name,
      known === undefined ? awaitedAnswer(key, `${name} of ${host}`) : givenAnswer(key, known.state),
    ] as const
  })
  return Object.fromEntries(answers)
}
