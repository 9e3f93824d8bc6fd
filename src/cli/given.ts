// What has to be given on the command line, and what to say where it was not.
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { MailrunError } from '../model/mailrun-error.ts'
import { checkPlaybookPath } from '../playbook/load-playbook.ts'
import { nearest } from '../text/nearest.ts'

const COMMANDS = ['ping', 'inventory', 'dns', 'encrypt', 'schema', 'help']
const PLAYBOOK = /\.m?[tj]s$/
const YAML = /\.ya?ml$/

/** @throws MailrunError that names the playbooks lying near */
export async function givenPlaybook(path: string | undefined): Promise<string> {
  if (path !== undefined) {
    const command = existsSync(path) ? undefined : nearest(path, COMMANDS)
    if (command !== undefined) throw new MailrunError(`there is no playbook ${path}, and no such command: did you mean ${command}?`)
    await checkPlaybookPath(path)
    return path
  }
  const near = filesIn('playbooks', PLAYBOOK)
  throw new MailrunError(`no playbook was given; wanted: mailrun <playbook.ts> -i <inventory>${near.length > 0 ? `; there is ${near.join(', ')}` : ''} (mailrun --help tells more)`)
}

/** @throws MailrunError that names the inventories lying near */
export function givenInventory(paths: readonly string[] | undefined): readonly string[] {
  if (paths !== undefined && paths.length > 0) return paths
  const near = [...['inventory.yaml', 'inventory.yml'].filter((name) => existsSync(name)), ...filesIn('inventory', YAML)]
  throw new MailrunError(`no inventory was given; wanted: -i <inventory.yaml>${near.length > 0 ? `; there is ${near.join(', ')}` : ''}`)
}

function filesIn(folder: string, pattern: RegExp): readonly string[] {
  try {
    return readdirSync(folder)
      .filter((name) => pattern.test(name) && !name.endsWith('.d.ts'))
      .sort()
      .map((name) => join(folder, name))
  } catch {
    return []
  }
}
