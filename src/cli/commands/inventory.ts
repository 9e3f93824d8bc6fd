// `mailrun inventory`: what the inventories say, with no connection made.
import { selectHosts } from '../../inventory/select-hosts.ts'
import { MailrunError } from '../../model/mailrun-error.ts'
import { readExtraVars } from '../../playbook/extra-vars.ts'
import { colours, wantsColour } from '../../report/colour.ts'
import { hostJson, hostText, inventoryGraph, inventoryJson, inventoryText } from '../../report/inventory.ts'
import { jsonDocument, jsonLine } from '../../report/json-text.ts'
import { asLines, said } from '../../report/write/terminal.ts'
import { keyringFor } from '../../commands/fleet/keyring-for.ts'
import { readFleet } from '../../commands/fleet/read-fleet.ts'
import { ageSource } from '../flags/age-flags.ts'
import type { InventoryFlags } from '../flags/fleet-flags.ts'
import { stdout } from '../terminal/output.ts'

/** @throws MailrunError */
export async function inventoryCommand(
  flags: InventoryFlags & { readonly inventory: readonly string[] },
): Promise<number> {
  const chosen = [flags.list, flags.graph, flags.listHosts, flags.host].filter(
    (each) => each !== undefined && each !== false,
  )
  if (chosen.length !== 1) throw new MailrunError('one of --list, --graph, --list-hosts and --host NAME is wanted')
  if (flags.graph === true && flags.format !== 'text') {
    throw new MailrunError(
      `a graph is drawn for people only: --list has the groups in JSON`,
      `--format ${flags.format}`,
    )
  }
  const keyring = keyringFor(ageSource(flags))
  const all = await readFleet(
    { inventory: flags.inventory },
    await readExtraVars(flags.extraVars ?? [], keyring),
    flags.playbookDir,
    keyring,
  )
  const limited = flags.limit === undefined ? all : { ...all, hosts: selectHosts(all, flags.limit, '--limit') }
  const json = flags.format === 'json' ? jsonDocument : flags.format === 'ndjson' ? jsonLine : undefined
  const paint = colours(wantsColour(process.env, process.stdout.isTTY === true))
  if (flags.host !== undefined) {
    const [host, ...more] = selectHosts(limited, flags.host, '--host')
    if (host === undefined || more.length > 0) throw new MailrunError('one host is wanted', '--host')
    stdout.write(json ? json(hostJson(host)) : hostText(host, paint))
  } else if (flags.graph) stdout.write(inventoryGraph(limited))
  else if (flags.listHosts) {
    stdout.write(
      json ? json(limited.hosts.map(({ name }) => name)) : asLines(limited.hosts.map(({ name }) => said(name))),
    )
  } else stdout.write(json ? json(inventoryJson(limited)) : inventoryText(limited.hosts, paint))
  return 0
}
