// The fleet: inventory files, and what is said of how their hosts are reached.
import { access, constants } from 'node:fs/promises'
import { resolve } from 'node:path'
import { loadInventory } from '../inventory/load-inventory.ts'
import { withOverrides } from '../inventory/with-overrides.ts'
import type { Var } from '../model/host.ts'
import type { Inventory } from '../model/inventory.ts'
import { MailrunError } from '../model/mailrun-error.ts'
import { importFile } from '../playbook/import-file.ts'
import type { Secret } from '../shell/secret.ts'
import { publicModules } from './public-modules.ts'

export interface FleetSource {
  /** Inventories as `-i` takes them; later ones win. */
  readonly inventory: readonly string[]
  /** Login user where the inventory names none; left out: who runs mailrun. */
  readonly user?: string | undefined
  /** Key file where the inventory names none; left out: the agent and ~/.ssh/id_*. */
  readonly privateKey?: string | undefined
  /** The file that host keys must be in; left out: ~/.ssh/known_hosts and /etc/ssh/ssh_known_hosts. */
  readonly knownHosts?: string | undefined
  /** For sudo, where the inventory gives none. */
  readonly becomePassword?: Secret | undefined
  /** Vars that win over the inventory: values by name, or text as `--extra-vars` takes it. Later ones win. */
  readonly extraVars?: readonly (string | Readonly<Record<string, unknown>>)[] | undefined
}

/** @param extra - `--extra-vars`, of which the connection's count here. @throws MailrunError with file:line */
export async function readFleet({ inventory, user, privateKey, knownHosts, becomePassword }: FleetSource, extra: ReadonlyMap<string, Var>, playbookFolder: string | undefined): Promise<Inventory> {
  const absolute = (path: string | undefined): string | undefined => (path === undefined ? undefined : resolve(path))
  await Promise.all([refuseUnreadable('--private-key', privateKey), refuseUnreadable('--known-hosts', knownHosts)])
  return withOverrides(await loadInventory({ paths: inventory, playbookFolder, extra, load: (path) => importFile(path, publicModules) }), { user, privateKeyFile: absolute(privateKey), knownHostsFile: absolute(knownHosts), becomePassword })
}

/** Known before any host is touched, and wrong for all of them. */
async function refuseUnreadable(flag: string, path: string | undefined): Promise<void> {
  if (path === undefined) return
  await access(path, constants.R_OK).catch((error: NodeJS.ErrnoException) => {
    throw new MailrunError(error.code === 'ENOENT' ? 'there is no such file' : `the file cannot be read: ${error.message}`, `${flag} ${path}`)
  })
}
