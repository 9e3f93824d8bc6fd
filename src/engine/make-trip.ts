// Makes one trip over a connection: sends the script, tells its progress, and reads what came of it.
import { randomBytes } from 'node:crypto'
import type { Probe } from '../model/probe.ts'
import { ConnectionLost, type Connection } from './connection.ts'
import type { Asked } from './foresee.ts'
import type { PlannedStep } from './steps.ts'
import { questionFrames, readAnswers } from './questions.ts'
import { tripScript } from './trip.ts'
import { answerOf, stderrByQuestion, tripReader, type Frame } from './trip-reader.ts'

/** A random word for one trip, that nothing on the host can print by chance. */
export const newMark = (): string => `mailrun-${randomBytes(12).toString('hex')}`

export interface Trip {
  readonly mark: string
  readonly steps: readonly PlannedStep[]
  /** What the plans rest on: where another run has changed something since that trip, no step is made. `undefined`: made whatever was before. */
  readonly after: string | undefined
  /** Empty on a trip that only carries steps. */
  readonly probes: readonly Probe<unknown>[]
  /** Who holds the host's lock during the trip; `undefined` takes none: in a check. */
  readonly holder: string | undefined
  readonly lockSeconds: number
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
  /** `last`: the mark of the last trip with steps, this one included; `stale`: none of its steps was made. */
  | { readonly kind: 'asked'; readonly asked: (probe: Probe<unknown>) => Asked; readonly last: string; readonly stale: boolean }
  | { readonly kind: 'failed'; readonly step: PlannedStep; readonly code: number; readonly output: string }
  | { readonly kind: 'locked'; readonly holder: string }
  /** The host cannot keep the lock: its disk is full or read-only. */
  | { readonly kind: 'broken'; readonly why: string }
  /** The interrupt came between two steps: no further one was started. */
  | { readonly kind: 'stopped' }

/** Questions are read-only and quick; this long without the next frame means that the host hangs. */
const QUESTION_SECONDS = 120
/** Beyond a step's own limit: for its killing and for the network. */
const GRACE_SECONDS = 40

/** @throws ConnectionLost, also when the host fell silent for longer than any step may take. */
export async function makeTrip(connection: Connection, trip: Trip, watcher: TripWatcher): Promise<TripOutcome> {
  const { mark } = trip
  const stopFile = `/tmp/${mark}.stop`
  const questions = questionFrames(trip.probes)
  const answers = new Map<number, Extract<Frame, { kind: 'answered' }>>()
  let ended: TripOutcome | undefined
  let last = ''
  let stale = false
  const watch = watchdog(trip.abandon)

  const onFrame = (frame: Frame): void => {
    switch (frame.kind) {
      case 'waiting':
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
        last = frame.mark
        return
      case 'stale':
        stale = true
        return
      case 'ask':
        return watch.expectWithin(QUESTION_SECONDS, 'answering a question')
      case 'answered':
        answers.set(frame.question, frame)
        return
    }
    const step = trip.steps[frame.step]
    if (step === undefined) return
    switch (frame.kind) {
      case 'start':
        watch.expectWithin(step.timeoutSeconds + GRACE_SECONDS, `${step.task.type} ${step.task.name}: ${step.change.summary}`)
        return watcher.started(step)
      case 'progress':
        return watcher.progress(step, frame.line)
      case 'done':
        watch.expectWithin(QUESTION_SECONDS, 'going on')
        if (frame.code !== 0) ended = { kind: 'failed', step, code: frame.code, output: frame.output }
        return watcher.done(step, frame.code)
    }
  }

  const stop = (): void => {
    if (trip.steps.length === 0) watch.abort('interrupted')
    else connection.touch(stopFile).catch(() => watch.abort('interrupted'))
  }
  trip.interrupt.addEventListener('abort', stop, { once: true })
  const reader = tripReader(mark, onFrame)
  try {
    watch.expectWithin(trip.lockSeconds + QUESTION_SECONDS, 'beginning')
    const { stderr } = await connection.exchange({
      script: tripScript({
        mark,
        steps: trip.steps,
        questions,
        stopFile,
        after: trip.after,
        lock: trip.holder === undefined ? undefined : { holder: trip.holder, waitSeconds: trip.lockSeconds },
      }),
      end: `${mark} end`,
      onStdout: (chunk) => reader.feed(chunk),
      signal: watch.signal,
    })
    if (ended) return ended
    const errors = stderrByQuestion(mark, stderr)
    const asked = readAnswers(questions, new Map([...answers].map(([index, frame]) => [index, answerOf(frame, errors.get(index))])))
    return { kind: 'asked', asked, last: stale || trip.steps.length === 0 ? last : mark, stale }
  } catch (error) {
    if (error instanceof ConnectionLost && watch.why !== undefined) throw new ConnectionLost(watch.why)
    throw error
  } finally {
    watch.clear()
    trip.interrupt.removeEventListener('abort', stop)
  }
}

interface Watchdog {
  readonly signal: AbortSignal
  /** Why it barked. */
  readonly why: string | undefined
  expectWithin(seconds: number, what: string): void
  abort(why: string): void
  clear(): void
}

/** Breaks off what takes longer than it may; every sign of life sets the next limit. */
function watchdog(abandon: AbortSignal): Watchdog {
  const controller = new AbortController()
  let timer: NodeJS.Timeout | undefined
  let why: string | undefined
  const abort = (reason: string): void => {
    why ??= reason
    controller.abort()
  }
  const onAbandon = (): void => abort('interrupted')
  if (abandon.aborted) onAbandon()
  abandon.addEventListener('abort', onAbandon, { once: true })
  return {
    signal: controller.signal,
    get why() {
      return why
    },
    expectWithin(seconds, what) {
      clearTimeout(timer)
      timer = setTimeout(() => abort(`the host said nothing for ${seconds} s (${what})`), seconds * 1000)
    },
    abort,
    clear() {
      clearTimeout(timer)
      abandon.removeEventListener('abort', onAbandon)
    },
  }
}
