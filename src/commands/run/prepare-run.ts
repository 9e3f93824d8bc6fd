// Everything before the first connection of a run: reads and checks the playbook and the fleet.
import { dirname, resolve } from 'node:path'
import type { DnsEvent } from '../../dns/push/publication.ts'
import type { BatchSize } from '../../engine/run-options.ts'
import type { Playbook } from '../../core/fleet/playbook.ts'
import type { PreparedHost } from '../../core/fleet/prepared-host.ts'
import type { RunEvent } from '../../core/run-event.ts'
import { loadPlaybook } from '../../playbook/load-playbook.ts'
import { playbookFile } from '../../playbook/shipped.ts'
import { declaredNames } from '../../playbook/declared-names.ts'
import { prepare, type UnknownTag } from '../../playbook/prepare.ts'
import { together, type PreparedPlaybook } from '../../playbook/together.ts'
import { MailrunError } from '../../core/mailrun-error.ts'
import { PUBLISH } from '../../playbook/tagged.ts'
import { openFleet, type Fleet, type FleetRequest } from '../fleet/open-fleet.ts'
import { publicModules } from '../fleet/public-modules.ts'

export interface RunSource extends FleetRequest {
  /**
   * A playbook's file; or the name of one: of the project's `playbooks/NAME.ts`, or of the package's (`dkim`). Of
   * several, each host is given the tasks in their order, over one connection.
   */
  readonly playbook: string | readonly string[]
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
  /** Of the playbook; of several, their names in order: `base, dkim`. */
  readonly name: string
  readonly hosts: readonly PreparedHost[]
  /** Whether its records are to be published: a playbook says so, and the tags do not say otherwise. */
  readonly publish: boolean
  /** What it was prepared from. */
  readonly fleet: Fleet
}

/** No host is touched. @throws MailrunError with all that is wrong */
export async function prepareRun(source: RunSource): Promise<PreparedRun> {
  const { tags = [], skipTags = [] } = source
  const paths = [source.playbook].flat().map(playbookFile)
  refuseTwice(paths)
  const loaded = await loadAll(source, paths)
  const vars = loaded.flatMap(({ playbook }) => declaredNames(playbook.vars))
  const unknown: UnknownTag[] = []
  const prepared: PreparedPlaybook[] = []
  for (const { playbook, path, fleet } of loaded) {
    const hosts = await prepare({
      playbook,
      playbookPath: path,
      tags,
      skipTags,
      warn: source.warn ?? (() => {}),
      ...fleet,
      ...(loaded.length === 1 ? {} : { among: { vars, unknownTag: (each) => unknown.push(each) } }),
    })
    prepared.push({ name: playbook.name, hosts })
  }
  refuseUnknown(unknown, prepared)
  refuseNoHost(prepared, source.limit)
  const publishing = loaded.find(({ playbook }) => playbook.publish)
  return {
    name: prepared.map(({ name }) => name).join(', '),
    hosts: together(prepared),
    publish: publishing !== undefined && wantsPublish(tags, skipTags),
    fleet: (publishing ?? loaded[0]!).fleet,
  }
}

interface Loaded {
  readonly path: string
  readonly playbook: Playbook
  readonly fleet: Fleet
}

/** Vars beside a playbook count for it: the inventory is read once for each folder. */
async function loadAll(source: RunSource, paths: readonly string[]): Promise<readonly Loaded[]> {
  const fleets = new Map<string, Fleet>()
  const loaded: Loaded[] = []
  for (const path of paths) {
    const folder = resolve(dirname(path))
    const fleet = fleets.get(folder) ?? (await openFleet(source, dirname(path)))
    fleets.set(folder, fleet)
    loaded.push({ path, fleet, playbook: await loadPlaybook(path, publicModules) })
  }
  return loaded
}

function refuseTwice(paths: readonly string[]): void {
  const twice = paths.find((path, index) => paths.slice(0, index).some((other) => resolve(other) === resolve(path)))
  if (twice !== undefined) throw new MailrunError('this playbook is given twice', twice)
  if (paths.length === 0) throw new MailrunError('no playbook was given')
}

/**
 * A tag that one playbook lacks may be another's, also of one whose tasks are made of facts later. Playbooks that are
 * for none of the hosts have no say.
 */
function refuseUnknown(unknown: readonly UnknownTag[], prepared: readonly PreparedPlaybook[]): void {
  const playbooks = prepared.filter(({ hosts }) => hosts.length > 0).length
  for (const { flag, tag } of unknown) {
    const lacking = unknown.filter((each) => each.flag === flag && each.tag === tag)
    if (lacking.length === playbooks) throw lacking.at(-1)!.error
  }
}

/** `--limit` may leave out all hosts of one playbook, not of all. */
function refuseNoHost(prepared: readonly PreparedPlaybook[], limit: string | undefined): void {
  if (prepared.some(({ hosts }) => hosts.length > 0)) return
  const names = prepared.map(({ name }) => name).join(' and ')
  throw new MailrunError(`none of the hosts ${JSON.stringify(limit)} is one of those of ${names}`, '--limit')
}

/** It is no task, and goes by the tag `publish`: with `--tags` it is left out unless it is named. */
const wantsPublish = (tags: readonly string[], skipTags: readonly string[]): boolean =>
  (tags.length === 0 || tags.some((tag) => tag === PUBLISH || tag === 'all')) &&
  !skipTags.some((tag) => tag === PUBLISH || tag === 'all')
