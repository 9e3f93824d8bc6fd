// The changes that give keys and their directories to root. The daemon is in the group of the keys, so it can read them
// at every step.
import type { Move } from './key-owners.ts'
import { ownPath } from '../../../resources/files/program/files.ts'
import type { Change } from '../../../core/task/change.ts'
import { lines, type Script } from '../../../shell/script.ts'
import { sh } from '../../../shell/sh.ts'

/**
 * Sets group and mode first, and the owner last: in any other order, the daemon could not read the key in between. All
 * directories above belong to root by then, so nobody else can put another file under the name.
 */
export function moveToRoot({ from, to }: Move): Change {
  const { path } = from
  return {
    summary: `${path}: ${from.owner}:${from.group} ${from.mode} → ${to.owner}:${to.group} ${to.mode}`,
    apply: lines(moveSteps(path, to).map((step) => sh`${step} || exit`)),
  }
}

/** The steps of {@link moveToRoot}. */
export const moveSteps = (path: string, { owner, group, mode }: Move['to']): readonly Script[] => [
  ownPath(path, { group }),
  ownPath(path, { mode }),
  ownPath(path, { owner }),
]

/** Keeps the directory as it is when the package is upgraded: else its postinst gives it back to the daemon. */
export const keepOnUpgrade = (path: string, { owner, group, mode }: Move['to']): Change => ({
  summary: `${path}: kept ${owner}:${group} ${mode} on upgrades of the package (dpkg-statoverride)`,
  apply: sh`dpkg-statoverride --add ${owner} ${group} ${mode} ${path}`,
})
