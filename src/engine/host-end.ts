// Errors that end the run of one host before its tasks are satisfied.
import type { HostStatus } from '../core/run-event.ts'

/** The message is the host's `error`. */
export class HostEnd extends Error {
  override readonly name = 'HostEnd'
  readonly status: HostStatus

  constructor(status: HostStatus, why: string) {
    super(why)
    this.status = status
  }
}
