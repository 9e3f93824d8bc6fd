// Makes one trip over a connection: sends the script, reports its progress, and returns what happened.
import { randomBytes } from 'node:crypto'
import { ANSWERS_BYTES, STEP_BYTES } from '../../core/bounds.ts'
import type { Untrusted } from '../../shell/untrusted.ts'
import { ConnectionLost, TooMuchSaid, Unreachable, type Connection, type Greeting } from '../session/connection.ts'
import { isAsked, questionFrames, readAnswers, type QuestionFrame } from './questions.ts'
import { tripScript } from './trip.ts'
import type { Probe } from '../../core/probe/probe.ts'
import { stopFile, tripWords } from './trip-words.ts'
import { watchdog } from './watchdog.ts'
import { answerOf, stderrByQuestion, tripReader } from './trip-reader.ts'
import {
  GRACE_SECONDS,
  SILENCE_SECONDS,
  type Trip,
  type TripOutcome,
  type TripWatcher,
  type RunningTrip,
  begin,
  takeFrame,
} from './trip-course.ts'

/** A random word for one trip, that nothing on the host can print by chance. */
export const newMark = (): string => `mailrun-${randomBytes(12).toString('hex')}`

/** A script may be long and the line slow; the shell says nothing before it has read it whole. */
const SLOWEST_BYTES_PER_SECOND = 8000
const DUMB =
  "does the login shell's profile, sudo, or one of its PAM modules wait for something, a file system hang, " +
  "or sshd's ForceCommand start something else? Log in with ssh, and see"

/**
 * Makes one trip.
 *
 * @throws Unreachable where no shell of a new connection takes the script.
 * @throws ConnectionLost, also when the host fell silent for longer than any step may take.
 */
export async function makeTrip(connection: Connection, trip: Trip, watcher: TripWatcher): Promise<TripOutcome> {
  const { mark } = trip
  const questions = questionFrames(trip.probes)
  const watch = watchdog(trip.abandon)
  const runningTrip = begin(trip, watcher, watch, questions.map(subjectOf))
  const stop = (): void => {
    if (trip.finishes) return
    // Nothing is in hand yet: a shell that is not listened to begins no step.
    if (trip.steps.length === 0 || runningTrip.waiting) watch.abort('interrupted')
    else connection.touch(stopFile(runningTrip.words)).catch(() => watch.abort('interrupted'))
  }
  trip.interrupt.addEventListener('abort', stop, { once: true })
  const reader = tripReader(mark, (frame) => takeFrame(runningTrip, frame))
  try {
    const script = trip.sent === true ? '' : scriptOf(runningTrip, questions)
    const beginSeconds = beginningSeconds(trip, script)
    watch.expectWithin(beginSeconds, 'beginning')
    watch.endWithin(beginSeconds + laterSeconds(trip))
    const { stderr } = await connection.exchange({
      script,
      end: `${mark} end`,
      most: ANSWERS_BYTES + trip.steps.length * STEP_BYTES,
      onStdout: (chunk) => reader.feed(chunk),
      signal: watch.signal,
    })
    return runningTrip.ended ?? askedOutcome(runningTrip, questions, stderr)
  } catch (error) {
    if (error instanceof TooMuchSaid) return garbledOutcome(runningTrip, tooMuchSaid(runningTrip, questions, error))
    if (error instanceof ConnectionLost && runningTrip.garbled !== undefined)
      return garbledOutcome(runningTrip, runningTrip.garbled)
    if (error instanceof ConnectionLost && watch.why !== undefined) throw brokenOff(runningTrip, watch.why)
    throw error
  } finally {
    watch.clear()
    trip.interrupt.removeEventListener('abort', stop)
  }
}

/** A trip that only asks, as it goes out with a connection. */
export function greetingOf(mark: string, probes: readonly Probe<unknown>[], questionsSeconds: number): Greeting {
  const questions = questionFrames(probes)
  const words = tripWords(mark)
  return {
    mark,
    script: tripScript({ words, steps: [], questions, questionsSeconds, after: undefined, lock: undefined }),
  }
}

/** What a question is about, as a profile says it. */
const subjectOf = ({ family }: QuestionFrame): string => family?.name ?? 'other'

const beginningSeconds = (trip: Trip, script: string): number =>
  (trip.beginSeconds ?? SILENCE_SECONDS) + Math.ceil(script.length / SLOWEST_BYTES_PER_SECOND)

/** The longest that what comes after its beginning may take: each limit once. */
function laterSeconds({ steps, probes, holder, lockSeconds, questionsSeconds }: Trip): number {
  const lock = (holder === undefined ? 0 : lockSeconds) + SILENCE_SECONDS
  const changes = steps.map(({ timeoutSeconds }) => timeoutSeconds + GRACE_SECONDS + SILENCE_SECONDS)
  const questions = probes.length === 0 ? 0 : questionsSeconds + GRACE_SECONDS
  return [lock, ...changes, questions, SILENCE_SECONDS].reduce((sum, each) => sum + each, 0)
}

const scriptOf = ({ trip, words }: RunningTrip, questions: readonly QuestionFrame[]): string =>
  tripScript({
    words,
    steps: trip.steps,
    questions,
    questionsSeconds: trip.questionsSeconds,
    after: trip.after,
    lock: trip.holder === undefined ? undefined : { holder: trip.holder, waitSeconds: trip.lockSeconds },
  })

function askedOutcome(
  runningTrip: RunningTrip,
  questions: readonly QuestionFrame[],
  stderr: Untrusted<Buffer>,
): TripOutcome {
  const { trip, answers, hung, stale, last, outdated } = runningTrip
  const { byQuestion, rest } = stderrByQuestion(trip.mark, stderr)
  const reported = new Map([...answers].map(([index, frame]) => [index, answerOf(frame, byQuestion.get(index))]))
  return {
    kind: 'asked',
    asked: readAnswers(questions, { hung: hung === undefined ? undefined : questions[hung], rest }, reported),
    last: stale || trip.steps.length === 0 ? last : runningTrip.words.record,
    notMade: stale ? trip.steps[0] : outdated,
  }
}

/** A shell of a new connection that never began has nothing in hand: there was no connection yet. */
function brokenOff({ trip, taken }: RunningTrip, why: string): Error {
  const neverBegan = !taken && trip.beginSeconds !== undefined
  const isLeft = trip.interrupt.aborted || trip.abandon.aborted
  return neverBegan && !isLeft ? new Unreachable(`${why}: ${DUMB}`) : new ConnectionLost(why)
}

/** What has ended the trip before stays what it came to. */
const garbledOutcome = ({ ended, stale, outdated }: RunningTrip, why: string): TripOutcome =>
  ended ?? { kind: 'garbled', why, none: stale || outdated !== undefined }

function tooMuchSaid({ trip, asking }: RunningTrip, questions: readonly QuestionFrame[], error: TooMuchSaid): string {
  if (asking < 0) return error.message
  const asked = trip.probes.find((probe) => isAsked(probe, questions[asking]))
  return `${error.message}, when it was asked: ${asked?.key ?? ''}`
}
