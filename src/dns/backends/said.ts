// What a program said of an update, here or on a host, and how it ended.
import type { Untrusted } from '../../shell/untrusted.ts'

export interface Said {
  readonly code: number
  /** Both streams. */
  readonly output: Untrusted
  /** Why it was ended before it was done; `output` is not the whole then. */
  readonly ended?: string
}
