// Words that only the project knows: hosts and groups of its inventory, tags of a playbook. Whatever is wrong there, is
// no word: who completes is reported no errors.
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

/** @param playbook - a file, or the name of one. */
export async function tagsOf(playbook: string | undefined, given: readonly string[]): Promise<readonly string[]> {
  if (playbook === undefined) return []
  try {
    const source = { playbook: playbookFile(playbook), inventory: await inventoriesOf(given) }
    const { hosts, publish } = await prepareRun({ ...source, tags: ['all', 'never'] })
    const tags = hosts.flatMap(({ tasks }) => tasks.flatMap((task) => task.tags))
    return [...new Set([...tags, ...(publish ? [PUBLISH] : [])])].sort()
  } catch {
    return []
  }
}

const inventoriesOf = async (given: readonly string[]): Promise<readonly string[]> =>
  given.length > 0 ? given : ((await defaultInventory()) ?? [])
