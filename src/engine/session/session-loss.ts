// What happens when the connection to a host is lost: mailrun connects once more, and finds out from the host's record
// and answers what happened to the steps that were running.
import { setTimeout as sleep } from 'node:timers/promises'
import type { Probe } from '../../core/probe/probe.ts'
import { ConnectionLost, Refused, Unreachable, type Connection } from './connection.ts'
import { HostEnd } from '../host-end.ts'
import { progressOf, type Progress } from '../trip/progress.ts'
import { answersOf, failed, LOCK_SECONDS, open, trip, type SessionState, type SentTrip } from './session-trip.ts'
import type { Answers } from './session-watcher.ts'
import type { PlannedStep } from '../trip/steps.ts'
import { saysOutdated, tripWords } from '../trip/trip-words.ts'

/** No attempt to make a lost connection again begins later than this after the first. */
const AWAY_SECONDS = 30

/** What was running when the connection was lost. */
interface Loss {
  readonly lost: SentTrip
  /** Its steps that are not reported to be done. */
  readonly undone: readonly PlannedStep[]
  readonly why: string
  readonly advice: string
}

/**
 * @param away - so many seconds the host may be away, where the changes themselves make it go.
 * @throws HostEnd
 */
export async function askAfterLoss(state: SessionState, error: ConnectionLost, away: number): Promise<Answers> {
  state.connection.close()
  const loss = lossOf(state, error)
  if (state.options.askedOnce !== undefined) throw endOfCommand(state, loss)
  if (state.options.interrupt.aborted || state.reconnected) {
    tellUnknown(state, loss)
    throw endOf(state, loss)
  }
  state.reconnected = true
  const progress = progressOf(loss.lost.mark, state.last)
  const answers = await askAgain(state, loss, progress, Math.max(AWAY_SECONDS, away))
  const reported = answers(progress)
  const record = 'state' in reported ? (reported.state as Progress | undefined) : undefined
  for (const step of loss.undone) settle(state, step, loss, record, answers)
  return answers
}

function lossOf({ options, sentTrip }: SessionState, error: ConnectionLost): Loss {
  const undone = sentTrip.steps.filter((step) => !sentTrip.done.has(step))
  const findsOut = undone.length > 0 ? ', which finds out what became of the running changes' : ''
  return {
    lost: sentTrip,
    undone,
    why: options.interrupt.aborted ? 'left at once' : `the connection was lost: ${error.message}`,
    advice: `run it again once the host answers${findsOut}`,
  }
}

/** After an interrupt no further step begins; else the host may have gone on by itself. */
function tellUnknown({ options, watcher }: SessionState, { lost, undone, why }: Loss): void {
  undone
    .filter((step) => !options.interrupt.aborted || lost.begun.has(step))
    .forEach((step) => watcher.unknown(step, why))
}

/** Where the connection is not made again. */
const endOf = ({ options }: SessionState, { why, advice }: Loss): HostEnd =>
  options.interrupt.aborted
    ? new HostEnd('interrupted', why)
    : new HostEnd('unreachable', `${why}, for the second time: ${advice}`)

/** Nobody can tell how far a command came that is run once, and nothing is asked again. */
const endOfCommand = ({ options }: SessionState, { why }: Loss): HostEnd =>
  new HostEnd(
    options.interrupt.aborted ? 'interrupted' : 'failed',
    `${why}: whether the command ran, and to its end, is unknown`,
  )

/** Makes the connection again, and asks everything, and what came of the steps. */
async function askAgain(
  state: SessionState,
  loss: Loss,
  progress: Probe<Progress | undefined>,
  away: number,
): Promise<Answers> {
  try {
    state.connection = await reopen(state, away)
    state.fresh = true
    // What was in hand has ended once the lock is free.
    const longest = Math.max(0, ...loss.undone.map(({ timeoutSeconds }) => timeoutSeconds))
    return answersOf(state, await trip(state, [], [progress, ...state.probes], LOCK_SECONDS + longest))
  } catch (error) {
    tellUnknown(state, loss)
    if (state.options.interrupt.aborted) throw new HostEnd('interrupted', 'interrupted')
    if (!(error instanceof Unreachable || error instanceof ConnectionLost)) throw error
    throw new HostEnd('unreachable', `${loss.why}; and not made again: ${error.message}\n${loss.advice}`)
  }
}

/** A host that restarts its sshd, or itself, is away for a while: tries with growing pauses. */
async function reopen(state: SessionState, away: number): Promise<Connection> {
  const { interrupt } = state.options
  const until = performance.now() + away * 1000
  for (let pause = 1000; ; pause *= 2) {
    try {
      return await open(state, { anew: true })
    } catch (error) {
      if (!isWorthAnotherTry(error) || interrupt.aborted || performance.now() + pause > until) throw error
      await sleep(pause, undefined, { signal: interrupt }).catch(() => {})
    }
  }
}

const isWorthAnotherTry = (error: unknown): boolean => error instanceof Unreachable && !(error instanceof Refused)

/** Tells of a step whose end was lost on the way, by the host's own record, else by the answers. */
function settle(
  state: SessionState,
  step: PlannedStep,
  { lost, why }: Loss,
  progress: Progress | undefined,
  answers: Answers,
): void {
  const { watcher } = state
  const index = lost.steps.indexOf(step)
  const code = progress?.done.get(index)
  if (saysOutdated(tripWords(lost.mark), code, progress?.output)) return watcher.notMade(step)
  if (code !== undefined && code !== 0)
    throw failed(state, { kind: 'failed', step, code, output: progress?.output ?? '', seconds: 0 })
  if (!step.completes) return
  if (code === 0) return watcher.made(step)
  if (progress !== undefined && !progress.started.has(index)) return watcher.notMade(step)
  if (watcher.isMade(step, answers)) return watcher.made(step)
  if (!step.task.once) return watcher.notMade(step)
  watcher.unknown(step, why)
  throw new HostEnd('failed', `${step.task.type} ${step.task.name}: ${why}`)
}
