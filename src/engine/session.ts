// One host's connection during its run: makes changes and asks; where it is lost it is made once more, and the host is
// asked what came of the change in hand.
import { hostname, userInfo } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import type { PreparedHost } from '../model/prepared-host.ts'
import type { Probe } from '../model/probe.ts'
import type { Reporter } from '../model/run-event.ts'
import { hostFacts } from '../probes/host-facts.ts'
import type { Mask } from '../shell/mask.ts'
import { ConnectionLost, Unreachable, type Connect, type Connection } from './connection.ts'
import type { Asked } from './foresee.ts'
import { failureOf } from './failure.ts'
import { HostEnd } from './host-end.ts'
import { makeTrip, newMark, type TripOutcome, type TripWatcher } from './make-trip.ts'
import { maskSummary } from './mask-change.ts'
import { progressOf, type Progress } from './progress.ts'
import type { RunOptions } from './run-options.ts'
import { tripsOf, type PlannedStep } from './steps.ts'
import { saysOutdated, tripWords } from './trip-words.ts'

/** How long to wait for another run on the host, whose change in hand may be a long one. */
const LOCK_SECONDS = 900

/** No attempt to make a lost connection again begins later than this after the first. */
const AWAY_SECONDS = 30

/** For the login shell of a new connection to hand over, where nothing is said of how long a connection may take. */
const BEGIN_SECONDS = 30

/** For all questions of a trip. */
const QUESTIONS_SECONDS = 300

/** How often plans may come too late. */
const OUTDATED_AT_MOST = 5

/** What each question was told on the last trip. */
export type Answers = (probe: Probe<unknown>) => Asked

/** Is told what became of each change. */
export interface SessionWatcher {
  made(step: PlannedStep): void
  failed(step: PlannedStep, why: string): void
  unknown(step: PlannedStep, why: string): void
  /** It was to be made, and was not: it may be tried again. */
  notMade(step: PlannedStep): void
  /** Whether these answers show that the step was made. */
  isMade(step: PlannedStep, answers: Answers): boolean
}

/** A trip: its mark, its steps, and those of them that are told to have begun, and to be done. */
interface UnderWay {
  readonly mark: string
  readonly steps: readonly PlannedStep[]
  readonly begun: Set<PlannedStep>
  readonly done: Set<PlannedStep>
}

export interface Session {
  /** Round trips so far. */
  readonly trips: number
  /**
   * Makes the changes, in as many trips as their size needs, and asks everything again. @throws HostEnd, Unreachable,
   * ConnectionLost
   */
  changeAndAsk(steps: readonly PlannedStep[]): Promise<Answers>
  close(): void
}

