// All that comes before the first connection: the playbook and the fleet, read, typed and checked.
import { dirname } from 'node:path'
import type { Playbook } from '../model/playbook.ts'
import type { PreparedHost } from '../model/prepared-host.ts'
import { readExtraVars } from '../playbook/extra-vars.ts'
import { loadPlaybook } from '../playbook/load-playbook.ts'
import { prepare } from '../playbook/prepare.ts'
import { keyringFor } from './keyring-for.ts'
import { publicModules } from './public-modules.ts'
import { readFleet, type FleetSource } from './read-fleet.ts'

export interface RunSource extends FleetSource {
  /** A playbook file. */
  readonly playbook: string
  /** A host pattern, as `--limit`; left out: all hosts of the playbook. */
  readonly limit?: string | undefined
  readonly tags?: readonly string[] | undefined
  readonly skipTags?: readonly string[] | undefined
}

export interface PreparedRun {
  readonly playbook: Playbook
  readonly hosts: readonly PreparedHost[]
}

/** No host is touched. @throws MailrunError with all that is wrong */
export async function prepareRun(source: RunSource): Promise<PreparedRun> {
  const keyring = keyringFor(source)
  const extraVars = await readExtraVars(source.extraVars ?? [], keyring)
  const inventory = await readFleet(source, extraVars, dirname(source.playbook), keyring)
  const playbook = await loadPlaybook(source.playbook, publicModules)
  const { limit, tags = [], skipTags = [] } = source
  return { playbook, hosts: await prepare({ playbook, playbookPath: source.playbook, inventory, limit, extraVars, tags, skipTags, keyring }) }
}
