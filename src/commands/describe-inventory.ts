// Describes what an inventory may contain, as a JSON Schema for editors. No host is touched.
import * as v from 'valibot'
import { inventorySchema, type SchemaFor } from '../inventory/inventory-schema.ts'
import type { Playbook } from '../core/fleet/playbook.ts'
import { declaredNames } from '../playbook/declared-names.ts'
import { describeVars, type Taker } from '../playbook/describe-vars.ts'
import { loadPlaybook } from '../playbook/load-playbook.ts'
import { playbookFile } from '../playbook/shipped.ts'
import { publicModules } from './fleet/public-modules.ts'
import { fleetVars } from './mail-fleet/fleet-vars.ts'

export interface DescribeRequest {
  /** Files of playbooks, whose vars it is to know. */
  readonly playbooks?: readonly string[] | undefined
  /** What it describes: an inventory, which is the default, or the files in group_vars and host_vars. */
  readonly for?: SchemaFor | undefined
}

export interface InventoryDescription {
  readonly schema: ReturnType<typeof inventorySchema>
  /** Vars that cannot be described, and why. */
  readonly warnings: readonly string[]
}

/** @throws MailrunError for a file that is no playbook */
export async function describeInventory(request: DescribeRequest): Promise<InventoryDescription> {
  const paths = request.playbooks ?? []
  const playbooks = await Promise.all(paths.map((path) => loadPlaybook(playbookFile(path), publicModules)))
  const { warnings, ...described } = describeVars([...playbooks, ...ofCommands(playbooks)])
  return { schema: inventorySchema(request.for ?? 'inventory', described), warnings }
}

/**
 * An inventory of mail hosts is also what `mailrun dns` and `mailrun verify` read. What a playbook declares itself is
 * as it says; in an inventory of others these names may mean anything.
 */
function ofCommands(playbooks: readonly Playbook[]): readonly Taker[] {
  const declared = playbooks.flatMap(({ vars }) => declaredNames(vars))
  if (!declared.includes('domains')) return []
  const vars = v.object(Object.fromEntries(Object.entries(fleetVars).filter(([name]) => !declared.includes(name))))
  return [{ name: 'mailrun dns and mailrun verify', vars, command: true }]
}
