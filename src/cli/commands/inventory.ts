// `mailrun inventory`: flags, and what the inventories contain. It connects to no host.
import { readInventory } from '../../commands/index.ts'
import { selectHosts } from '../../inventory/select-hosts.ts'
import type { Inventory } from '../../core/fleet/inventory.ts'
import { MailrunError } from '../../core/mailrun-error.ts'
import type { InventoryFormat } from '../../report/inventory/format.ts'
import { INVENTORY_FORMATS } from '../../report/inventory/formats.ts'
import { loadFormat } from '../../report/registry.ts'
import type { Printable } from '../../report/write/checked.ts'
import type { CliCommand } from '../command.ts'
import type { SourceFlags } from '../flags/fleet-flags.ts'
import { sourceOptions } from '../flags/fleet-options.ts'
import { inventoryRequest } from '../flags/fleet-request.ts'
import { stdout } from '../terminal/output.ts'

interface InventoryFlags extends SourceFlags {
  readonly format: string
  readonly list?: boolean
  readonly graph?: boolean
  readonly listHosts?: boolean
  readonly host?: string
  readonly playbookDir?: string
}

export const command: CliCommand<InventoryFlags> = {
  grammar(inventory) {
    inventory
      .option(
        '--list',
        'every host with its groups and vars (with --format json in the shape of ansible-inventory --list)',
      )
      .option('--graph', 'the tree of groups')
      .option('--list-hosts', 'the names, one a line, in order')
      .option('--host <name>', 'one host')
      .option('--playbook-dir <folder>', 'count the group_vars and host_vars there, too')
    sourceOptions(inventory, INVENTORY_FORMATS)
  },
  async act({ flags }) {
    const request = inventoryRequest(flags)
    refuseUnclear(flags)
    const format = await loadFormat(INVENTORY_FORMATS, flags.format)
    if (flags.graph === true && format.graph === undefined) {
      throw new MailrunError(
        'a graph is drawn for people only: --list has the groups in JSON',
        `--format ${flags.format}`,
      )
    }
    stdout.write(shown(await readInventory({ ...request, playbookDir: flags.playbookDir }), format, flags))
    return 0
  },
}

/** @throws MailrunError */
function refuseUnclear({ list, graph, listHosts, host }: InventoryFlags): void {
  const chosen = [list, graph, listHosts, host].filter((each) => each !== undefined && each !== false)
  if (chosen.length !== 1) throw new MailrunError('one of --list, --graph, --list-hosts and --host NAME is wanted')
}

function shown(
  inventory: Inventory,
  format: InventoryFormat,
  { host: name, graph, listHosts }: InventoryFlags,
): Printable {
  if (name !== undefined) {
    const [host, ...more] = selectHosts(inventory, name, '--host')
    if (host === undefined || more.length > 0) throw new MailrunError('one host is wanted', '--host')
    return format.host(host, stdout.paint)
  }
  if (graph === true) return format.graph!(inventory)
  return listHosts === true ? format.names(inventory) : format.list(inventory, stdout.paint)
}
