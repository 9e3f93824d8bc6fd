// Limits failed logins of the system's ssh to jump hosts. Each host logs in to its jump host by itself. If the jump
// host refuses, the first host finds out for all others; else the failed logins of a fleet would make it refuse the
// controller.
import { Refused } from '../../engine/session/connection.ts'
import { loginTo } from '../attempts.ts'
import { sharedTrial } from '../shared-trial.ts'
import type { SshTarget } from '../ssh-target.ts'

/** A jump host on the way has refused, not the host itself. */
export class RefusedByJumpHost extends Refused {}

export interface JumpLogins {
  /**
   * Logs in by `login`, once the jump hosts have let another host's login pass, or in turn.
   *
   * @throws what it throws; RefusedByJumpHost without a login, where the jump hosts refused another host's.
   */
  through<T>(target: SshTarget, login: () => Promise<T>): Promise<T>
}

/** For one run. */
export function jumpLogins(): JumpLogins {
  const trial = sharedTrial(1)
  const refused = new Map<string, RefusedByJumpHost>()
  return {
    async through(target, login) {
      const last = target.jumps.at(-1)
      if (last === undefined) return login()
      const jumps = loginTo({ ...last, jumps: target.jumps.slice(0, -1) })
      const host = loginTo(target)
      await trial.turn(jumps, host)
      const before = refused.get(jumps)
      if (before !== undefined) throw before
      let letIn: boolean | undefined
      try {
        const loggedIn = await login()
        letIn = true
        return loggedIn
      } catch (error) {
        if (error instanceof RefusedByJumpHost) refused.set(jumps, error)
        // Who is refused by the host itself has passed the jump hosts.
        if (error instanceof Refused) letIn = !(error instanceof RefusedByJumpHost)
        throw error
      } finally {
        trial.settle(jumps, host, letIn)
      }
    },
  }
}
