// A run, for programs: what `mailrun <playbook.ts>` does, with its result as a value.
import type { ConnectionSource } from '../connection/connector.ts'
import { DEFAULT_FORKS, type BatchSize } from '../engine/run-options.ts'
import type { DnsEvent } from '../dns/push/publication.ts'
import type { RunEvent } from '../model/run-event.ts'
import type { Outcome } from './carry-out.ts'
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
  /** Seconds for name servers to serve what a playbook publishes; left out: 60. */
  readonly waitSeconds?: number
  /** Is told of everything as it happens. */
  readonly report?: (event: RunEvent | DnsEvent) => void
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
export async function run(request: RunRequest): Promise<Outcome> {
  const inventory = typeof request.inventory === 'string' ? [request.inventory] : request.inventory
  const prepared = await prepareRun({ ...request, inventory })
  // Only who runs something pays for loading SSH; every playbook imports this file.
  const { carryOut, DEFAULT_WAIT } = await import('./carry-out.ts')
  const never = new AbortController().signal
  return carryOut(prepared, request, {
    check: request.check ?? false,
    forks: request.forks ?? DEFAULT_FORKS,
    serial: request.serial ?? [],
    maxFail: request.maxFail,
    waitSeconds: request.waitSeconds ?? DEFAULT_WAIT,
    interrupt: request.signal ?? never,
    abandon: never,
    begins: () => {},
    report: request.report ?? (() => {}),
  })
}
