// Makes the request of a command from its flags, and asks for passwords if the flags say so.
import type { FleetRequest, InventoryRequest } from '../../commands/fleet/open-fleet.ts'
import { terminalAsk } from '../terminal/ask-on-terminal.ts'
import type { Signals } from '../terminal/signals.ts'
import { ageSource, warn } from './age-flags.ts'
import type { ReachFlags, SourceFlags } from './fleet-flags.ts'
import { givenInventory } from './given.ts'
import { passwords } from './passwords.ts'

/** @throws MailrunError where no inventory was given, and for a password that cannot be had */
export async function fleetRequest(flags: ReachFlags, signals: Signals): Promise<FleetRequest> {
  return { ...inventoryRequest(flags), ...(await reachRequest(flags, signals)) }
}

/** Of what is only read. @throws MailrunError where no inventory was given */
export const inventoryRequest = (flags: SourceFlags): InventoryRequest => ({
  ...sourceRequest(flags),
  inventory: givenInventory(flags.inventory),
})

/** All but the inventory. @throws MailrunError for a password that cannot be had */
export async function reachRequest(flags: ReachFlags, signals: Signals): Promise<Omit<FleetRequest, 'inventory'>> {
  return {
    ...sourceRequest(flags),
    user: flags.user,
    privateKey: flags.privateKey,
    connection: flags.connection,
    sshCommonArgs: flags.sshCommonArgs,
    sshExtraArgs: flags.sshExtraArgs,
    timeoutSeconds: flags.timeout,
    become: flags.become,
    becomeMethod: flags.becomeMethod,
    becomeUser: flags.becomeUser,
    sshConfig: flags.sshConfig,
    knownHosts: flags.knownHosts,
    acceptNew: flags.acceptNew,
    forks: flags.forks,
    ask: terminalAsk(),
    ...(await passwords(flags, warn)),
    signal: signals.interrupt,
    abandon: signals.abandon,
    onBegin: () => signals.runBegins(),
  }
}

const sourceRequest = (flags: SourceFlags): Omit<InventoryRequest, 'inventory'> => ({
  limit: flags.limit,
  extraVars: flags.extraVars,
  ...ageSource(flags),
})
