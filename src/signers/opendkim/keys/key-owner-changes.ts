// The changes that make keys and their directories root's, while a daemon that is in their group reads them at every
// step.
import type { Move } from './key-owners.ts'
import { ownPath } from '../../../resources/files/program/files.ts'
import type { Change } from '../../../core/change.ts'
import { lines, type Script } from '../../../shell/script.ts'
import { sh } from '../../../shell/sh.ts'

/**
 * Group and mode first, the owner last: any other order has the daemon shut out in between. All directories above are
 * root's by then, so that nobody else can put another file under the name.
 */
export function moveToRoot({ from, to }: Move): Change {
  const { path } = from
  return {
    summary: `${path}: ${from.owner}:${from.group} ${from.mode} → ${to.owner}:${to.group} ${to.mode}`,
    apply: lines(moveSteps(path, to).map((step) => sh`${step} || exit`)),
  }
}

/** What {@link moveToRoot} does, one by one. */
export const moveSteps = (path: string, { owner, group, mode }: Move['to']): readonly Script[] => [
  ownPath(path, { group }),
  ownPath(path, { mode }),
  ownPath(path, { owner }),
]

/** So that an upgrade of the package leaves the directory as it is: its postinst gives it back to the daemon else. */
export const keepOnUpgrade = (path: string, { owner, group, mode }: Move['to']): Change => ({
  summary: `${path}: kept ${owner}:${group} ${mode} on upgrades of the package (dpkg-statoverride)`,
  apply: sh`dpkg-statoverride --add ${owner} ${group} ${mode} ${path}`,
})
