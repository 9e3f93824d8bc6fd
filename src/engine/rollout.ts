// Runs a playbook on the fleet: batch after batch, hosts in parallel, each for itself.
import { setMaxListeners } from 'node:events'
import pLimit from 'p-limit'
import type { PreparedHost } from '../model/prepared-host.ts'
import type { HostResult, Reporter, RunResult } from '../model/run-event.ts'
import { maskOf } from '../shell/mask.ts'
import { batches } from './batches.ts'
import type { Connect } from './connection.ts'
import { hostRun, type HostRun } from './host-run.ts'
import type { AskOutside } from './outside.ts'
import type { RunOptions } from './run-options.ts'
import { secretsOf } from './secrets-of.ts'

/** What is brought about outside of the hosts, on what they told. Throws nothing. */
export interface Meanwhile {
  /**
   * Hosts of a batch are parked: they are gone on with afterwards, and ask whom this gives. @param soFar - of all hosts
   * that were begun.
   */
  between(soFar: readonly HostResult[]): Promise<AskOutside>
  /** All hosts have ended. @param results - of all hosts. */
  after(results: readonly HostResult[]): Promise<void>
}

/** Never throws for a host's sake. Hosts that no turn came to are `not-reached`. */
export async function rollout(
  hosts: readonly PreparedHost[],
  options: RunOptions,
  connect: Connect,
  report: Reporter,
  meanwhile?: Meanwhile,
): Promise<RunResult> {
  report({
    kind: 'run-start',
    playbook: options.playbook,
    check: options.check,
    hosts: hosts.map(({ host }) => host.name),
  })
  // Each host in work listens; Node warns of more than ten.
  setMaxListeners(0, options.interrupt, options.abandon)
  const ended = new Map<PreparedHost, HostResult>()
  const parked = new Map<PreparedHost, { readonly run: HostRun; readonly result: HostResult }>()
  let failed = 0
  const mayStart = (): boolean => !options.interrupt.aborted && !tooMany(failed, hosts.length, options.maxFail)
  const busy = new Set<string>()
  const tellInterrupt = (): void => report({ kind: 'interrupted', busy: [...busy] })
  options.interrupt.addEventListener('abort', tellInterrupt, { once: true })

  const end = (prepared: PreparedHost, result: HostResult): void => {
    parked.delete(prepared)
    ended.set(prepared, result)
    if (result.status === 'failed' || result.status === 'unreachable') failed += 1
    report({ kind: 'host-end', host: result.name, result })
  }
  const work = async (prepared: PreparedHost, run: HostRun, askOutside: AskOutside): Promise<void> => {
    const { name } = prepared.host
    busy.add(name)
    const progress = await run.go(askOutside)
    busy.delete(name)
    if (progress.kind === 'ended' || meanwhile === undefined) return end(prepared, progress.result)
    parked.set(prepared, { run, result: progress.result })
    report({ kind: 'host-parked', host: name, why: progress.why })
  }

  const limit = pLimit(options.forks)
  for (const batch of batches(hosts, options.serial)) {
    await Promise.all(
      batch.map((prepared) =>
        limit(async () =>
          mayStart() ? work(prepared, hostRun(prepared, options, connect, report), options.askOutside) : undefined,
        ),
      ),
    )
    if (parked.size === 0 || meanwhile === undefined) continue
    const waiting = [...parked]
    const askOutside = options.interrupt.aborted
      ? options.askOutside
      : await meanwhile.between([...ended.values(), ...waiting.map(([, { result }]) => result)])
    // What was begun is finished, however many others failed.
    await Promise.all(
      waiting.map(([prepared, { run }]) =>
        limit(() =>
          options.interrupt.aborted ? end(prepared, run.stopped('interrupted')) : work(prepared, run, askOutside),
        ),
      ),
    )
    for (const [prepared, { result }] of parked) end(prepared, result)
  }

  const results = hosts.map((prepared) => ended.get(prepared) ?? notReached(prepared))
  await meanwhile?.after(results)
  options.interrupt.removeEventListener('abort', tellInterrupt)
  const result: RunResult = {
    playbook: options.playbook,
    check: options.check,
    hosts: results,
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
    tasks: prepared.tasks.map(({ name, type }) => ({
      name: mask(name),
      type,
      status: 'not-reached',
      changes: [],
      diffs: [],
      commands: [],
    })),
    outputs: {},
  }
}
