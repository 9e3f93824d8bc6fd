// `mailrun inventory`: what the inventories say, with no connection made.
import { selectHosts } from '../../inventory/select-hosts.ts'
import { MailrunError } from '../../model/mailrun-error.ts'
import { readExtraVars } from '../../playbook/extra-vars.ts'
import { INVENTORY_FORMATS } from '../../report/inventory/formats.ts'
import { loadFormat } from '../../report/registry.ts'
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
  const format = await loadFormat(INVENTORY_FORMATS, flags.format)
  if (flags.graph === true && format.graph === undefined) {
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
  if (flags.host !== undefined) {
    const [host, ...more] = selectHosts(limited, flags.host, '--host')
    if (host === undefined || more.length > 0) throw new MailrunError('one host is wanted', '--host')
    stdout.write(format.host(host, stdout.paint))
  } else if (flags.graph === true) stdout.write(format.graph!(limited))
  else if (flags.listHosts === true) stdout.write(format.names(limited))
  else stdout.write(format.list(limited, stdout.paint))
  return 0
}
