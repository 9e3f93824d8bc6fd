// Brings one host to its desired state: ask, plan, change and ask again, until every task is satisfied.
import { isDeepStrictEqual } from 'node:util'
import type { HostFacts } from '../model/host-facts.ts'
import type { PreparedHost } from '../model/prepared-host.ts'
import type { HostResult, HostStatus, Reporter } from '../model/run-event.ts'
import type { PlanContext, Task } from '../model/task.ts'
import { hostFacts } from '../probes/host-facts.ts'
import { maskJson, maskOf } from '../shell/mask.ts'
import { ConnectionLost, Unreachable, type Connect } from './connection.ts'
import { foresee } from './foresee.ts'
import { HostEnd } from './host-end.ts'
import { ledger } from './ledger.ts'
import { maskSummary } from './mask-change.ts'
import { beforeFirstWall, foretell, type ChangeOutlook } from './outlook.ts'
import { foreseenOutputs, realOutputs } from './outputs.ts'
import type { RunOptions } from './run-options.ts'
import { secretsOf } from './secrets-of.ts'
import { openSession, type Answers, type Session, type SessionWatcher } from './session.ts'
import { stepsOf, type PlannedStep } from './steps.ts'

/** A plan made on real answers that does not hold afterwards ends a host's run at once; whatever the plans rest on, this many attempts do. */
const ATTEMPTS_AT_MOST = 3

/** Runs all tasks of one host; faults of the host are told in the result, never thrown. */
export async function converge(prepared: PreparedHost, options: RunOptions, connect: Connect, report: Reporter): Promise<HostResult> {
  const { host, tasks } = prepared
  const began = performance.now()
  const book = ledger(tasks)
  const attempts = new Map<Task, number>()
  const ran = new Set<Task>()
  const secrets = new Set<string>(secretsOf(prepared))
  let mask = maskOf([...secrets])
  let session: Session | undefined
  let outputs: Readonly<Record<string, unknown>> = {}

  const end = (status: HostStatus, error?: string): HostResult => ({
    name: host.name,
    status,
    trips: session?.trips ?? 0,
    seconds: (performance.now() - began) / 1000,
    tasks: book.results(mask),
    outputs: maskJson(mask, outputs) as Readonly<Record<string, unknown>>,
    ...(error === undefined ? {} : { error: mask(error) }),
  })

  const fail = (task: Task, why: string): never => {
    book.failed(task, why, undefined)
    throw new HostEnd('failed', `${task.type} ${task.name}: ${why}`)
  }

  const watcher: SessionWatcher = {
    made({ task, change }) {
      book.made(task, change)
      ran.add(task)
    },
    failed: ({ task, change }, why) => book.failed(task, why, change),
    unknown: ({ task, change }, why) => book.unknown(task, change, why),
    notMade: ({ task }) => void attempts.delete(task),
    isMade({ task }, answers) {
      const now = answers(task.probe)
      return 'state' in now && task.plan(now.state, contextOf(prepared, answers)).kind === 'ok'
    },
  }

  const attempt = (task: Task, outlook: ChangeOutlook): readonly PlannedStep[] => {
    const count = (attempts.get(task) ?? 0) + 1
    // A first plan that rests on foresight may be made anew on real answers, once.
    attempts.set(task, outlook.foreseen ? count : ATTEMPTS_AT_MOST)
    const known = secrets.size
    for (const change of outlook.plan.changes) {
      for (const script of [change.apply, ...(change.before ?? [])]) script.secrets.forEach((secret) => secrets.add(secret))
    }
    if (secrets.size > known) mask = maskOf([...secrets])
    return stepsOf(task, outlook.plan)
  }

  const work = async (): Promise<HostResult> => {
    report({ kind: 'host-start', host: host.name })
    session = await openSession(prepared, options, connect, report, (text) => mask(text), watcher)
    let answers = await session.changeAndAsk([])
    for (;;) {
      const { outlooks, pending } = foresee(tasks, answers, contextOf(prepared, answers), ran)
      if (options.check) {
        const failed = foretell(book, tasks, outlooks, attempt)
        outputs = foreseenOutputs(prepared.outputs, answers, pending)
        if (failed) throw new HostEnd('failed', failed)
        return end(pending.length > 0 ? 'would-change' : 'ok')
      }
      outputs = realOutputs(prepared.outputs, answers)
      const now = beforeFirstWall(tasks, outlooks)
      for (const { task, note } of now.satisfied) book.satisfied(task, note)
      if (now.ready.length === 0) {
        if (now.blocked) fail(now.blocked.task, now.blocked.why)
        return end(book.results(mask).some(({ status }) => status === 'changed') ? 'changed' : 'ok')
      }
      const restless = now.ready.find(({ task }) => (attempts.get(task) ?? 0) >= ATTEMPTS_AT_MOST)
      if (restless) fail(restless.task, `did not converge: its change was made, and it still wants to ${restless.outlook.plan.changes.map(({ summary }) => maskSummary(mask, summary)).join(', ')}`)
      const before = answers
      answers = await session.changeAndAsk(now.ready.flatMap(({ task, outlook }) => attempt(task, outlook)))
      for (const { task, outlook } of now.ready) if (outlook.plan.perhaps !== undefined && sameFacts(task, before, answers)) book.idle(task, outlook.plan.changes)
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
    session?.close()
  }
}

/** Of a probe that states no facts nothing is known to be the same. */
function sameFacts({ probe }: Task, before: Answers, after: Answers): boolean {
  const [was, is] = [before(probe), after(probe)].map((asked) => ('state' in asked ? probe.facts(asked.state) : []))
  return was!.length > 0 && isDeepStrictEqual(was, is)
}

const contextOf = (prepared: PreparedHost, answers: Answers): PlanContext => {
  const facts = answers(hostFacts)
  if ('error' in facts) throw new HostEnd('failed', `the host cannot be asked what it is: ${facts.error}`)
  return { facts: facts.state as HostFacts, source: (source) => prepared.source(source) }
}
