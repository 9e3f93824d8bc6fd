// Checks arguments that the command line must have, and says what is missing.
import { existsSync, readdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import { MailrunError } from '../../core/mailrun-error.ts'
import { checkPlaybookPath } from '../../playbook/load-playbook.ts'
import { playbookFile, SHIPPED_PLAYBOOKS } from '../../playbook/shipped.ts'
import { nearest } from '../../text/nearest.ts'

const PLAYBOOK = /\.m?[tj]s$/
const YAML = /\.ya?ml$/

/** @param commands - by name. @throws MailrunError that names the playbooks lying near */
export async function givenPlaybooks(
  paths: readonly string[],
  commands: readonly string[],
): Promise<readonly string[]> {
  for (const path of paths) {
    const file = playbookFile(path)
    if (file === path && !existsSync(path) && !/[./]/.test(path)) throw noSuchName(path, commands)
    await checkPlaybookPath(file)
  }
  if (paths.length > 0) return paths.map(playbookFile)
  const wanted = `mailrun <playbook.ts> -i <inventory>${thereIs(filesIn('playbooks', PLAYBOOK))}`
  throw new MailrunError(`no playbook was given; wanted: ${wanted} (mailrun --help tells more)`)
}

/** For a name that is neither a playbook nor a command. */
function noSuchName(name: string, commands: readonly string[]): MailrunError {
  const near = nearest(name, [...commands, ...SHIPPED_PLAYBOOKS, ...playbookNames()])
  const hint = near === undefined ? `the commands are ${commands.join(', ')}` : `did you mean ${near}?`
  return new MailrunError(`there is no playbook ${name}, and no such command: ${hint}`)
}

/** Of the project's own: `site` of `playbooks/site.ts`. */
export const playbookNames = (): readonly string[] =>
  filesIn('playbooks', PLAYBOOK).map((path) => basename(path).replace(PLAYBOOK, ''))

const thereIs = (files: readonly string[]): string => (files.length > 0 ? `; there is ${files.join(', ')}` : '')

/** @throws MailrunError that names the inventories lying near */
export function givenInventory(paths: readonly string[] | undefined): readonly string[] {
  if (paths !== undefined && paths.length > 0) return paths
  const near = [
    ...['inventory.yaml', 'inventory.yml'].filter((name) => existsSync(name)),
    ...filesIn('inventory', YAML),
  ]
  throw new MailrunError(`no inventory was given; wanted: -i <inventory.yaml>${thereIs(near)}`)
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
