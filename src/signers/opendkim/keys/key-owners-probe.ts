// Asks who owns a host's DKIM keys and their directories, and who is in the group that may read those of root.
import { DAEMON, KEY_GROUP } from './key-group.ts'
import { factAbout, type Fact, type PathFact } from '../../../core/task/fact.ts'
import { defineProbe, type Probe } from '../../../core/probe/probe.ts'
import type { Resource } from '../../../core/task/resource.ts'
import { isKnown } from '../../../core/unknown.ts'
import type { KeyOwners, PathOwner } from './key-owners-answer.ts'
import { ownersItem, signingFamily } from '../setup/signing-family.ts'

export type { DaemonProcess, KeyOwners, PathOwner } from './key-owners-answer.ts'

const UNIT: Resource = 'unit:opendkim.service'

/** @param directories - that hold keys; none: only the group is asked for. */
export function keyOwnersProbe(directories: readonly string[]): Probe<KeyOwners> {
  const asked = directories.length > 0
  return defineProbe<KeyOwners>({
    key: `key owners ${JSON.stringify(directories)}`,
    reads: [
      `group:${KEY_GROUP}`,
      `user:${DAEMON}`,
      ...directories.map((path) => `path:${path}` as const),
      ...(asked ? [UNIT] : []),
    ],
    family: signingFamily,
    item: ownersItem({ directories }),
    parse: ({ stdout }) => JSON.parse(stdout, (_, value: unknown) => value) as KeyOwners,
    foresee: (state, known) => foresee(state, known, directories),
  })
}

function foresee(state: KeyOwners, known: Fact, directories: readonly string[]): KeyOwners {
  const user = factAbout(known, 'user', DAEMON)?.value
  if (user !== undefined) {
    const joins = user.kind === 'user' && isKnown(user.groups) && user.groups.includes(KEY_GROUP)
    const group = joins ? [...new Set([...(state.group ?? []), DAEMON])] : state.group
    return { ...state, user: user.kind === 'user', group }
  }
  const group = factAbout(known, 'group', KEY_GROUP)?.value
  if (group !== undefined) return { ...state, group: group.kind === 'group' ? (state.group ?? []) : undefined }
  // Who starts it has seen to it that it is in the group.
  if (known.resource === UNIT) return { ...state, outside: state.outside.filter(({ unit }) => `unit:${unit}` !== UNIT) }
  const path = known.resource.startsWith('path:') ? known.resource.slice('path:'.length) : undefined
  const concerns = directories.some(
    (each) => path === each || path?.startsWith(`${each}/`) || each.startsWith(`${path}/`),
  )
  return path === undefined || !concerns ? state : withPath(state, path, factAbout(known, 'path', path)!.value)
}

function withPath(state: KeyOwners, path: string, is: PathFact): KeyOwners {
  const others = state.paths.filter((each) => each.path !== path)
  if (is.kind !== 'file' && is.kind !== 'directory') return { ...state, paths: others }
  const { kind, owner, group, mode } = is
  const now: PathOwner = { path, kind, owner: String(owner), group: String(group), mode: String(mode) }
  return { ...state, paths: [...others, now] }
}
