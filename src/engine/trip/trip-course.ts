// A running trip: what the lines of its script tell of it, one after the other, and how long the host may be silent.
import type { Probe } from '../../core/probe/probe.ts'
import { OUTDATED_STATUS } from '../../shell/outdated.ts'
import type { Untrusted } from '../../shell/untrusted.ts'
import type { Asked } from '../foresee.ts'
import type { Stopwatch } from '../stopwatch.ts'
import type { PlannedStep } from './steps.ts'
import { saysOutdated, tripWords, type TripWords } from './trip-words.ts'
import { progressLines, type Frame } from './trip-reader.ts'
import type { Watchdog } from './watchdog.ts'

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
  /** The interrupt does not break off what is asked: it comes to its end. */
  readonly finishes?: boolean
  /** Who holds the host's lock during the trip; `undefined` takes none: in a check. */
  readonly holder: string | undefined
  /** Its script went out with the connection: only its output is to be read. */
  readonly sent?: boolean
  readonly lockSeconds: number
  /**
   * For the login shell of a new connection, and what stands before it (sudo, PAM), to hand over; `undefined`: it did.
   */
  readonly beginSeconds: number | undefined
  readonly interrupt: AbortSignal
  readonly abandon: AbortSignal
}

/** What is reported while a trip is running. */
export interface TripWatcher {
  /** Left out: nobody wants to know where the time goes. */
  readonly stopwatch?: Stopwatch
  waiting(holder: Untrusted): void
  started(step: PlannedStep): void
  progress(step: PlannedStep, line: Untrusted): void
  done(step: PlannedStep, code: number): void
}

export type TripOutcome =
  /**
   * `last`: the record's word of the last trip with steps, this one included. `notMade`: the first of its steps that
   * was not
   * made, nor any after it, for the host is no longer what the plans were made on.
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
      /** How long it took. */
      readonly seconds: number
    }
  | { readonly kind: 'locked'; readonly holder: string }
  /** The host cannot be worked on: it cannot keep the lock, for its disk is full or read-only; it lacks a program. */
  | { readonly kind: 'broken'; readonly why: string }
  /**
   * What the host says is no trip's, or too much. Nobody can tell what became of the steps that are not reported to be
   * done, but where `none` of them is made on a host that has changed.
   */
  | { readonly kind: 'garbled'; readonly why: string; readonly none: boolean }
  /** The interrupt came between two steps: no further one was started. */
  | { readonly kind: 'stopped' }

/** This long without a word where one is due means that the host, or the way to it, hangs. */
export const SILENCE_SECONDS = 120
/** Added to a limit that the host keeps itself: for its killing and for the network. */
export const GRACE_SECONDS = 40

/** A running trip: what its frames have said so far. */
export interface RunningTrip {
  readonly trip: Trip
  readonly words: TripWords
  readonly watcher: TripWatcher
  readonly watch: Watchdog
  /** What each question is about. */
  readonly subjects: readonly string[]
  readonly answers: Map<number, Extract<Frame, { kind: 'answered' }>>
  /** How it came to an end before it asked. */
  ended: TripOutcome | undefined
  /** The record's word of the last trip with steps before this one. */
  last: string
  /** Another run has changed something since the plans were made: no step is made. */
  stale: boolean
  /** This step says that its plan is. */
  outdated: PlannedStep | undefined
  /** Another run holds the host. */
  waiting: boolean
  /** The place of the question that is asked, and of the one that did not end. */
  asking: number
  hung: number | undefined
  /** The step in hand, and the last that began: they come in their order, each once. */
  inHand: number | undefined
  lastStep: number
  /** Why what the host says is no trip's. */
  garbled: string | undefined
  /** A shell has begun with the script. */
  taken: boolean
  /** When the step in hand did. */
  begun: number
  /** Whether it has said something while it ran. */
  isHeard: boolean
}

export const begin = (trip: Trip, watcher: TripWatcher, watch: Watchdog, subjects: readonly string[]): RunningTrip => ({
  trip,
  words: tripWords(trip.mark),
  watcher,
  watch,
  subjects,
  answers: new Map(),
  ended: undefined,
  last: '',
  stale: false,
  outdated: undefined,
  waiting: false,
  asking: -1,
  hung: undefined,
  inHand: undefined,
  lastStep: -1,
  garbled: undefined,
  taken: false,
  begun: 0,
  isHeard: false,
})

