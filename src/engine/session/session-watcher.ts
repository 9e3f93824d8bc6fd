// The interface between a session with a host and the run: the answers of each trip, and what happened to each change.
import type { Probe } from '../../core/probe/probe.ts'
import type { Untrusted } from '../../shell/untrusted.ts'
import type { Asked } from '../foresee.ts'
import type { Stopwatch } from '../stopwatch.ts'
import type { PlannedStep } from '../trip/steps.ts'

/** What each question was answered on the last trip. */
export type Answers = (probe: Probe<unknown>) => Asked

/** Is called with what became of each change. */
export interface SessionWatcher {
  readonly stopwatch: Stopwatch
  made(step: PlannedStep): void
  failed(step: PlannedStep, why: Untrusted): void
  unknown(step: PlannedStep, why: string): void
  /** It was to be made, and was not: it may be tried again. */
  notMade(step: PlannedStep): void
  /** Whether these answers show that the step was made. */
  isMade(step: PlannedStep, answers: Answers): boolean
}
