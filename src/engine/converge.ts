// Brings one host to its desired state: ask, plan, change and ask again, until every task is satisfied.
import { hostname, userInfo } from 'node:os'
import type { HostResult, HostStatus, Reporter } from '../model/run-event.ts'
import type { PreparedHost } from '../model/prepared-host.ts'
import type { Probe } from '../model/probe.ts'
import type { PlanContext, Task } from '../model/task.ts'
import type { HostFacts } from '../model/host-facts.ts'
import { hostFacts } from '../probes/host-facts.ts'
import { ConnectionLost, Unreachable, type Connect, type Connection } from './connection.ts'
import { foresee, type Asked } from './foresee.ts'
import { ledger } from './ledger.ts'
import { makeTrip, type TripOutcome, type TripWatcher } from './make-trip.ts'
import { maskJson, maskOf } from './mask.ts'
import { beforeFirstWall, foretell, type ChangeOutlook } from './outlook.ts'
import { foreseenOutputs, realOutputs } from './outputs.ts'
import type { RunOptions } from './run-options.ts'
import { secretsOf } from './secrets-of.ts'
import { stepsOf, tripsOf, type PlannedStep } from './steps.ts'

/** A plan made on real answers that does not hold afterwards ends a host's run at once; whatever the plans rest on, this many attempts do. */
const ATTEMPTS_AT_MOST = 3
/** How long to wait for another run on the host, whose change in hand may be a long one. */
const LOCK_SECONDS = 900

/** What ends a host's run before its tasks are satisfied. */
class HostEnd extends Error {
  readonly status: HostStatus

  constructor(status: HostStatus, why: string) {
    super(why)
    this.status = status
  }
}

/**
 * Runs all tasks of one host; faults of the host are told in the result, never thrown.
 * One connection; where it is lost it is made once more, and the host is asked what came of the change in hand.
 */
