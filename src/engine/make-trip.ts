// Makes one trip over a connection: sends the script, tells its progress, and reads what came of it.
import { randomBytes } from 'node:crypto'
import type { Probe } from '../model/probe.ts'
import { ConnectionLost, TooMuchSaid, Unreachable, type Connection } from './connection.ts'
import type { Asked } from './foresee.ts'
import type { PlannedStep } from './steps.ts'
import { isAsked, questionFrames, readAnswers } from './questions.ts'
import { tripScript } from './trip.ts'
import { saysOutdated, stopFile as stopFileOf, tripWords } from './trip-words.ts'
import { watchdog } from './watchdog.ts'
import { answerOf, stderrByQuestion, tripReader, type Frame } from './trip-reader.ts'

/** A random word for one trip, that nothing on the host can print by chance. */
export const newMark = (): string => `mailrun-${randomBytes(12).toString('hex')}`

export interface Trip {
  readonly mark: string
  readonly steps: readonly PlannedStep[]
  /**
   * What the plans rest on: where another run has changed something since that trip, no step is made. `undefined`: made
   * whatever was before.
   */
  readonly after: string | undefined
  /** Empty on a trip that only carries steps. */
  readonly probes: readonly Probe<unknown>[]
  /** For all of them. */
  readonly questionsSeconds: number
  /** Who holds the host's lock during the trip; `undefined` takes none: in a check. */
  readonly holder: string | undefined
  readonly lockSeconds: number
  /**
   * For the login shell of a new connection, and what stands before it (sudo, PAM), to hand over; `undefined`: it did.
   */
  readonly beginSeconds: number | undefined
  readonly interrupt: AbortSignal
  readonly abandon: AbortSignal
}

/** What is told while a trip is under way. */
export interface TripWatcher {
  waiting(holder: string): void
  started(step: PlannedStep): void
  progress(step: PlannedStep, line: string): void
  done(step: PlannedStep, code: number): void
}

export type TripOutcome =
  /**
   * `last`: the record's word of the last trip with steps, this one included. `notMade`: the first of its steps that
   * was not made, nor any after it, for the host is no longer what the plans were made on.
   */
  | {
      readonly kind: 'asked'
      readonly asked: (probe: Probe<unknown>) => Asked
      readonly last: string
      readonly notMade: PlannedStep | undefined
    }
  | {
      readonly kind: 'failed'
      readonly step: PlannedStep
      readonly code: number
      readonly output: string
      /** How long it took. */ readonly seconds: number
    }
  | { readonly kind: 'locked'; readonly holder: string }
  /**
   * The host cannot be worked on: it cannot keep the lock, for its disk is full or read-only; it lacks a program; it
   * says too much.
   */
  | { readonly kind: 'broken'; readonly why: string }
  /** The interrupt came between two steps: no further one was started. */
  | { readonly kind: 'stopped' }

/** This long without a word where one is due means that the host, or the way to it, hangs. */
const SILENCE_SECONDS = 120
/** A script may be long and the line slow; the shell says nothing before it has read it whole. */
const SLOWEST_BYTES_PER_SECOND = 8000
/** Beyond a limit that the host keeps itself: for its killing and for the network. */
const GRACE_SECONDS = 40

const DUMB =
  "does the login shell's profile, sudo, or one of its PAM modules wait for something, a file system hang, or sshd's ForceCommand start something else? Log in with ssh, and see"

/**
 * @throws Unreachable where no shell of a new connection takes the script. @throws ConnectionLost, also when the host
 * fell silent for longer than any step may take.
 */
