// Runs a playbook on a fleet: one batch after the other, the hosts of a batch in parallel and independent of each
// other.
import { setMaxListeners } from 'node:events'
import pLimit, { type LimitFunction } from 'p-limit'
import type { GivenAnswers, PreparedHost } from '../core/fleet/prepared-host.ts'
import type { HostResult, Reporter, RunResult } from '../core/run-event.ts'
import { MailrunError } from '../core/mailrun-error.ts'
import { stackOf } from '../core/stack-of.ts'
import { maskOf } from '../shell/mask.ts'
import { batches } from './batches.ts'
import type { Connect } from './session/connection.ts'
import { hostRun, type HostRun } from './host-run.ts'
import type { AskOutside } from './outside.ts'
import type { RunOptions } from './run-options.ts'
import { secretsOf } from './secrets-of.ts'
import { turnsOf } from './turns.ts'

/** What is brought about outside of the hosts, on what they said. Throws nothing. */
export interface Meanwhile {
  /**
   * Hosts of a batch are parked: they are gone on with afterwards, and ask whom this gives.
   *
   * @param soFar - of all hosts that were begun.
   */
  between(soFar: readonly HostResult[]): Promise<AskOutside>
  /** All hosts have ended. @param results - of all hosts. */
  after(results: readonly HostResult[]): Promise<void>
}

/** How far the hosts came. */
interface Course {
  readonly options: RunOptions
  readonly report: Reporter
  readonly meanwhile: Meanwhile | undefined
  readonly ended: Map<PreparedHost, HostResult>
  readonly parked: Map<PreparedHost, { readonly run: HostRun; readonly result: HostResult }>
  /** What hosts that ended gave for others, by their names. */
  readonly given: Map<string, GivenAnswers>
  /** Hosts in work, by name. */
  readonly busy: Set<string>
  failed: number
}

/** Never throws for a host's sake. Hosts that no turn came to are `not-reached`. */
export async function rollout(
  hosts: readonly PreparedHost[],
  options: RunOptions,
  connect: Connect,
  report: Reporter,
  meanwhile?: Meanwhile,
): Promise<RunResult> {
  const { playbook, check, interrupt, abandon } = options
  report({ kind: 'run-start', playbook, check, hosts: hosts.map(({ host }) => host.name) })
  // Each host in work listens; Node warns of more than ten.
  setMaxListeners(0, interrupt, abandon)
  const course: Course = {
    options,
    report,
    meanwhile,
    ended: new Map(),
    parked: new Map(),
    given: new Map(),
    busy: new Set(),
    failed: 0,
  }
  const mayStart = (): boolean => !interrupt.aborted && !tooMany(course.failed, hosts.length, options.maxFail)
  const tellInterrupt = (): void => report({ kind: 'interrupted', busy: [...course.busy] })
  interrupt.addEventListener('abort', tellInterrupt, { once: true })

  const limit = pLimit(options.forks)
  const begin = async (prepared: PreparedHost): Promise<void> => {
    const made = await withGiven(prepared, course)
    if ('error' in made) return end(course, prepared, { ...notReached(prepared, made.error), status: 'failed' })
    return work(course, prepared, hostRun(made, options, connect, report), options.askOutside)
  }
  const turns = turnsOf(course, hosts)
  const beginInTurn = (prepared: PreparedHost): Promise<void> =>
    turns.take(prepared, () => limit(async () => (mayStart() ? begin(prepared) : undefined)))
  for (const batch of batches(hosts, options.serial)) {
    for (let next = batch; next.length > 0; next = turns.put()) {
      await Promise.all(next.map(beginInTurn))
      if (course.parked.size > 0 && meanwhile !== undefined) await goOn(course, meanwhile, limit)
    }
  }

  const results = hosts.map((prepared) => course.ended.get(prepared) ?? notReached(prepared, turns.missed(prepared)))
  await meanwhile?.after(results)
  interrupt.removeEventListener('abort', tellInterrupt)
  const result: RunResult = { playbook, check, hosts: results, interrupted: interrupt.aborted }
  report({ kind: 'run-end', result })
  return result
}

/** Goes on with the hosts that are parked. What was begun is finished, however many others failed. */
async function goOn(course: Course, meanwhile: Meanwhile, limit: LimitFunction): Promise<void> {
  const { interrupt } = course.options
  const waiting = [...course.parked]
  const askOutside = interrupt.aborted
    ? course.options.askOutside
    : await meanwhile.between([...course.ended.values(), ...waiting.map(([, { result }]) => result)])
  await Promise.all(
    waiting.map(([prepared, { run }]) =>
      limit(() =>
        interrupt.aborted ? end(course, prepared, run.stopped('interrupted')) : work(course, prepared, run, askOutside),
      ),
    ),
  )
  for (const [prepared, { result }] of course.parked) end(course, prepared, result)
}

/**
 * The host with what those before it gave; what is asked of it besides stays. `error`: its tasks cannot be made, which
 * is this host's alone.
 */
async function withGiven(
  prepared: PreparedHost,
  { given }: Course,
): Promise<PreparedHost | { readonly error: string }> {
  if (prepared.takes === undefined) return prepared
  try {
    const made = await prepared.takes((host) => given.get(host) ?? {})
    return { ...made, outputs: { ...made.outputs, ...prepared.outputs } }
  } catch (error) {
    return { error: error instanceof MailrunError ? error.messages.join('\n') : `a bug in mailrun: ${stackOf(error)}` }
  }
}

/** Has a host go as far as it can. */
async function work(course: Course, prepared: PreparedHost, run: HostRun, askOutside: AskOutside): Promise<void> {
  const { name } = prepared.host
  course.busy.add(name)
  const progress = await run.go(askOutside)
  course.busy.delete(name)
  if (progress.kind === 'ended') course.given.set(name, progress.given)
  if (progress.kind === 'ended' || course.meanwhile === undefined) return end(course, prepared, progress.result)
  course.parked.set(prepared, { run, result: progress.result })
  course.report({ kind: 'host-parked', host: name, why: progress.why })
}

function end(course: Course, prepared: PreparedHost, result: HostResult): void {
  course.parked.delete(prepared)
  course.ended.set(prepared, result)
  if (result.status === 'failed' || result.status === 'unreachable') course.failed += 1
  course.report({ kind: 'host-end', host: result.name, result })
}

const tooMany = (failed: number, all: number, maxFail: RunOptions['maxFail']): boolean =>
  maxFail !== undefined && failed > ('count' in maxFail ? maxFail.count : (all * maxFail.percent) / 100)

function notReached(prepared: PreparedHost, why: string | undefined): HostResult {
  const mask = maskOf(secretsOf(prepared))
  return {
    name: prepared.host.name,
    status: 'not-reached',
    trips: 0,
    seconds: 0,
    time: [],
    tasks: prepared.tasks.map(({ name, type }) => ({
      name: mask(name),
      type,
      status: 'not-reached',
      changes: [],
      diffs: [],
      commands: [],
    })),
    outputs: {},
    ...(why === undefined ? {} : { error: mask(why) }),
  }
}
