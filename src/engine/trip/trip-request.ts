// What a trip is to do on a host: the data from which its script is written.
import type { QuestionFrame } from './questions.ts'
import type { TripWords } from './trip-words.ts'

/** One process to run on the host: a change, or a piece that goes before it. */
export interface Step {
  readonly text: string
  readonly timeoutSeconds: number
}

export interface TripRequest {
  readonly words: TripWords
  readonly steps: readonly Step[]
  readonly questions: readonly QuestionFrame[]
  /** For all questions: they only look, and one that hangs must not hold the host's lock for ever. */
  readonly questionsSeconds: number
  /** Left out in check mode: a check takes no lock and writes nothing. */
  readonly lock: { readonly holder: string; readonly waitSeconds: number } | undefined
  /**
   * The record's word of the last trip with steps that the plans know of; where there was another since, no step is
   * made. `undefined`: made whatever was before.
   */
  readonly after: string | undefined
}
