// The options of a run that hold for all its hosts.
import type { AskOutside } from './outside.ts'

/** What a run does where nothing is said. */
export const DEFAULT_FORKS = 32

export interface RunOptions {
  readonly playbook: string
  readonly check: boolean
  /** Hosts worked on at once. */
  readonly forks: number
  /** Sizes of the batches one after another, the last repeated; empty: all hosts at once. */
  readonly serial: readonly BatchSize[]
  /**
   * Nothing new starts once more hosts than this failed or were unreachable; `undefined`: the others go on whatever
   * happens.
   */
  readonly maxFail: BatchSize | undefined
  /** Puts the questions of plans to others than the host. */
  readonly askOutside: AskOutside
  /**
   * What is asked is a command, which must not run twice: where the connection is lost meanwhile, nothing is asked
   * again; an interrupt lets it come to its end. It may take this many seconds.
   */
  readonly askedOnce?: { readonly seconds: number } | undefined
  /** Ctrl-C: first abort = finish the change in hand, start nothing more. */
  readonly interrupt: AbortSignal
  /** Second Ctrl-C: leave at once. */
  readonly abandon: AbortSignal
}

export type BatchSize = { readonly count: number } | { readonly percent: number }
