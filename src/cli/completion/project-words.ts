// The candidates for completion that depend on the project: hosts and groups of its inventory, tags of a playbook. If
// the project has an error, there are no candidates and no message.
import { readInventory } from '../../commands/index.ts'
import { prepareRun } from '../../commands/run/prepare-run.ts'
import { playbookFile } from '../../playbook/shipped.ts'
import { PUBLISH } from '../../playbook/tagged.ts'
import { defaultInventory } from '../flags/with-defaults.ts'

/** Groups and hosts. @param given - inventories that the command line names; none: those of the project's defaults. */
export async function fleetNames(given: readonly string[]): Promise<readonly string[]> {
  try {
    const { groups, hosts } = await readInventory({ inventory: await inventoriesOf(given) })
    return [...groups.keys(), ...hosts.map(({ name }) => name)]
  } catch {
    return []
  }
}

/** @param playbooks - files, or names of some. */
export async function tagsOf(playbooks: readonly string[], given: readonly string[]): Promise<readonly string[]> {
  if (playbooks.length === 0) return []
  try {
    const source = { playbook: playbooks.map(playbookFile), inventory: await inventoriesOf(given) }
    const { hosts, publish } = await prepareRun({ ...source, tags: ['all', 'never'] })
    const tags = hosts.flatMap(({ tasks }) => tasks.flatMap((task) => task.tags))
    return [...new Set([...tags, ...(publish ? [PUBLISH] : [])])].sort()
  } catch {
    return []
  }
}

const inventoriesOf = async (given: readonly string[]): Promise<readonly string[]> =>
  given.length > 0 ? given : ((await defaultInventory()) ?? [])
