// A controller, in this process, that another one overtakes: before it writes a certain event into a host's history,
// somebody else has gone on.
import { authoritative } from '../../src/dns/lookup/authoritative.ts'
import type { DoneStep } from '../../src/mail/rotation/done-step.ts'
import type { KeyEvent } from '../../src/mail/rotation/history.ts'
import { openFleet } from '../../src/commands/fleet/open-fleet.ts'
import type { FleetSource } from '../../src/commands/fleet/read-fleet.ts'
import { rotateKeys } from '../../src/commands/rotate/rotate-keys.ts'
import { rotationMembers } from '../../src/commands/rotate/rotation-members.ts'
import { stepRunner, type StepRunner } from '../../src/commands/rotate/run-steps.ts'

/** Runs steps as `runner` does, but has `other` go on first, once, where steps would write `event`. */
function overtakenRunner(
  runner: StepRunner,
  event: KeyEvent,
  other: () => Promise<unknown>,
): { readonly late: StepRunner; readonly isOvertaken: () => boolean } {
  let overtaken = false
  const late: StepRunner = {
    async run(steps, output) {
      const now = Object.values(steps).some((domains) =>
        Object.values(domains).some(({ marks = [] }) => marks.some((mark) => mark.event === event)),
      )
      if (now && !overtaken) {
        overtaken = true
        await other()
      }
      return runner.run(steps, output)
    },
  }
  return { late, isOvertaken: () => overtaken }
}

/**
 * `mailrun rotate --start -l HOST --domain DOMAIN --wait 40`, overtaken once by `other`.
 * @returns what it said of what it did
 */
export async function rotateOvertaken(
  source: FleetSource,
  host: string,
  domain: string,
  event: KeyEvent,
  other: () => Promise<unknown>,
): Promise<readonly DoneStep[]> {
  const fleet = await openFleet({ ...source, limit: host, forks: 8 })
  const { inventory, bounds } = fleet
  const members = await rotationMembers(fleet)
  const connect = await fleet.reach(inventory.hosts)
  const runner = stepRunner(fleet, connect, bounds)
  const { late, isOvertaken } = overtakenRunner(runner, event, other)
  const doneSteps: DoneStep[] = []
  await rotateKeys({
    members,
    runner: late,
    connect,
    bounds,
    looking: authoritative(members.dns.of),
    pushing: { dns: members.dns.of, hosts: inventory.hosts, unset: 'error' },
    leftAlone: new Map(),
    serial: [{ percent: 100 }],
    domains: [domain],
    start: true,
    compromised: [],
    check: false,
    waitSeconds: 40,
    tell: (doneStep) => doneSteps.push(doneStep),
    waiting: () => {},
  }).finally(fleet.close)
  if (!isOvertaken()) throw new Error(`it was never about to write ${event}: ${JSON.stringify(doneSteps)}`)
  return doneSteps
}
