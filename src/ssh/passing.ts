// What is worth trying again, and how.
import { setTimeout as sleep } from 'node:timers/promises'
import { Unreachable } from '../engine/session/connection.ts'

/** A connection failed for a reason that passes by itself: sshd has too many others at once, or restarts. */
export class Passing extends Unreachable {}

const FIRST_PAUSE_SECONDS = 0.5
const LONGEST_PAUSE_SECONDS = 8

/** What to do about a connection that broke off before anything was asked. */
export const RUN_AGAIN = 'run it again; where it ends so again, see what its sshd says: journalctl -u ssh'

/**
 * Twice as long each time, and never the same for two hosts: those that were turned away together should not come back
 * together.
 *
 * @throws what the last attempt threw.
 */
export async function persist<T>(retries: number, signal: AbortSignal, attempt: () => Promise<T>): Promise<T> {
  for (let failed = 0; ; failed += 1) {
    try {
      return await attempt()
    } catch (error) {
      if (!(error instanceof Passing) || signal.aborted) throw error
      if (failed >= retries)
        throw new Unreachable(`${error.message}${retries === 0 ? '' : `\ntried ${retries + 1} times`}\n${RUN_AGAIN}`)
    }
    const pause = Math.min(LONGEST_PAUSE_SECONDS, FIRST_PAUSE_SECONDS * 2 ** failed) * (0.5 + Math.random())
    await sleep(pause * 1000, undefined, { signal }).catch(() => {
      throw new Unreachable('interrupted')
    })
  }
}
