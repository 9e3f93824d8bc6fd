// One host's way to its desired state: ask, plan, change and ask again, until every task is satisfied; it may stop for
// something outside, and go on later.
import { isDeepStrictEqual } from 'node:util'
import type { HostFacts } from '../model/host-facts.ts'
import type { PreparedHost } from '../model/prepared-host.ts'
import type { HostResult, HostStatus, Reporter, TaskResult } from '../model/run-event.ts'
import type { PlanContext, Task } from '../model/task.ts'
import { hostFacts } from '../probes/host-facts.ts'
import { maskJson, maskOf } from '../shell/mask.ts'
import { ConnectionLost, Unreachable, type Connect } from './connection.ts'
import { foresee, type Foresight } from './foresee.ts'
import { HostEnd } from './host-end.ts'
import { ledger } from './ledger.ts'
import { maskSummary } from './mask-change.ts'
import { beforeFirstWall, foretell, type ChangeOutlook } from './outlook.ts'
import { foreseenOutputs, realOutputs } from './outputs.ts'
import { outside, type AskOutside } from './outside.ts'
import type { RunOptions } from './run-options.ts'
import { secretsOf } from './secrets-of.ts'
import { settle } from './settle.ts'
import { openSession, type Answers, type Session, type SessionWatcher } from './session.ts'
import { stepsOf, type PlannedStep } from './steps.ts'

/**
 * A plan made on real answers that does not hold afterwards ends a host's run at once; whatever the plans rest on, this
 * many attempts do.
 */
const ATTEMPTS_AT_MOST = 3

/**
 * Questions to others than the host in a row, with nothing done in between; a plan that wants more never comes to an
 * end.
 */
const ASKED_AT_MOST = 10

/** How far a host got. `parked`: all is done that can be before something outside is. */
export type HostProgress =
  | { readonly kind: 'ended'; readonly result: HostResult }
  | { readonly kind: 'parked'; readonly result: HostResult; readonly why: string }

/** One host's run, which may stop for something outside, and be gone on with. */
export interface HostRun {
  /** Faults of the host are told in the result, never thrown. What is outside is asked anew each time. */
  go(askOutside: AskOutside): Promise<HostProgress>
  /** What it came to where it is not gone on with. */
  stopped(why: string): HostResult
}

