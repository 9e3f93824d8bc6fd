// The changes that make keys and their directories root's, while a daemon that is in their group reads them at every
// step.
import type { Move } from '../mail/key-owners.ts'
import { DAEMON } from '../mail/key-group.ts'
import type { Change } from '../model/change.ts'
import { sh } from '../shell/sh.ts'

/**
 * Group and mode first, the owner last: any other order has the daemon shut out in between. All directories above are
 * root's by then, so that nobody else can put another file under the name.
 */
export function moveToRoot({ kind, from, to }: Move): Change {
  const { path } = from
  const summary = `${path}: ${from.owner}:${from.group} ${from.mode} → ${to.owner}:${to.group} ${to.mode}`
  const apply = sh`set -e
f=${path}
[ "$(find "$f" -maxdepth 0 -type ${kind === 'directory' ? 'd' : 'f'} -user ${DAEMON})" ] || {
  echo "$f is no longer what it was: run again" >&2
  exit 1
}
chgrp -h -- ${to.group} "$f"
chmod ${`0${to.mode}`} -- "$f"
chown -h -- ${to.owner} "$f"`
  return { summary, apply }
}

/** So that an upgrade of the package leaves the directory as it is: its postinst gives it back to the daemon else. */
export const keepOnUpgrade = (path: string, { owner, group, mode }: Move['to']): Change => ({
  summary: `${path}: kept ${owner}:${group} ${mode} on upgrades of the package (dpkg-statoverride)`,
  apply: sh`dpkg-statoverride --add ${owner} ${group} ${mode} ${path}`,
})
