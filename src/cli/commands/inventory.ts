// `mailrun inventory`: its flags, and what the inventories say, for people and as JSON. No host is touched.
import { readInventory } from '../../commands/read-inventory.ts'
import { selectHosts } from '../../inventory/select-hosts.ts'
import type { Inventory } from '../../model/inventory.ts'
import { MailrunError } from '../../model/mailrun-error.ts'
import { colours, wantsColour } from '../../report/colour.ts'
import { hostJson, hostText, inventoryGraph, inventoryJson, inventoryText } from '../../report/inventory.ts'
import { jsonDocument, jsonLine } from '../../report/json-text.ts'
import type { Printable } from '../../report/write/checked.ts'
import { asLines, said } from '../../report/write/terminal.ts'
import type { CliCommand } from '../command.ts'
import type { Format, SourceFlags } from '../flags/fleet-flags.ts'
import { sourceOptions } from '../flags/fleet-options.ts'
import { inventoryRequest } from '../flags/fleet-request.ts'
import { stdout } from '../terminal/output.ts'

interface InventoryFlags extends SourceFlags {
  readonly format: Format
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
    sourceOptions(inventory)
  },
  async act({ flags }) {
    const request = inventoryRequest(flags)
    refuseUnclear(flags)
    stdout.write(shown(await readInventory({ ...request, playbookDir: flags.playbookDir }), flags))
    return 0
  },
}

/** @throws MailrunError */
function refuseUnclear({ list, graph, listHosts, host, format }: InventoryFlags): void {
  const chosen = [list, graph, listHosts, host].filter((each) => each !== undefined && each !== false)
  if (chosen.length !== 1) throw new MailrunError('one of --list, --graph, --list-hosts and --host NAME is wanted')
  if (graph === true && format !== 'text') {
    throw new MailrunError(`a graph is drawn for people only: --list has the groups in JSON`, `--format ${format}`)
  }
}

function shown(inventory: Inventory, { format, host: name, graph, listHosts }: InventoryFlags): Printable {
  const json = format === 'json' ? jsonDocument : format === 'ndjson' ? jsonLine : undefined
  const paint = colours(wantsColour(process.env, process.stdout.isTTY === true))
  if (name !== undefined) {
    const [host, ...more] = selectHosts(inventory, name, '--host')
    if (host === undefined || more.length > 0) throw new MailrunError('one host is wanted', '--host')
    return json ? json(hostJson(host)) : hostText(host, paint)
  }
  if (graph) return inventoryGraph(inventory)
  if (listHosts) {
    const names = inventory.hosts.map((each) => each.name)
    return json ? json(names) : asLines(names.map(said))
  }
  return json ? json(inventoryJson(inventory)) : inventoryText(inventory.hosts, paint)
}
