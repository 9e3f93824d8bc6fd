// The trips of a session with one host: what is reported during a trip, and its result.
import type { Host } from '../../core/fleet/host.ts'
import type { Probe } from '../../core/probe/probe.ts'
import type { Reporter } from '../../core/run-event.ts'
import type { Mask } from '../../shell/mask.ts'
import type { Connect, Connection, Greeting } from './connection.ts'
import { failureOf } from '../failure.ts'
import { HostEnd } from '../host-end.ts'
import { makeTrip, newMark } from '../trip/make-trip.ts'
import type { TripOutcome, TripWatcher } from '../trip/trip-course.ts'
import { maskSummary } from '../mask-change.ts'
import type { RunOptions } from '../run-options.ts'
import type { Answers, SessionWatcher } from './session-watcher.ts'
import type { PlannedStep } from '../trip/steps.ts'

/** How long to wait for another run on the host, whose change in hand may be a long one. */
export const LOCK_SECONDS = 900

/** For the login shell of a new connection to hand over, where nothing is said of how long a connection may take. */
const BEGIN_SECONDS = 30

/** For all questions of a trip. */
export const QUESTIONS_SECONDS = 300

/** A trip: its mark, its steps, and those of them that are asked to have begun, and to be done. */
export interface SentTrip {
  readonly mark: string
  readonly steps: readonly PlannedStep[]
  readonly begun: Set<PlannedStep>
  readonly done: Set<PlannedStep>
}

/** What stays as it is during a session. */
export interface SessionSetting {
  readonly host: Host
  readonly options: RunOptions
  readonly connect: Connect
  readonly report: Reporter
  readonly mask: Mask
  readonly watcher: SessionWatcher
  /** Who holds the host's lock; `undefined` in a check. */
  readonly holder: string | undefined
}

export interface SessionState extends SessionSetting {
  connection: Connection
  /** All that is asked at the end of each round. */
  probes: readonly Probe<unknown>[]
  /** Facts are asked, which is the first trip: it takes no lock, and may have gone out with the connection. */
  greeting: Greeting | undefined
  /** The connection has carried no trip yet. */
  fresh: boolean
  /** It is not the first one. */
  reconnected: boolean
  /** How often plans came too late. */
  outdated: number
  trips: number
  /** The last trip with steps, of whichever run, that the answers know of. */
  last: string | undefined
  /** For the case that it is lost. */
  sentTrip: SentTrip
}

/**
 * @param anew - as {@link Connect} has it.
 * @throws HostEnd, Unreachable
 */
export async function open(
  { host, options, connect, report, watcher }: SessionSetting,
  { greeting, anew }: { readonly greeting?: Greeting | undefined; readonly anew?: boolean } = {},
): Promise<Connection> {
  if (options.interrupt.aborted) throw new HostEnd('interrupted', 'interrupted before the connection stood')
  const tell = (note: string): void => report({ kind: 'host-note', host: host.name, note })
  watcher.stopwatch.begins('connecting')
  const opened = await connect(host, options.interrupt, tell, greeting, anew)
  report({ kind: 'host-connected', host: host.name })
  opened.notes.forEach(tell)
  return opened
}

/** @throws HostEnd, Unreachable, ConnectionLost */
export async function trip(
  state: SessionState,
  steps: readonly PlannedStep[],
  probes: readonly Probe<unknown>[],
  lockSeconds = LOCK_SECONDS,
): Promise<TripOutcome> {
  const { host, options, holder, greeting, watcher } = state
  const { check, interrupt, abandon, askedOnce } = options
  if (interrupt.aborted) throw new HostEnd('interrupted', 'interrupted')
  const sent = greeting !== undefined && state.connection.greeted === true
  state.greeting = undefined
  // What goes out with the connection is no round trip.
  if (!sent) state.trips += 1
  state.sentTrip = { mark: greeting?.mark ?? newMark(), steps, begun: new Set(), done: new Set() }
  const beginSeconds = state.fresh ? (host.address.connectSeconds ?? BEGIN_SECONDS) : undefined
  state.fresh = false
  watcher.stopwatch.begins('shell')
  const outcome = await makeTrip(
    state.connection,
    {
      mark: state.sentTrip.mark,
      steps,
      after: check ? undefined : state.last,
      probes,
      questionsSeconds: askedOnce?.seconds ?? QUESTIONS_SECONDS,
      finishes: askedOnce !== undefined,
      holder: greeting === undefined ? holder : undefined,
      sent,
      lockSeconds,
      beginSeconds,
      interrupt,
      abandon,
    },
    tripWatcher(state),
  )
  watcher.stopwatch.begins('planning')
  if (outcome.kind === 'asked') state.last = outcome.last
  return outcome
}

function tripWatcher(state: SessionState): TripWatcher {
  const { report, mask, watcher } = state
  const host = state.host.name
  const reported = ({ task, change }: PlannedStep) => ({
    host,
    task: mask(task.name),
    type: task.type,
    summary: maskSummary(mask, change.summary),
  })
  return {
    stopwatch: watcher.stopwatch,
    waiting: (holder) => report({ kind: 'host-waiting', host, holder }),
    started(step) {
      state.sentTrip.begun.add(step)
      report({ kind: 'change-start', ...reported(step) })
    },
    progress: ({ task }, line) => report({ kind: 'change-output', host, task: mask(task.name), line: mask(line) }),
    done(step, code) {
      state.sentTrip.done.add(step)
      report({ kind: 'change-end', ...reported(step), code })
      if (code === 0 && step.completes) watcher.made(step)
    },
  }
}

/** @throws HostEnd where the trip did not come to its questions. */
export function answersOf(state: SessionState, outcome: TripOutcome): Answers {
  switch (outcome.kind) {
    case 'asked':
      return outcome.asked
    case 'broken':
      throw new HostEnd('failed', outcome.why)
    case 'garbled':
      throw garbled(state, outcome)
    case 'stopped':
      throw new HostEnd('interrupted', 'interrupted')
    case 'locked': {
      const holder = outcome.holder || 'unknown'
      throw new HostEnd(
        'failed',
        `another run holds this host, and did not end within ${LOCK_SECONDS} s: ${holder}\n` +
          'run again once it has ended; "ps axf" on the host shows what it does',
      )
    }
    case 'failed':
      throw failed(state, outcome)
  }
}

/** Tells of a change that failed; what the host ends with. */
export function failed({ mask, watcher }: SessionState, outcome: Extract<TripOutcome, { kind: 'failed' }>): HostEnd {
  const { task, change, timeoutSeconds } = outcome.step
  const why = failureOf({ ...outcome, output: mask(outcome.output), timeoutSeconds })
  watcher.failed(outcome.step, why)
  return new HostEnd('failed', `${task.type} ${task.name}: ${maskSummary(mask, change.summary)}: ${why}`)
}

/** The host may have gone on by itself: what is not reported to be done may be. */
function garbled({ sentTrip, watcher }: SessionState, outcome: Extract<TripOutcome, { kind: 'garbled' }>): HostEnd {
  const { why, none } = outcome
  const undone = sentTrip.steps.filter((step) => !sentTrip.done.has(step))
  undone.forEach((step) => (none ? watcher.notMade(step) : watcher.unknown(step, why)))
  return new HostEnd('failed', why)
}
