// Fills in what no flag says: first by the environment, then by the defaults of the project.
import { delimiter } from 'node:path'
import type { Command } from 'commander'
import type { ProjectConfig } from '../../core/project-config.ts'
import { useFormat } from '../terminal/could-not-start.ts'
import { projectConfig } from './project-config.ts'

const KEYS = ['inventory', 'sshConfig', 'becomePasswordFile', 'ageIdentity', 'format'] as const

/**
 * @param commands - that flags were given to: the command itself last.
 * @param hosts - that are named in place of an inventory.
 * @throws MailrunError for wrong defaults
 */
export async function withDefaults<Flags extends object>(
  flags: Flags,
  commands: readonly Command[],
  hosts: readonly string[],
): Promise<Flags> {
  const command = commands.at(-1)!
  const option = (key: string) => command.options.find((each) => each.attributeName() === key)
  const isGiven = (key: string): boolean =>
    commands.some((each) => ![undefined, 'default'].includes(each.getOptionValueSource(key)))
  const isOpen = (key: string): boolean => option(key) !== undefined && !isGiven(key)
  if (!KEYS.some(isOpen)) return flags
  const defaults = await projectConfig()
  const filled: Record<string, unknown> = {}
  if (isOpen('inventory') && hosts.length === 0) filled['inventory'] = inventoryOf(defaults)
  if (isOpen('sshConfig')) filled['sshConfig'] = defaults.sshConfig
  if (isOpen('becomePasswordFile') && !isGiven('askBecomePass'))
    filled['becomePasswordFile'] = defaults.becomePasswordFile
  if (isOpen('ageIdentity') && (process.env['MAILRUN_AGE_IDENTITY'] ?? '') === '')
    filled['ageIdentity'] = listOf(defaults.ageIdentity)
  const { format } = defaults
  if (format !== undefined && isOpen('format') && option('format')!.argChoices?.includes(format) === true) {
    filled['format'] = format
    useFormat(format)
  }
  const known = Object.entries(filled).filter(([, value]) => value !== undefined)
  return { ...flags, ...Object.fromEntries(known) }
}

/** Where no flag names one. @throws MailrunError for wrong defaults */
export const defaultInventory = async (): Promise<readonly string[] | undefined> => inventoryOf(await projectConfig())

const inventoryOf = ({ inventory }: ProjectConfig): readonly string[] | undefined =>
  byEnvironment() ?? listOf(inventory)

const listOf = (given: string | readonly string[] | undefined): readonly string[] | undefined =>
  typeof given === 'string' ? [given] : given

/** MAILRUN_INVENTORY: inventories, with colons between. */
function byEnvironment(): readonly string[] | undefined {
  const named = (process.env['MAILRUN_INVENTORY'] ?? '').split(delimiter).filter((source) => source !== '')
  return named.length === 0 ? undefined : named
}
