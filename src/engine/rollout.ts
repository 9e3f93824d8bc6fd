// Runs a playbook on the fleet: batch after batch, hosts in parallel, each for itself.
import { setMaxListeners } from 'node:events'
import pLimit from 'p-limit'
import type { PreparedHost } from '../model/prepared-host.ts'
import type { HostResult, Reporter, RunResult } from '../model/run-event.ts'
import { maskOf } from '../shell/mask.ts'
import { batches } from './batches.ts'
import type { Connect } from './connection.ts'
import { converge } from './converge.ts'
import type { RunOptions } from './run-options.ts'
import { secretsOf } from './secrets-of.ts'

/** Never throws for a host's sake. Hosts that no turn came to are `not-reached`. */
export async function rollout(hosts: readonly PreparedHost[], options: RunOptions, connect: Connect, report: Reporter): Promise<RunResult> {
  report({ kind: 'run-start', playbook: options.playbook, check: options.check, hosts: hosts.map(({ host }) => host.name) })
  // Each host in work listens; Node warns of more than ten.
  setMaxListeners(0, options.interrupt, options.abandon)
  const results = new Map<PreparedHost, HostResult>()
  let failed = 0
  const mayStart = (): boolean => !options.interrupt.aborted && !tooMany(failed, hosts.length, options.maxFail)
  const busy = new Set<string>()
  const tellInterrupt = (): void => report({ kind: 'interrupted', busy: [...busy] })
  options.interrupt.addEventListener('abort', tellInterrupt, { once: true })

  const limit = pLimit(options.forks)
  for (const batch of batches(hosts, options.serial)) {
    await Promise.all(
      batch.map((prepared) =>
        limit(async () => {
          if (!mayStart()) return
          busy.add(prepared.host.name)
          const result = await converge(prepared, options, connect, report)
          busy.delete(prepared.host.name)
          results.set(prepared, result)
          if (result.status === 'failed' || result.status === 'unreachable') failed += 1
          report({ kind: 'host-end', host: result.name, result })
        }),
      ),
    )
  }
  options.interrupt.removeEventListener('abort', tellInterrupt)

  const result: RunResult = {
    playbook: options.playbook,
    check: options.check,
    hosts: hosts.map((prepared) => results.get(prepared) ?? notReached(prepared)),
    interrupted: options.interrupt.aborted,
  }
  report({ kind: 'run-end', result })
  return result
}

const tooMany = (failed: number, all: number, maxFail: RunOptions['maxFail']): boolean =>
  maxFail !== undefined && failed > ('count' in maxFail ? maxFail.count : (all * maxFail.percent) / 100)

function notReached(prepared: PreparedHost): HostResult {
  const mask = maskOf(secretsOf(prepared))
  return {
    name: prepared.host.name,
    status: 'not-reached',
    trips: 0,
    seconds: 0,
    tasks: prepared.tasks.map(({ name, type }) => ({ name: mask(name), type, status: 'not-reached', changes: [], diffs: [], commands: [] })),
    outputs: {},
  }
}
