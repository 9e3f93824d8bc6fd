// What the flags say of the fleet, the sudo password asked for where they say so.
import type { FleetSource } from '../run/read-fleet.ts'
import { becomePassword } from './become-password.ts'
import type { FleetFlags, Given } from './options.ts'
import { stderr } from './output.ts'

/** @throws MailrunError */
export async function fleetSource<Flags extends FleetFlags>(flags: Given<Flags>): Promise<Given<Flags> & FleetSource> {
  return { ...flags, becomePassword: await becomePassword(flags, (line) => stderr.write(`mailrun: warning: ${line}\n`)) }
}
