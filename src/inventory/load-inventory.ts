// Loads inventories: reads all sources, and returns the hosts with their groups, merged vars and addresses.
import { statSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Var } from '../core/fleet/host.ts'
import type { Inventory } from '../core/fleet/inventory.ts'
import { MailrunError } from '../core/mailrun-error.ts'
import type { Keyring } from '../secrets/keyring.ts'
import { addSource } from './open-source.ts'
import { resolveTree } from './resolve.ts'
import { newTree } from './tree.ts'
import type { LoadModule } from './typed-source.ts'
import { varsFolders } from './vars-folders.ts'

export interface InventorySource {
  /** Files, folders, programs, lists of hosts (`mx1,mx2,`): one inventory, the later override the earlier. */
  readonly paths: readonly string[]
  /** The folder of the playbook, whose group_vars and host_vars count too. */
  readonly playbookFolder: string | undefined
  /** How hosts are reached where the inventory does not say (`--user`). */
  readonly defaults: ReadonlyMap<string, Var>
  /** Vars that win over all others (`--extra-vars`), for how hosts are reached. */
  readonly extra: ReadonlyMap<string, Var>
  /** For inventories in TypeScript. */
  readonly load: LoadModule
  /** Opens what is encrypted. */
  readonly keyring: Keyring
}

/** @throws MailrunError with file:line */
export async function loadInventory({
  paths,
  playbookFolder,
  defaults,
  extra,
  load,
  keyring,
}: InventorySource): Promise<Inventory> {
  const tree = newTree()
  for (const path of paths) await addSource(tree, path, load, keyring)
  if (tree.hosts.size === 0) throw new MailrunError('the inventory has no hosts', paths.join(', '))
  const beside = await Promise.all([...new Set(paths.flatMap(folderOf))].map((folder) => varsFolders(folder, keyring)))
  const ofPlaybook = playbookFolder === undefined ? [] : [await varsFolders(playbookFolder, keyring)]
  return resolveTree(tree, [...beside, ...ofPlaybook], { defaults, extra })
}

/** Where group_vars and host_vars of an inventory are; a list of hosts has none. */
function folderOf(path: string): readonly string[] {
  const is = statSync(path, { throwIfNoEntry: false })
  return is === undefined ? [] : [is.isDirectory() ? path : dirname(path)]
}