export async function makeTrip(connection: Connection, trip: Trip, watcher: TripWatcher): Promise<TripOutcome> {
  const { mark } = trip
  const words = tripWords(mark)
  const stopFile = stopFileOf(words)
  const questions = questionFrames(trip.probes)
  const answers = new Map<number, Extract<Frame, { kind: 'answered' }>>()
  let ended: TripOutcome | undefined
  let last = ''
  let stale = false
  let outdated: PlannedStep | undefined
  let waiting = false
  let asking = -1
  let hung: number | undefined
  let taken = false
  let begun = 0
  const watch = watchdog(trip.abandon)

  const onFrame = (frame: Frame): void => {
    switch (frame.kind) {
      case 'begun':
        taken = true
        return watch.expectWithin(trip.lockSeconds + SILENCE_SECONDS, 'beginning')
      case 'waiting':
        waiting = true
        watch.expectWithin(trip.lockSeconds + GRACE_SECONDS, 'waiting for the lock')
        return watcher.waiting(frame.holder)
      case 'locked':
        ended = { kind: 'locked', holder: frame.holder }
        return
      case 'broken':
        ended = frame
        return
      case 'stopped':
        ended = { kind: 'stopped' }
        return
      case 'last':
        waiting = false
        last = frame.mark
        watch.expectWithin(SILENCE_SECONDS, 'going on')
        return
      case 'hung':
        hung = asking
        return
      case 'stale':
        stale = true
        return
      case 'ask':
        asking = frame.question
        return watch.expectWithin(trip.questionsSeconds + GRACE_SECONDS, 'answering a question')
      case 'answered':
        answers.set(frame.question, frame)
        return
    }
    const step = trip.steps[frame.step]
    if (step === undefined) return
    switch (frame.kind) {
      case 'start':
        begun = performance.now()
        watch.expectWithin(
          step.timeoutSeconds + GRACE_SECONDS,
          `${step.task.type} ${step.task.name}: ${step.change.summary}`,
        )
        return watcher.started(step)
      case 'progress':
        return watcher.progress(step, frame.line)
      case 'done':
        watch.expectWithin(SILENCE_SECONDS, 'going on')
        if (saysOutdated(words, frame.code, frame.output)) outdated = step
        else if (frame.code !== 0)
          ended = {
            kind: 'failed',
            step,
            code: frame.code,
            output: frame.output,
            seconds: (performance.now() - begun) / 1000,
          }
        return watcher.done(step, frame.code)
    }
  }

  const stop = (): void => {
    // Nothing is in hand yet: a shell that is not listened to begins no step.
    if (trip.steps.length === 0 || waiting) watch.abort('interrupted')
    else connection.touch(stopFile).catch(() => watch.abort('interrupted'))
  }
  trip.interrupt.addEventListener('abort', stop, { once: true })
  const reader = tripReader(mark, onFrame)
  try {
    const script = tripScript({
      words,
      steps: trip.steps,
      questions,
      questionsSeconds: trip.questionsSeconds,
      after: trip.after,
      lock: trip.holder === undefined ? undefined : { holder: trip.holder, waitSeconds: trip.lockSeconds },
    })
    watch.expectWithin(
      (trip.beginSeconds ?? SILENCE_SECONDS) + Math.ceil(script.length / SLOWEST_BYTES_PER_SECOND),
      'beginning',
    )
    const { stderr } = await connection.exchange({
      script,
      end: `${mark} end`,
      onStdout: (chunk) => reader.feed(chunk),
      signal: watch.signal,
    })
    if (ended) return ended
    const errors = stderrByQuestion(mark, stderr)
    const asked = readAnswers(
      questions,
      hung,
      new Map([...answers].map(([index, frame]) => [index, answerOf(frame, errors.get(index))])),
    )
    return {
      kind: 'asked',
      asked,
      last: stale || trip.steps.length === 0 ? last : words.record,
      notMade: stale ? trip.steps[0] : outdated,
    }
  } catch (error) {
    if (error instanceof ConnectionLost && watch.why !== undefined) {
      if (!taken && trip.beginSeconds !== undefined && !trip.interrupt.aborted && !trip.abandon.aborted)
        throw new Unreachable(`${watch.why}: ${DUMB}`)
      throw new ConnectionLost(watch.why)
    }
    if (error instanceof TooMuchSaid)
      return {
        kind: 'broken',
        why: `${error.message}${asking < 0 ? '' : `, when it was asked: ${trip.probes.find((probe) => isAsked(probe, questions[asking]))?.key ?? ''}`}`,
      }
    throw error
  } finally {
    watch.clear()
    trip.interrupt.removeEventListener('abort', stop)
  }
}
