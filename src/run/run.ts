// A run, for programs: what `mailrun <playbook.ts>` does, with its result as a value.
import type { ConnectionSource } from '../connection/connector.ts'
import { DEFAULT_FORKS, type BatchSize } from '../engine/run-options.ts'
import type { Reporter, RunResult } from '../model/run-event.ts'
import { affordableForks } from './open-files.ts'
import { prepareRun, type RunSource } from './prepare-run.ts'

export interface RunRequest extends Omit<RunSource, 'inventory'>, ConnectionSource {
  /** An inventory file in Ansible's YAML form, or several: later ones win. */
  readonly inventory: string | readonly string[]
  /** Change nothing; tell what would be changed. */
  readonly check?: boolean
  /** Hosts worked on at once; left out: 32. */
  readonly forks?: number
  /** Sizes of the batches one after another, the last repeated; left out: all hosts in one. */
  readonly serial?: readonly BatchSize[]
  /** Nothing new starts once more hosts than this failed; left out: the others always go on. */
  readonly maxFail?: BatchSize
  /** Is told of everything as it happens. */
  readonly report?: Reporter
  /** Aborting lets the changes in hand finish, and starts nothing more. */
  readonly signal?: AbortSignal
}

/**
 * Runs a playbook on its fleet. What goes wrong on a host is in that host's result and never thrown.
 *
 * @throws MailrunError before any host is touched: playbook, inventory or vars are wrong.
 * @example
 * const { hosts } = await run({ playbook: 'playbooks/dkim.ts', inventory: 'inventory.yaml', check: true })
 * for (const { name, status } of hosts) console.log(name, status)
 */
export async function run(request: RunRequest): Promise<RunResult> {
  const inventory = typeof request.inventory === 'string' ? [request.inventory] : request.inventory
  const { playbook, hosts } = await prepareRun({ ...request, inventory })
  // Only who runs something pays for loading SSH; every playbook imports this file.
  const [{ connector }, { rollout }] = await Promise.all([import('../connection/connector.ts'), import('../engine/rollout.ts')])
  const never = new AbortController().signal
  const options = {
    playbook: playbook.name,
    check: request.check ?? false,
    forks: affordableForks(request.forks ?? DEFAULT_FORKS),
    serial: request.serial ?? [],
    maxFail: request.maxFail,
    interrupt: request.signal ?? never,
    abandon: never,
  }
  const { connect, close } = await connector(hosts.map(({ host }) => host), request)
  return rollout(hosts, options, connect, request.report ?? (() => {})).finally(close)
}