/** Takes note of a frame, and sets how long the host may be silent from now on. */
export function takeFrame(runningTrip: RunningTrip, frame: Frame): void {
  if (frame.kind === 'garbled') return garble(runningTrip, frame.why)
  const disorder = disorderIn(runningTrip, frame)
  if (disorder !== undefined) return garble(runningTrip, disorder)
  if ('step' in frame) return takeStepFrame(runningTrip, frame)
  const { trip, watch, watcher } = runningTrip
  switch (frame.kind) {
    case 'begun':
      runningTrip.taken = true
      return watch.expectWithin(trip.lockSeconds + SILENCE_SECONDS, 'beginning')
    case 'waiting':
      runningTrip.waiting = true
      watcher.stopwatch?.begins('lock')
      watch.expectWithin(trip.lockSeconds + GRACE_SECONDS, 'waiting for the lock')
      return watcher.waiting(frame.holder)
    case 'locked':
      runningTrip.ended = { kind: 'locked', holder: frame.holder }
      return
    case 'broken':
      runningTrip.ended = frame
      return
    case 'stopped':
      runningTrip.ended = { kind: 'stopped' }
      return
    case 'last':
      runningTrip.waiting = false
      watcher.stopwatch?.begins('shell')
      runningTrip.last = frame.mark
      return watch.expectWithin(SILENCE_SECONDS, 'going on')
    case 'hung':
      runningTrip.hung = runningTrip.asking
      return
    case 'stale':
      runningTrip.stale = true
      return
    case 'ask':
      // One limit for all of them.
      if (runningTrip.asking < 0) watch.expectWithin(trip.questionsSeconds + GRACE_SECONDS, 'answering its questions')
      runningTrip.asking = frame.question
      return watcher.stopwatch?.begins('questions', runningTrip.subjects[frame.question])
    case 'answered':
      runningTrip.answers.set(frame.question, frame)
      watcher.stopwatch?.begins('shell')
  }
}

/** What the host sends is given up: nothing more of it counts. */
function garble(runningTrip: RunningTrip, why: string): void {
  const advice = 'log in with ssh, and see what its shell is'
  runningTrip.garbled ??= `what the host says of its work cannot be read: ${why}: ${advice}`
  runningTrip.watch.abort(runningTrip.garbled)
}

/** What no script of a trip says now: a step or a question out of its turn. */
function disorderIn(
  { trip, garbled, inHand, lastStep, asking, answers }: RunningTrip,
  frame: Frame,
): string | undefined {
  if (garbled !== undefined) return garbled
  const inTurn = (): boolean => {
    switch (frame.kind) {
      case 'start':
        return inHand === undefined && frame.step > lastStep && trip.steps[frame.step] !== undefined
      case 'progress':
      case 'done':
        return frame.step === inHand
      case 'ask':
        return frame.question === asking + 1
      case 'answered':
        return frame.question === asking && !answers.has(asking)
      default:
        return true
    }
  }
  return inTurn() ? undefined : `"${frame.kind}" is out of its turn`
}

function takeStepFrame(runningTrip: RunningTrip, frame: Extract<Frame, { readonly step: number }>): void {
  const { trip, watch, watcher } = runningTrip
  const step = trip.steps[frame.step]!
  switch (frame.kind) {
    case 'start':
      runningTrip.inHand = frame.step
      runningTrip.isHeard = false
      runningTrip.lastStep = frame.step
      runningTrip.begun = performance.now()
      watch.expectWithin(
        step.timeoutSeconds + GRACE_SECONDS,
        `${step.task.type} ${step.task.name}: ${step.change.summary}`,
      )
      watcher.stopwatch?.begins('change', `${step.task.type} ${step.task.name}`)
      return watcher.started(step)
    case 'progress':
      runningTrip.isHeard = true
      return watcher.progress(step, frame.line)
    case 'done':
      runningTrip.inHand = undefined
      watcher.stopwatch?.begins('shell')
      // Of a step that ends soon nothing is sent while it runs.
      if (!runningTrip.isHeard && frame.code !== OUTDATED_STATUS)
        for (const line of progressLines(frame.output)) watcher.progress(step, line)
      watch.expectWithin(SILENCE_SECONDS, 'going on')
      if (saysOutdated(runningTrip.words, frame.code, frame.output)) runningTrip.outdated = step
      else if (frame.code !== 0) runningTrip.ended = failedOutcome(step, frame, runningTrip.begun)
      return watcher.done(step, frame.code)
  }
}

const failedOutcome = (step: PlannedStep, frame: Extract<Frame, { kind: 'done' }>, begun: number): TripOutcome => ({
  kind: 'failed',
  step,
  code: frame.code,
  output: frame.output,
  seconds: (performance.now() - begun) / 1000,
})
