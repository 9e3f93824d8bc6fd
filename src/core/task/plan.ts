// A plan: what a task wants to do about the state that a host answered. It is nothing, some changes, or the reason why
// it is impossible.
import type { Change } from './change.ts'
import type { Fact } from './fact.ts'
import type { OutsideAnswer, OutsideQuestion } from '../probe/outside-question.ts'
import type { Resource } from './resource.ts'

/** What to know of a task that is, or will be, as well as it can be. */
export interface Remarks {
  /** For `--verbose`. */
  readonly note?: string
  /** Something that is wrong, and not for this task to correct: reported in every report. */
  readonly warning?: string
  /** A warning about the changes of the plan: reported with them, and still after they were made. */
  readonly caution?: string
  /** A part of what is wanted that is not done on purpose, why, and what to do: the task is neither failed nor ok. */
  readonly held?: string
  /** DNS records that what is held waits for. */
  readonly awaits?: readonly AwaitedRecord[]
}

/** A DNS record that something waits for, and why it does not count as served: in words, without its name. */
export interface AwaitedRecord {
  readonly name: string
  readonly why: string
}

/** With nothing left to ask. */
export type SettledPlan<State> =
  | ({ readonly kind: 'ok' } & Remarks)
  | ({
      readonly kind: 'change'
      readonly changes: readonly Change[]
      /** What the task's own probe would answer afterwards. */
      readonly then: State
      /** What else will hold: users, paths and units that a package brings. */
      readonly facts: readonly Fact[]
      /** What just these changes may change, where that is less than the task's `writes`. */
      readonly writes?: readonly Resource[]
      /**
       * Whether its changes will find anything to do cannot be known: a run counts them only where the probe's facts
       * differ afterwards, a check says that it cannot be known. In words, what must come before:
       * `the package lists are fetched`.
       */
      readonly perhaps?: string
    } & Remarks)
  | { readonly kind: 'blocked'; readonly why: string }

export type Plan<State> =
  | SettledPlan<State>
  /**
   * It rests on what others than the host say. The engine asks, and goes on with `then`, given the answers in the
   * questions' order.
   */
  | {
      readonly kind: 'ask'
      readonly questions: readonly OutsideQuestion[]
      then(answers: readonly OutsideAnswer[]): Plan<State>
    }

export const ok: SettledPlan<never> = { kind: 'ok' }

/** The state cannot be brought about as things stand, and this is why (one sentence with what to do). */
export const blocked = (why: string): SettledPlan<never> => ({ kind: 'blocked', why })

/** `changes` lead to `then`; no changes at all is `ok`. */
export const change = <State>(
  changes: readonly Change[],
  then: State,
  facts: readonly Fact[] = [],
  writes?: readonly Resource[],
): SettledPlan<State> =>
  changes.length === 0 ? ok : { kind: 'change', changes, then, facts, ...(writes === undefined ? {} : { writes }) }

/**
 * Asks name servers first.
 *
 * @example
 * ask([{ to: 'name-servers', record, dns }], ([answer]) => (answer.kind === 'served' ? ok : blocked('…')))
 */
export const ask = <State>(
  questions: readonly OutsideQuestion[],
  then: (answers: readonly OutsideAnswer[]) => Plan<State>,
): Plan<State> => (questions.length === 0 ? then([]) : { kind: 'ask', questions, then })

/** The plan with remarks; a blocked one has none. */
export const remarked = <State>(plan: SettledPlan<State>, remarks: Remarks): SettledPlan<State> =>
  plan.kind === 'blocked' ? plan : { ...plan, ...remarks }
