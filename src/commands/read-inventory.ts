// Reads inventories as every command does, and returns their hosts, groups and vars. No host is touched.
import { selectHosts } from '../inventory/select-hosts.ts'
import type { Inventory } from '../core/fleet/inventory.ts'
import { openFleet, type InventoryRequest } from './fleet/open-fleet.ts'

export interface ReadInventoryRequest extends InventoryRequest {
  /** A folder whose group_vars and host_vars count, too. */
  readonly playbookDir?: string | undefined
}

/** With the hosts of `limit`, in order. @throws MailrunError with file:line */
export async function readInventory(request: ReadInventoryRequest): Promise<Inventory> {
  const { inventory, limit } = await openFleet({ ...request, reachesHosts: false }, request.playbookDir)
  return limit === undefined ? inventory : { ...inventory, hosts: selectHosts(inventory, limit, '--limit') }
}