/** @param mask - as it is now: secrets become known as plans are made. @throws HostEnd, Unreachable */
export async function openSession(
  prepared: PreparedHost,
  options: RunOptions,
  connect: Connect,
  report: Reporter,
  mask: Mask,
  watcher: SessionWatcher,
): Promise<Session> {
  const { host, tasks } = prepared
  const { interrupt, abandon } = options
  const probes: readonly Probe<unknown>[] = [
    hostFacts,
    ...tasks.map(({ probe }) => probe),
    ...Object.values(prepared.outputs),
  ]
  const holder = options.check
    ? undefined
    : `${userInfo().username}@${hostname()}, process ${process.pid}, since ${new Date().toISOString()}`
  let reconnected = false
  /** The connection has carried no trip yet. */
  let fresh = true
  let outdated = 0
  let trips = 0
  /** The last trip with steps, of whichever run, that the answers know of. */
  let last: string | undefined
  /** For the case that it is lost. */
  let underWay: UnderWay = { mark: '', steps: [], begun: new Set(), done: new Set() }

  const open = async (): Promise<Connection> => {
    if (interrupt.aborted) throw new HostEnd('interrupted', 'interrupted before the connection stood')
    fresh = true
    const opened = await connect(host, options.interrupt)
    report({ kind: 'host-connected', host: host.name })
    for (const note of opened.notes) report({ kind: 'host-note', host: host.name, note })
    return opened
  }

  /** A host that restarts its sshd, or itself, is away for a while: tries with growing pauses. */
  const reopen = async (): Promise<Connection> => {
    const until = performance.now() + AWAY_SECONDS * 1000
    for (let pause = 1000; ; pause *= 2) {
      try {
        return await open()
      } catch (error) {
        if (!(error instanceof Unreachable) || interrupt.aborted || performance.now() + pause > until) throw error
        await sleep(pause, undefined, { signal: interrupt }).catch(() => {})
      }
    }
  }

  const tripWatcher: TripWatcher = {
    waiting: (other) => report({ kind: 'host-waiting', host: host.name, holder: other }),
    started(step) {
      underWay.begun.add(step)
      const { task, change } = step
      report({
        kind: 'change-start',
        host: host.name,
        task: mask(task.name),
        type: task.type,
        summary: maskSummary(mask, change.summary),
      })
    },
    progress: ({ task }, line) =>
      report({ kind: 'change-output', host: host.name, task: mask(task.name), line: mask(line) }),
    done(step, code) {
      underWay.done.add(step)
      const { task, change } = step
      report({
        kind: 'change-end',
        host: host.name,
        task: mask(task.name),
        type: task.type,
        summary: maskSummary(mask, change.summary),
        code,
      })
      if (code === 0 && step.completes) watcher.made(step)
    },
  }

  const trip = async (
    steps: readonly PlannedStep[],
    ask: readonly Probe<unknown>[],
    lockSeconds = LOCK_SECONDS,
  ): Promise<TripOutcome> => {
    if (interrupt.aborted) throw new HostEnd('interrupted', 'interrupted')
    trips += 1
    underWay = { mark: newMark(), steps, begun: new Set(), done: new Set() }
    const beginSeconds = fresh ? (host.address.connectSeconds ?? BEGIN_SECONDS) : undefined
    fresh = false
    const outcome = await makeTrip(
      connection,
      {
        mark: underWay.mark,
        steps,
        after: options.check ? undefined : last,
        probes: ask,
        questionsSeconds: QUESTIONS_SECONDS,
        holder,
        lockSeconds,
        beginSeconds,
        interrupt,
        abandon,
      },
      tripWatcher,
    )
    if (outcome.kind === 'asked') last = outcome.last
    return outcome
  }

  const answersOf = (outcome: TripOutcome): Answers => {
    switch (outcome.kind) {
      case 'asked':
        return outcome.asked
      case 'broken':
        throw new HostEnd('failed', outcome.why)
      case 'stopped':
        throw new HostEnd('interrupted', 'interrupted')
      case 'locked':
        throw new HostEnd(
          'failed',
          `another run holds this host, and did not end within ${LOCK_SECONDS} s: ${outcome.holder || 'unknown'}\nrun again once it has ended; "ps axf" on the host shows what it does`,
        )
      case 'failed':
        throw failed(outcome)
    }
  }

  const failed = (outcome: Extract<TripOutcome, { kind: 'failed' }>): HostEnd => {
    const { task, change } = outcome.step
    const why = failureOf({ ...outcome, output: mask(outcome.output), timeoutSeconds: outcome.step.timeoutSeconds })
    watcher.failed(outcome.step, why)
    return new HostEnd('failed', `${task.type} ${task.name}: ${maskSummary(mask, change.summary)}: ${why}`)
  }

  const askAfterLoss = async (loss: ConnectionLost): Promise<Answers> => {
    connection.close()
    const lost = underWay
    const undone = lost.steps.filter((step) => !lost.done.has(step))
    const lostWhy = interrupt.aborted ? 'left at once' : `the connection was lost: ${loss.message}`
    const advice = `run it again once the host answers${undone.length > 0 ? ', which finds out what became of the changes under way' : ''}`
    /** After an interrupt no further step begins; else the host may have gone on by itself. */
    const unknown = (): void =>
      undone
        .filter((step) => !interrupt.aborted || lost.begun.has(step))
        .forEach((step) => watcher.unknown(step, lostWhy))
    if (interrupt.aborted || reconnected) {
      unknown()
      throw interrupt.aborted
        ? new HostEnd('interrupted', lostWhy)
        : new HostEnd('unreachable', `${lostWhy}, for the second time: ${advice}`)
    }
    reconnected = true
    let answers: Answers
    const progress = progressOf(lost.mark, last)
    try {
      connection = await reopen()
      // What was in hand has ended once the lock is free.
      const longest = Math.max(0, ...undone.map(({ timeoutSeconds }) => timeoutSeconds))
      answers = answersOf(await trip([], [progress, ...probes], LOCK_SECONDS + longest))
    } catch (error) {
      unknown()
      if (interrupt.aborted) throw new HostEnd('interrupted', 'interrupted')
      if (!(error instanceof Unreachable || error instanceof ConnectionLost)) throw error
      throw new HostEnd('unreachable', `${lostWhy}; and not made again: ${error.message}\n${advice}`)
    }
    const told = answers(progress)
    for (const step of undone)
      settle(step, lost, 'state' in told ? (told.state as Progress | undefined) : undefined, answers, lostWhy)
    return answers
  }

  /** Tells of a step whose end was lost on the way, by the host's own record, else by the answers. */
  const settle = (
    step: PlannedStep,
    { mark, steps }: UnderWay,
    progress: Progress | undefined,
    answers: Answers,
    lostWhy: string,
  ): void => {
    const index = steps.indexOf(step)
    const code = progress?.done.get(index)
    if (saysOutdated(tripWords(mark), code, progress?.output)) return watcher.notMade(step)
    if (code !== undefined && code !== 0)
      throw failed({ kind: 'failed', step, code, output: progress?.output ?? '', seconds: 0 })
    if (!step.completes) return
    if (code === 0) return watcher.made(step)
    if (progress !== undefined && !progress.started.has(index)) return watcher.notMade(step)
    if (watcher.isMade(step, answers)) return watcher.made(step)
    if (!step.task.once) return watcher.notMade(step)
    watcher.unknown(step, lostWhy)
    throw new HostEnd('failed', `${step.task.type} ${step.task.name}: ${lostWhy}`)
  }

  const notMade = (steps: readonly PlannedStep[]): void => steps.forEach((step) => watcher.notMade(step))

  /** One trip after another; the last one asks. */
  const carryOut = async ([steps = [], ...rest]: readonly (readonly PlannedStep[])[]): Promise<Answers> => {
    let outcome: TripOutcome
    try {
      outcome = await trip(steps, rest.length === 0 ? probes : [])
    } catch (error) {
      if (!(error instanceof ConnectionLost)) throw error
      notMade(rest.flat())
      return askAfterLoss(error)
    }
    const answers = answersOf(outcome)
    const first = outcome.kind === 'asked' ? outcome.notMade : undefined
    if (first === undefined) return rest.length === 0 ? answers : carryOut(rest)
    outdated += 1
    if (outdated > OUTDATED_AT_MOST)
      throw new HostEnd(
        'failed',
        `${first.task.type} ${first.task.name}: somebody else keeps changing this host, and the plans for it are outdated each time: try again later`,
      )
    notMade([...steps.slice(steps.indexOf(first)), ...rest.flat()])
    return rest.length === 0 ? answers : carryOut([])
  }

  let connection = await open()
  return {
    get trips() {
      return trips
    },
    changeAndAsk: (steps) => carryOut(tripsOf(steps)),
    close: () => connection.close(),
  }
}
