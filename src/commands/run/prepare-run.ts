// All that comes before the first connection: the playbook and the fleet, read, typed and checked.
import { dirname } from 'node:path'
import type { Inventory } from '../../model/inventory.ts'
import type { Playbook } from '../../model/playbook.ts'
import type { PreparedHost } from '../../model/prepared-host.ts'
import { readExtraVars, type ExtraVar } from '../../playbook/extra-vars.ts'
import { loadPlaybook } from '../../playbook/load-playbook.ts'
import { prepare } from '../../playbook/prepare.ts'
import { PUBLISH } from '../../playbook/tagged.ts'
import type { Keyring } from '../../secrets/keyring.ts'
import { keyringFor } from '../fleet/keyring-for.ts'
import { publicModules } from '../fleet/public-modules.ts'
import { readFleet, type FleetSource } from '../fleet/read-fleet.ts'

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
  /** Whether its records are to be published: the playbook says so, and the tags do not say otherwise. */
  readonly publish: boolean
  /** What it was prepared from. */
  readonly inventory: Inventory
  readonly extraVars: ReadonlyMap<string, ExtraVar>
  readonly keyring: Keyring
}

/** No host is touched. @throws MailrunError with all that is wrong */
export async function prepareRun(source: RunSource): Promise<PreparedRun> {
  const keyring = keyringFor(source)
  const extraVars = await readExtraVars(source.extraVars ?? [], keyring)
  const inventory = await readFleet(source, extraVars, dirname(source.playbook), keyring)
  const playbook = await loadPlaybook(source.playbook, publicModules)
  const { limit, tags = [], skipTags = [] } = source
  const hosts = await prepare({
    playbook,
    playbookPath: source.playbook,
    inventory,
    limit,
    extraVars,
    tags,
    skipTags,
    keyring,
  })
  return { playbook, hosts, publish: playbook.publish && wantsPublish(tags, skipTags), inventory, extraVars, keyring }
}

/** It is no task, and goes by the tag `publish`: with `--tags` it is left out unless it is named. */
const wantsPublish = (tags: readonly string[], skipTags: readonly string[]): boolean =>
  (tags.length === 0 || tags.some((tag) => tag === PUBLISH || tag === 'all')) &&
  !skipTags.some((tag) => tag === PUBLISH || tag === 'all')
