// The error of a failed connection if the reason is transient, so that mailrun tries again.
import { Unreachable } from '../engine/session/connection.ts'

/** A connection failed for a reason that passes by itself: sshd has too many others at once, or restarts. */
export class TransientFailure extends Unreachable {
  /** At least so many seconds before the next try. */
  readonly pauseSeconds: number

  constructor(message: string, pauseSeconds = 0) {
    super(message)
    this.pauseSeconds = pauseSeconds
  }
}

/** sshd takes no connection from this address for a while, and says so before its identification. */
export class NotNow extends TransientFailure {}

/** What to do about a connection that broke off before anything was asked. */
export const RUN_AGAIN = 'run it again; where it ends so again, see what its sshd says: journalctl -u ssh'

/**
 * After a login that sshd may count as failed: as long as it holds that against the address (PerSourcePenalties of
 * sshd_config(5), `authfail:5s`), so that several tries do not add up.
 */
export const AFTER_FAILED_LOGIN_SECONDS = 6
