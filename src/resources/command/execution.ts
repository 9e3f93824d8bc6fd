// The results of an operator's command on all hosts on which it ran.
import type { HostStatus } from '../../core/run-event.ts'
import type { Executed } from './executed.ts'

/** What came of the command on one host. */
export interface ExecutedHost {
  readonly name: string
  /**
   * `ran`: it came to an end there, whatever its exit status. `failed`: it could not be begun, or the connection was
   * lost meanwhile, and nobody can tell how far it came.
   */
  readonly status: 'ran' | Extract<HostStatus, 'failed' | 'unreachable' | 'interrupted' | 'not-reached'>
  /** Where it ran. Secrets of the inventory are stars in its output. */
  readonly ran?: Executed
  /** Why it did not. */
  readonly error?: string
}

export interface Execution {
  /** The shell text that ran. */
  readonly command: string
  readonly hosts: readonly ExecutedHost[]
  readonly seconds: number
  /** By `signal`: hosts whose turn did not come are `not-reached`. */
  readonly interrupted: boolean
}
