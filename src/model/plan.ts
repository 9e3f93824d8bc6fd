// What a task wants done about a state: nothing, some changes, or it cannot say.
import type { Change } from './change.ts'
import type { Fact } from './fact.ts'
import type { Resource } from './resource.ts'

export type Plan<State> =
  /** `note`: what to know all the same, for `--verbose`. */
  | { readonly kind: 'ok'; readonly note?: string }
  | {
      readonly kind: 'change'
      readonly changes: readonly Change[]
      /** What the task's own probe would answer afterwards. */
      readonly then: State
      /** What else will hold: users, paths and units that a package brings. */
      readonly facts: readonly Fact[]
      /** What just these changes may change, where that is less than the task's `writes`. */
      readonly writes?: readonly Resource[]
      /** Whether its changes will find anything to do cannot be told: a run counts them only where the probe's facts differ afterwards, a check says that it cannot be told. In words, what must come before: `the package lists are fetched`. */
      readonly perhaps?: string
    }
  | { readonly kind: 'blocked'; readonly why: string }

export const ok: Plan<never> = { kind: 'ok' }

/** The state cannot be brought about as things stand, and this is why (one sentence with what to do). */
export const blocked = (why: string): Plan<never> => ({ kind: 'blocked', why })

/** `changes` lead to `then`; no changes at all is `ok`. */
export const change = <State>(changes: readonly Change[], then: State, facts: readonly Fact[] = [], writes?: readonly Resource[]): Plan<State> =>
  changes.length === 0 ? ok : { kind: 'change', changes, then, facts, ...(writes === undefined ? {} : { writes }) }