export async function converge(prepared: PreparedHost, options: RunOptions, connect: Connect, report: Reporter): Promise<HostResult> {
  const { host, tasks } = prepared
  const began = performance.now()
  const book = ledger(tasks)
  const attempts = new Map<Task, number>()
  const ranOnce = new Set<Task>()
  const secrets = new Set<string>(secretsOf(prepared))
  let mask = maskOf([...secrets])
  let connection: Connection | undefined
  let reconnected = false
  let trips = 0
  let inHand: PlannedStep | undefined
  let outputs: Readonly<Record<string, unknown>> = {}

  const end = (status: HostStatus, error?: string): HostResult => ({
    name: host.name,
    status,
    trips,
    seconds: (performance.now() - began) / 1000,
    tasks: book.results(mask),
    outputs: maskJson(mask, outputs) as Readonly<Record<string, unknown>>,
    ...(error === undefined ? {} : { error: mask(error) }),
  })

  const open = async (): Promise<void> => {
    if (options.interrupt.aborted) throw new HostEnd('interrupted', 'interrupted before the connection stood')
    connection = await connect(host, { timeoutSeconds: options.connectSeconds, signal: options.interrupt })
    report({ kind: 'host-connected', host: host.name })
  }

  const watcher: TripWatcher = {
    waiting: (holder) => report({ kind: 'host-waiting', host: host.name, holder }),
    started(step) {
      inHand = step
      const { task, change } = step
      report({ kind: 'change-start', host: host.name, task: mask(task.name), type: task.type, summary: mask(change.summary) })
    },
    progress: ({ task }, line) => report({ kind: 'change-output', host: host.name, task: mask(task.name), line: mask(line) }),
    done(step, code) {
      inHand = undefined
      const { task, change } = step
      report({ kind: 'change-end', host: host.name, task: mask(task.name), summary: mask(change.summary), code })
      if (code !== 0 || !step.completes) return
      book.made(task, change)
      if (task.once) ranOnce.add(task)
    },
  }

  const probes: readonly Probe<unknown>[] = [hostFacts, ...tasks.map(({ probe }) => probe), ...Object.values(prepared.outputs)]
  const holder = options.check ? undefined : `${userInfo().username}@${hostname()}, process ${process.pid}, since ${new Date().toISOString()}`
  const trip = async (steps: readonly PlannedStep[], ask: boolean): Promise<TripOutcome> => {
    if (options.interrupt.aborted) throw new HostEnd('interrupted', 'interrupted')
    trips += 1
    const { interrupt, abandon } = options
    return makeTrip(connection!, { steps, probes: ask ? probes : [], holder, lockSeconds: LOCK_SECONDS, interrupt, abandon }, watcher)
  }

  /** Makes the changes, in as many trips as their size needs, and asks everything again. */
  const changeAndAsk = async (steps: readonly PlannedStep[]): Promise<(probe: Probe<unknown>) => Asked> => {
    const parts = tripsOf(steps)
    try {
      for (const part of parts.slice(0, -1)) answersOf(await trip(part, false))
      return answersOf(await trip(parts.at(-1)!, true))
    } catch (error) {
      if (!(error instanceof ConnectionLost)) throw error
      return askAfterLoss(error)
    }
  }

  const answersOf = (outcome: TripOutcome): ((probe: Probe<unknown>) => Asked) => {
    switch (outcome.kind) {
      case 'asked':
        return outcome.asked
      case 'broken':
        throw new HostEnd('failed', `${outcome.why}: is its file system full or read-only?`)
      case 'stopped':
        throw new HostEnd('interrupted', 'interrupted')
      case 'locked':
        throw new HostEnd('failed', `another run holds this host: ${outcome.holder || 'unknown'} (waited ${LOCK_SECONDS} s)`)
      case 'failed': {
        const { task, change } = outcome.step
        const why = failure(outcome)
        book.failed(task, why)
        throw new HostEnd('failed', `${task.type} ${task.name}: ${change.summary}: ${why}`)
      }
    }
  }

  const askAfterLoss = async (loss: ConnectionLost): Promise<(probe: Probe<unknown>) => Asked> => {
    connection?.close()
    const lost = inHand
    inHand = undefined
    const unknown = (): void => {
      if (lost) book.unknown(lost.task, lost.change, `the connection was lost while this was under way: ${loss.message}`)
    }
    if (options.interrupt.aborted || reconnected || lost?.task.once) {
      unknown()
      const status = options.interrupt.aborted ? 'interrupted' : lost ? 'failed' : 'unreachable'
      throw new HostEnd(status, `connection lost: ${loss.message}`)
    }
    reconnected = true
    try {
      await open()
      const asked = answersOf(await trip([], true))
      // What was in hand has ended by now, for the lock was free: its own question tells whether it was done.
      if (lost) settle(lost, asked)
      return asked
    } catch (error) {
      if (!(error instanceof Unreachable || error instanceof ConnectionLost)) throw error
      unknown()
      throw new HostEnd('unreachable', `connection lost: ${loss.message}; and not made again: ${error.message}`)
    }
  }

  const settle = ({ task, change }: PlannedStep, asked: (probe: Probe<unknown>) => Asked): void => {
    const now = asked(task.probe)
    if ('state' in now && task.plan(now.state, contextOf(prepared, asked)).kind === 'ok') book.made(task, change)
    else attempts.delete(task)
  }

  const attempt = (task: Task, outlook: ChangeOutlook): readonly PlannedStep[] => {
    const count = (attempts.get(task) ?? 0) + 1
    // A first plan that rests on foresight may be made anew on real answers, once.
    attempts.set(task, outlook.foreseen ? count : ATTEMPTS_AT_MOST)
    for (const change of outlook.plan.changes) {
      for (const script of [change.apply, ...(change.before ?? [])]) script.secrets.forEach((secret) => secrets.add(secret))
    }
    mask = maskOf([...secrets])
    return stepsOf(task, outlook.plan)
  }

  const work = async (): Promise<HostResult> => {
    report({ kind: 'host-start', host: host.name })
    await open()
    let asked = await changeAndAsk([])
    for (;;) {
      const foresight = foresee(tasks, asked, contextOf(prepared, asked), ranOnce)
      if (options.check) {
        const failed = foretell(book, tasks, foresight, (task, outlook) => attempt(task, outlook))
        outputs = foreseenOutputs(prepared.outputs, asked, foresight.pending)
        if (failed) throw new HostEnd('failed', failed)
        return end(foresight.pending.length > 0 ? 'would-change' : 'ok')
      }
      outputs = realOutputs(prepared.outputs, asked)
      const now = beforeFirstWall(tasks, foresight.outlooks)
      for (const task of now.satisfied) book.satisfied(task)
      if (now.ready.length === 0) {
        if (now.blocked) {
          book.failed(now.blocked.task, now.blocked.why)
          throw new HostEnd('failed', `${now.blocked.task.type} ${now.blocked.task.name}: ${now.blocked.why}`)
        }
        return end(book.results(mask).some(({ status }) => status === 'changed') ? 'changed' : 'ok')
      }
      const restless = now.ready.find(({ task }) => (attempts.get(task) ?? 0) >= ATTEMPTS_AT_MOST)
      if (restless) {
        const why = `did not converge: its change was made, and it still wants to ${restless.outlook.plan.changes.map(({ summary }) => summary).join(', ')}`
        book.failed(restless.task, why)
        throw new HostEnd('failed', `${restless.task.type} ${restless.task.name}: ${why}`)
      }
      asked = await changeAndAsk(now.ready.flatMap(({ task, outlook }) => attempt(task, outlook)))
    }
  }

  try {
    return await work()
  } catch (error) {
    if (error instanceof HostEnd) return end(error.status, error.message)
    if (options.interrupt.aborted) return end('interrupted', 'interrupted')
    if (error instanceof Unreachable || error instanceof ConnectionLost) return end('unreachable', error.message)
    return end('failed', `a bug in mailrun: ${error instanceof Error ? error.stack : String(error)}`)
  } finally {
    connection?.close()
  }
}

const contextOf = (prepared: PreparedHost, asked: (probe: Probe<unknown>) => Asked): PlanContext => {
  const facts = asked(hostFacts)
  if ('error' in facts) throw new Error(facts.error)
  return { facts: facts.state as HostFacts, source: (source) => prepared.source(source) }
}

/** GNU timeout(1) ends with 124 when the time is up, 137 when it had to kill. */
function failure({ code, output, step }: Extract<TripOutcome, { kind: 'failed' }>): string {
  const said = output.trimEnd().split('\n').slice(-20).join('\n')
  const how = code === 124 || code === 137 ? `not done within ${step.timeoutSeconds} s, and ended` : `exit status ${code}`
  return said === '' ? how : `${how}\n${said}`
}
