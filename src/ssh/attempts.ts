// Decides how often mailrun tries to connect to a host in one run: again after a transient error, after a longer wait
// if sshd says that it accepts nobody for a while, and never again after a final refusal.
import { setTimeout as sleep } from 'node:timers/promises'
import { Refused, Unreachable, type Tell } from '../engine/session/connection.ts'
import { NotNow, TransientFailure, RUN_AGAIN } from './transient.ts'
import type { SshTarget } from './ssh-target.ts'

/** What is tried, for whom. */
export interface Attempt<T> {
  readonly target: SshTarget
  /** An interrupt. */
  readonly signal: AbortSignal
  /** Is called once where it takes longer. */
  readonly tell: Tell | undefined
  /**
   * A connection in the middle of the run, to a host that let mailrun in before: what it refuses now, such as while it
   * boots, may pass. It is tried whatever was refused before, and its own refusal is not remembered.
   */
  readonly anew?: boolean | undefined
  readonly once: () => Promise<T>
}

/** Of one run, and one kind of connection. */
export interface Attempts {
  /**
   * Pauses grow, and are never the same for two hosts: those that were turned away together should not come back
   * together.
   *
   * @throws what the last try threw; Refused without a try, where the same login was refused before.
   */
  persist<T>(attempt: Attempt<T>): Promise<T>
}

const FIRST_PAUSE_SECONDS = 0.5
const LONGEST_PAUSE_SECONDS = 8
/**
 * How long a run waits for one sshd that takes no connection. sshd refuses an address for 5 s for each failed login,
 * for 90 s after a crash, from 15 s on, and for 10 min at most (PerSourcePenalties of sshd_config(5)).
 */
export const NOT_NOW_SECONDS = 120

/** @param notNowSeconds - for tests. */
export function attempts(notNowSeconds = NOT_NOW_SECONDS): Attempts {
  const refused = new Map<string, Refused>()
  /** By sshd: when waiting for it ends; milliseconds. */
  const ends = new Map<string, number>()
  const waitFor = (target: SshTarget, error: NotNow, tell: Tell | undefined): number => {
    const sshd = routeTo(target)
    const known = ends.get(sshd)
    const end = known ?? performance.now() + notNowSeconds * 1000
    ends.set(sshd, end)
    const left = Math.ceil((end - performance.now()) / 1000)
    if (left > 0) tell?.(`${error.message.split('\n', 1)[0]!}: waits up to ${left} s`)
    return end
  }
  return {
    async persist({ target, signal, tell, once, anew = false }) {
      const login = loginTo(target)
      let end: number | undefined
      for (let failed = 0; ; failed += 1) {
        const before = anew ? undefined : refused.get(login)
        if (before !== undefined) throw before
        let pauseSeconds = 0
        try {
          const connection = await once()
          ends.delete(routeTo(target))
          return connection
        } catch (error) {
          if (error instanceof Refused && !anew) refused.set(login, error)
          if (!(error instanceof TransientFailure) || signal.aborted) throw error
          if (error instanceof NotNow && target.retries > 0) end ??= waitFor(target, error, tell)
          const isLast = failed >= target.retries && (end === undefined || performance.now() >= end)
          if (isLast) throw new Unreachable(`${error.message}${tried(failed + 1)}\n${RUN_AGAIN}`)
          pauseSeconds = error.pauseSeconds
        }
        const pause = Math.min(LONGEST_PAUSE_SECONDS, FIRST_PAUSE_SECONDS * 2 ** failed) * (0.5 + Math.random())
        await sleep(Math.max(pause, pauseSeconds) * 1000, undefined, { signal }).catch(() => {
          throw new Unreachable('interrupted')
        })
      }
    },
  }
}

const tried = (times: number): string => (times === 1 ? '' : `\ntried ${times} times`)

/** One sshd, as this way leads to it: a jump host's address is what it sees. */
const routeTo = (target: SshTarget): string =>
  JSON.stringify([...target.jumps, target].map(({ hostName, port }) => [hostName, port]))

/** All that an sshd on the way, or the host's own, decides about a login by. */
export const loginTo = (target: SshTarget): string =>
  JSON.stringify(
    [...target.jumps, target].map(
      ({ hostName, port, user, identityFiles, identitiesOnly, agent, hostKey, password }) => [
        [hostName, port, user],
        [identityFiles, identitiesOnly, agent, hostKey],
        password?.reveal(),
      ],
    ),
  )
