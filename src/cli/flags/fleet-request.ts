// What the flags say of the fleet, passwords asked for where they say so.
import type { FleetSource } from '../../commands/fleet/read-fleet.ts'
import type { ConnectionSource } from '../../connection/connector.ts'
import { ageSource, warn } from './age-flags.ts'
import { terminalAsk } from '../terminal/ask-on-terminal.ts'
import type { Given, ReachFlags } from './fleet-flags.ts'
import { passwords } from './passwords.ts'

/** @throws MailrunError */
export async function fleetSource<Flags extends ReachFlags>(
  flags: Given<Flags>,
): Promise<Given<Flags> & FleetSource & ConnectionSource> {
  return {
    ...flags,
    ...ageSource(flags),
    timeoutSeconds: flags.timeout,
    ask: terminalAsk(),
    ...(await passwords(flags, warn)),
  }
}
