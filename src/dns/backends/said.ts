// The output and exit status of a program that made an update, on this machine or on a host.
import type { Untrusted } from '../../shell/untrusted.ts'

export interface Said {
  readonly code: number
  /** Both streams. */
  readonly output: Untrusted
  /** Why it was ended before it was done; `output` is not the whole then. */
  readonly ended?: string
}
