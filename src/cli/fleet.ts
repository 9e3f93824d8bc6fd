// The fleet as inventory and command line give it.
import { resolve } from 'node:path'
import type { Inventory } from '../model/inventory.ts'
import { loadInventory } from '../inventory/load-inventory.ts'
import { withOverrides } from '../inventory/with-overrides.ts'
import { becomePassword } from './become-password.ts'
import type { FleetFlags, Given } from './options.ts'
import { stderr } from './output.ts'

const absolute = (path: string | undefined): string | undefined => (path === undefined ? undefined : resolve(path))

/** @throws MailrunError */
export async function fleet(flags: Given<FleetFlags>): Promise<Inventory> {
  const inventory = await loadInventory(flags.inventory)
  return withOverrides(inventory, {
    user: flags.user,
    privateKeyFile: absolute(flags.privateKey),
    knownHostsFile: absolute(flags.knownHosts),
    becomePassword: await becomePassword(flags, (line) => stderr.write(`mailrun: warning: ${line}\n`)),
  })
}
