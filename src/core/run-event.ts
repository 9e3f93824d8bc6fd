// The events and the result of a run: what reports and programs get.
import type { Diff } from './task/change.ts'
import type { AwaitedRecord } from './task/plan.ts'

/** `held`: as well as it can be; a part of it is held back on purpose, and `why` says until when. */
export type TaskStatus = 'ok' | 'changed' | 'would-change' | 'held' | 'assumed' | 'failed' | 'unknown' | 'not-reached'

/** `held`: all is done but what its tasks hold back. */
export type HostStatus =
  | 'ok'
  | 'changed'
  | 'would-change'
  | 'held'
  | 'failed'
  | 'unreachable'
  | 'interrupted'
  | 'not-reached'

export interface TaskResult {
  readonly name: string
  readonly type: string
  readonly status: TaskStatus
  /** Summaries of the changes that were made, or would be. */
  readonly changes: readonly string[]
  readonly diffs: readonly Diff[]
  /** Shell text of the changes, and of one that failed, as it may be shown; for `--verbose`. */
  readonly commands: readonly string[]
  /** Why it failed, is held, unknown or assumed; or what to know of a task that is ok. */
  readonly why?: string
  /** DNS records that it waits for, where it is held for their sake. */
  readonly awaits?: readonly AwaitedRecord[]
  /** Something that is wrong, and not for this task to correct. */
  readonly warning?: string
}

/**
 * What the time of a host's run is spent on.
 *
 * - `connecting`: until the connection stands.
 * - `shell`: the network, the login shell, and becoming another user.
 * - `lock`: another run holds the host.
 * - `questions`: the host answers one family of questions.
 * - `change`: a change of one task.
 * - `name-servers`: they are asked.
 * - `planning`: mailrun's own work between trips.
 */
export type TimeKind = 'connecting' | 'shell' | 'lock' | 'questions' | 'change' | 'name-servers' | 'planning'

export interface TimeSpent {
  readonly kind: TimeKind
  /** The family of questions, or the task. */
  readonly of?: string
  readonly seconds: number
}

export interface HostResult {
  readonly name: string
  readonly status: HostStatus
  /** Round trips over the connection: 1 where nothing was to be done. */
  readonly trips: number
  readonly seconds: number
  /** Where these seconds went. */
  readonly time: readonly TimeSpent[]
  readonly tasks: readonly TaskResult[]
  /** JSON values by name; `null` where check mode cannot tell. */
  readonly outputs: Readonly<Record<string, unknown>>
  /** Why the host failed or was not reached, in one sentence or a few lines. */
  readonly error?: string
}

export interface RunResult {
  readonly playbook: string
  readonly check: boolean
  readonly hosts: readonly HostResult[]
  readonly interrupted: boolean
}

export type RunEvent =
  | {
      readonly kind: 'run-start'
      readonly playbook: string
      readonly check: boolean
      readonly hosts: readonly string[]
    }
  | { readonly kind: 'host-start'; readonly host: string }
  /** The connection stands; the questions are on their way. */
  | { readonly kind: 'host-connected'; readonly host: string }
  /** What the host said of the facts that the playbook declares; its tasks are made of them. */
  | { readonly kind: 'host-facts'; readonly host: string; readonly facts: Readonly<Record<string, unknown>> }
  /** Something to know of how it was reached: its host key was new, and is recorded now. */
  | { readonly kind: 'host-note'; readonly host: string; readonly note: string }
  /** All is done there that can be before something else is: its records are published. It is gone on with later. */
  | { readonly kind: 'host-parked'; readonly host: string; readonly why: string }
  /** Another run holds the host's lock. */
  | { readonly kind: 'host-waiting'; readonly host: string; readonly holder: string }
  | {
      readonly kind: 'change-start'
      readonly host: string
      readonly task: string
      readonly type: string
      readonly summary: string
    }
  /** A line that a change in hand printed. */
  | { readonly kind: 'change-output'; readonly host: string; readonly task: string; readonly line: string }
  | {
      readonly kind: 'change-end'
      readonly host: string
      readonly task: string
      readonly type: string
      readonly summary: string
      readonly code: number
    }
  | { readonly kind: 'host-end'; readonly host: string; readonly result: HostResult }
  /** Ctrl-C: nothing more starts; these hosts finish the change in hand. */
  | { readonly kind: 'interrupted'; readonly busy: readonly string[] }
  | { readonly kind: 'run-end'; readonly result: RunResult }

export type Reporter = (event: RunEvent) => void
