// A session: the connection to one host during its run. It makes changes and asks questions. If the connection is lost,
// it connects once more and asks what happened to the change that was running.
import { hostname, userInfo } from 'node:os'
import type { PreparedHost } from '../../core/fleet/prepared-host.ts'
import type { Probe } from '../../core/probe/probe.ts'
import type { Reporter } from '../../core/run-event.ts'
import { hostFacts } from '../../resources/host/host-facts.ts'
import type { Mask } from '../../shell/mask.ts'
import { ConnectionLost, type Connect } from './connection.ts'
import { HostEnd } from '../host-end.ts'
import { greetingOf, newMark } from '../trip/make-trip.ts'
import type { TripOutcome } from '../trip/trip-course.ts'
import type { RunOptions } from '../run-options.ts'
import { askAfterLoss } from './session-loss.ts'
import { reconnectFor } from './reconnect.ts'
import { answersOf, open, QUESTIONS_SECONDS, trip, type SessionSetting, type SessionState } from './session-trip.ts'
import type { Answers, SessionWatcher } from './session-watcher.ts'
import { tripsOf, type PlannedStep } from '../trip/steps.ts'

/** How often plans may come too late. */
const OUTDATED_AT_MOST = 5

export interface Session {
  /** Round trips so far. */
  readonly trips: number
  /** What is asked from now on: the questions of tasks that were made of the host's facts. */
  asks(prepared: PreparedHost): void
  /**
   * Makes the changes, in as many trips as their size needs, and asks everything again.
   *
   * Where the host is to say its facts, the first call asks these alone.
   *
   * @throws HostEnd, Unreachable, ConnectionLost
   */
  changeAndAsk(steps: readonly PlannedStep[]): Promise<Answers>
  close(): void
}

/**
 * Connects to a host.
 *
 * @param mask - as it is now: secrets become known as plans are made.
 * @throws HostEnd, Unreachable
 */
export async function openSession(
  prepared: PreparedHost,
  options: RunOptions,
  connect: Connect,
  report: Reporter,
  mask: Mask,
  watcher: SessionWatcher,
): Promise<Session> {
  const setting: SessionSetting = {
    host: prepared.host,
    options,
    connect,
    report,
    mask,
    watcher,
    holder: options.check ? undefined : thisProcess(),
  }
  const { gathers } = prepared
  const probes = gathers === undefined ? questionsOf(prepared) : Object.values(gathers.facts)
  const greeting = gathers === undefined ? undefined : greetingOf(newMark(), probes, QUESTIONS_SECONDS)
  const state: SessionState = {
    ...setting,
    connection: await open(setting, { greeting }),
    probes,
    greeting,
    fresh: true,
    reconnected: false,
    outdated: 0,
    trips: 0,
    last: undefined,
    sentTrip: { mark: '', steps: [], begun: new Set(), done: new Set() },
  }
  return {
    get trips() {
      return state.trips
    },
    asks: (made) => void (state.probes = questionsOf(made)),
    changeAndAsk: (steps) => carryOut(state, tripsOf(steps)),
    close: () => state.connection.close(),
  }
}

const questionsOf = ({
  tasks,
  outputs,
  gives = {},
}: Pick<PreparedHost, 'tasks' | 'outputs' | 'gives'>): readonly Probe<unknown>[] => [
  hostFacts,
  ...tasks.map(({ probe }) => probe),
  ...Object.values(outputs),
  ...Object.values(gives),
]

/** As others who wait for the host see it. */
const thisProcess = (): string =>
  `${userInfo().username}@${hostname()}, process ${process.pid}, since ${new Date().toISOString()}`

/** One trip after another; the last one asks. */
async function carryOut(
  state: SessionState,
  [steps = [], ...rest]: readonly (readonly PlannedStep[])[],
): Promise<Answers> {
  await reconnectFor(state, [steps, ...rest].flat())
  let outcome: TripOutcome
  try {
    outcome = await trip(state, steps, rest.length === 0 ? state.probes : [])
  } catch (error) {
    if (!(error instanceof ConnectionLost)) throw error
    const away = [steps, ...rest].flat().map(({ change }) => change.reconnect?.withinSeconds ?? 0)
    notMade(state, rest.flat())
    return askAfterLoss(state, error, Math.max(0, ...away))
  }
  const answers = answersOf(state, outcome)
  const first = outcome.kind === 'asked' ? outcome.notMade : undefined
  if (first === undefined) return rest.length === 0 ? answers : carryOut(state, rest)
  state.outdated += 1
  if (state.outdated > OUTDATED_AT_MOST) throw outdatedEachTime(first)
  notMade(state, [...steps.slice(steps.indexOf(first)), ...rest.flat()])
  return rest.length === 0 ? answers : carryOut(state, [])
}

const notMade = ({ watcher }: SessionState, steps: readonly PlannedStep[]): void =>
  steps.forEach((step) => watcher.notMade(step))

const outdatedEachTime = ({ task }: PlannedStep): HostEnd =>
  new HostEnd(
    'failed',
    `${task.type} ${task.name}: somebody else keeps changing this host, ` +
      'and the plans for it are outdated each time: try again later',
  )