export function hostRun(prepared: PreparedHost, options: RunOptions, connect: Connect, report: Reporter): HostRun {
  const { host, tasks } = prepared
  const book = ledger(tasks)
  const attempts = new Map<Task, number>()
  const ran = new Set<Task>()
  const secrets = new Set<string>(secretsOf(prepared))
  const spent = { trips: 0, seconds: 0 }
  let mask = maskOf([...secrets])
  let known = outside()
  let outputs: Readonly<Record<string, unknown>> = {}

  const resultOf = (status: HostStatus, error?: string): HostResult => ({
    name: host.name,
    status,
    ...spent,
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
      return 'state' in now && settle(task.plan(now.state, contextOf(prepared, answers)), known.told).kind === 'ok'
    },
  }

  const attempt = (task: Task, outlook: ChangeOutlook): readonly PlannedStep[] => {
    const count = (attempts.get(task) ?? 0) + 1
    // A first plan that rests on foresight may be made anew on real answers, once.
    attempts.set(task, outlook.foreseen ? count : ATTEMPTS_AT_MOST)
    const before = secrets.size
    for (const change of outlook.plan.changes) {
      for (const script of [change.apply, ...(change.before ?? [])])
        script.secrets.forEach((secret) => secrets.add(secret))
    }
    if (secrets.size > before) mask = maskOf([...secrets])
    return stepsOf(task, outlook.plan)
  }

  /** The outlook once nothing is left to ask of others than the host. */
  const look = async (answers: Answers, askOutside: AskOutside): Promise<Foresight> => {
    const context = contextOf(prepared, answers)
    for (let asked = 0; ; asked += 1) {
      const foresight = foresee(tasks, answers, context, known.told, ran)
      const open = foresight.outlooks.findIndex(({ kind }) => kind === 'unanswered')
      if (open === -1) return foresight
      if (asked === ASKED_AT_MOST)
        fail(tasks[open]!, `the module ${tasks[open]!.type} has a bug: its plan asks name servers without end`)
      await known.learn(
        foresight.outlooks.flatMap((outlook) => (outlook.kind === 'unanswered' ? outlook.questions : [])),
        askOutside,
        options.interrupt,
      )
      if (options.interrupt.aborted) throw new HostEnd('interrupted', 'interrupted')
    }
  }

  /** Resolves with why the host is parked, or with its status. */
  const work = async (session: Session, askOutside: AskOutside): Promise<{ readonly parked: string } | HostStatus> => {
    let answers = await session.changeAndAsk([])
    for (;;) {
      const { outlooks, pending } = await look(answers, askOutside)
      if (options.check) {
        const failed = foretell(book, tasks, outlooks, attempt)
        outputs = foreseenOutputs(prepared.outputs, answers, pending)
        if (failed) throw new HostEnd('failed', failed)
        return holdsBack(book.results(mask)) ? 'held' : pending.length > 0 ? 'would-change' : 'ok'
      }
      outputs = realOutputs(prepared.outputs, answers)
      const now = beforeFirstWall(tasks, outlooks)
      for (const { task, remarks } of now.satisfied) book.satisfied(task, remarks)
      if (now.ready.length === 0) {
        if (now.blocked) fail(now.blocked.task, now.blocked.why)
        if (now.later.length > 0)
          return {
            parked: `waits until ${now.later.map(({ record }) => record.name).join(', ')} ${now.later.length === 1 ? 'is' : 'are'} published`,
          }
        const results = book.results(mask)
        return holdsBack(results) ? 'held' : results.some(({ status }) => status === 'changed') ? 'changed' : 'ok'
      }
      const restless = now.ready.find(({ task }) => (attempts.get(task) ?? 0) >= ATTEMPTS_AT_MOST)
      if (restless)
        fail(
          restless.task,
          `did not converge: its change was made, and it still wants to ${restless.outlook.plan.changes.map(({ summary }) => maskSummary(mask, summary)).join(', ')}`,
        )
      const before = answers
      answers = await session.changeAndAsk(now.ready.flatMap(({ task, outlook }) => attempt(task, outlook)))
      for (const { task, outlook } of now.ready)
        if (outlook.plan.perhaps !== undefined && sameFacts(task, before, answers))
          book.idle(task, outlook.plan.changes)
    }
  }

  return {
    async go(askOutside) {
      const began = performance.now()
      known = outside()
      // What was tried before may be tried again by what is known now.
      attempts.clear()
      let session: Session | undefined
      const took = (): void => {
        spent.trips += session?.trips ?? 0
        spent.seconds += (performance.now() - began) / 1000
      }
      const end = (status: HostStatus, error?: string): HostProgress => {
        took()
        return { kind: 'ended', result: resultOf(status, error) }
      }
      try {
        report({ kind: 'host-start', host: host.name })
        session = await openSession(prepared, options, connect, report, (text) => mask(text), watcher)
        const came = await work(session, askOutside)
        if (typeof came === 'string') return end(came)
        took()
        // As far as it got: the rest of its tasks is not reached yet.
        return { kind: 'parked', result: resultOf('interrupted', came.parked), why: mask(came.parked) }
      } catch (error) {
        if (error instanceof HostEnd) return end(error.status, error.message)
        if (options.interrupt.aborted) return end('interrupted', 'interrupted')
        if (error instanceof Unreachable || error instanceof ConnectionLost) return end('unreachable', error.message)
        return end('failed', `a bug in mailrun: ${error instanceof Error ? error.stack : String(error)}`)
      } finally {
        session?.close()
      }
    },
    stopped: (why) => resultOf('interrupted', why),
  }
}

const holdsBack = (results: readonly TaskResult[]): boolean => results.some(({ status }) => status === 'held')

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
