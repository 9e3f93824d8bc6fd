// Everything before the first connection of a run: reads and checks the playbook and the fleet.
import { dirname } from 'node:path'
import type { DnsEvent } from '../../dns/push/publication.ts'
import type { BatchSize } from '../../engine/run-options.ts'
import type { Playbook } from '../../core/fleet/playbook.ts'
import type { PreparedHost } from '../../core/fleet/prepared-host.ts'
import type { RunEvent } from '../../core/run-event.ts'
import { loadPlaybook } from '../../playbook/load-playbook.ts'
import { playbookFile } from '../../playbook/shipped.ts'
import { prepare } from '../../playbook/prepare.ts'
import { PUBLISH } from '../../playbook/tagged.ts'
import { openFleet, type Fleet, type FleetRequest } from '../fleet/open-fleet.ts'
import { publicModules } from '../fleet/public-modules.ts'

export interface RunSource extends FleetRequest {
  /** A playbook's file; or the name of one: of the project's `playbooks/NAME.ts`, or of the package's (`dkim`). */
  readonly playbook: string
  readonly tags?: readonly string[] | undefined
  readonly skipTags?: readonly string[] | undefined
}

export interface RunRequest extends RunSource {
  /** Change nothing; tell what would be changed. */
  readonly check?: boolean | undefined
  /** Sizes of the batches one after another, the last repeated; left out: all hosts in one. */
  readonly serial?: readonly BatchSize[] | undefined
  /** Nothing new starts once more hosts than this failed; left out: the others always go on. */
  readonly maxFail?: BatchSize | undefined
  /** Seconds for name servers to serve what a playbook publishes; left out: 60. */
  readonly waitSeconds?: number | undefined
  /** Is called with everything as it happens. */
  readonly onEvent?: ((event: RunEvent | DnsEvent) => void) | undefined
  /** @deprecated The former name of `onEvent`. */
  readonly report?: ((event: RunEvent | DnsEvent) => void) | undefined
}

export interface PreparedRun {
  readonly playbook: Playbook
  readonly hosts: readonly PreparedHost[]
  /** Whether its records are to be published: the playbook says so, and the tags do not say otherwise. */
  readonly publish: boolean
  /** What it was prepared from. */
  readonly fleet: Fleet
}

/** No host is touched. @throws MailrunError with all that is wrong */
export async function prepareRun(source: RunSource): Promise<PreparedRun> {
  const playbookPath = playbookFile(source.playbook)
  const fleet = await openFleet(source, dirname(playbookPath))
  const playbook = await loadPlaybook(playbookPath, publicModules)
  const { tags = [], skipTags = [] } = source
  const hosts = await prepare({ playbook, playbookPath, tags, skipTags, warn: source.warn ?? (() => {}), ...fleet })
  return { playbook, hosts, publish: playbook.publish && wantsPublish(tags, skipTags), fleet }
}

/** It is no task, and goes by the tag `publish`: with `--tags` it is left out unless it is named. */
const wantsPublish = (tags: readonly string[], skipTags: readonly string[]): boolean =>
  (tags.length === 0 || tags.some((tag) => tag === PUBLISH || tag === 'all')) &&
  !skipTags.some((tag) => tag === PUBLISH || tag === 'all')
