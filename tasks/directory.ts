// Task: a directory with its owner, group and mode, or no directory.
import { attributeChanges, exactly, madeByRoot, withAttributes, type Attributes } from '../src/changes/attributes.ts'
import { checkAttributes, checkPath } from '../src/changes/check-path.ts'
import { mode, type Mode } from '../src/changes/mode.ts'
import { flag, oneOf, required, text } from '../src/model/argument.ts'
import { defineTask } from '../src/model/define-task.ts'
import { blocked, change, ok, type Plan } from '../src/model/plan.ts'
import { pathProbe, type PathState } from '../src/probes/path.ts'
import { sh } from '../src/shell/sh.ts'

export interface DirectoryArgs {
  /** Absolute. The directory above must be there, or be made by a task before. */
  readonly path: string
  /** Left out: a new one is root's, one that is there stays as it is. */
  readonly owner?: string
  readonly group?: string
  /** Left out: `0755` for a new one. */
  readonly mode?: Mode
  readonly state?: 'present' | 'absent'
  /** With `absent`: removes what is in it too. */
  readonly recurse?: boolean
}

/** A directory; what is in it stays untouched. */
export const directory = defineTask<DirectoryArgs, PathState>({
  type: 'directory',
  name: ({ path }) => path,
  arguments: {
    path: required(text), owner: text, group: text, mode, state: oneOf('present', 'absent'), recurse: flag,
  },
  check: (args) =>
    checkPath('path', args.path) ??
    checkAttributes(args) ??
    (args.path === '/' && args.state === 'absent' ? 'refuses to remove /' : undefined) ??
    (args.recurse && args.state !== 'absent' ? 'recurse only goes with state: absent' : undefined),
  probe: ({ path, owner, group }) => pathProbe({ path, wanted: 'nothing', owner, group }),
  plan: (args, now) => (args.state === 'absent' ? remove(args, now) : make(args, now)),
  writes: ({ path }) => [`path:${path}`],
  owns: ({ path }) => [`directory:${path}`],
  examples: [
    { title: 'The key directory of OpenDKIM', args: { path: '/srv/dkimkeys', owner: 'daemon', group: 'mail', mode: '0700' } },
    { title: 'A directory whose files get its group', args: { path: '/srv/shared "files"', group: 'mail', mode: '2770' }, given: 'mkdir -m 0777 "/srv/shared \\"files\\""' },
    { title: 'Remove a directory with all that is in it', args: { path: '/srv/old', state: 'absent', recurse: true }, given: 'mkdir -p /srv/old/deep && touch /srv/old/deep/file' },
  ],
})

function make({ path, ...wanted }: DirectoryArgs & Attributes, now: PathState): Plan<PathState> {
  const { is, parent, missing } = now
  if (missing.length > 0) return blocked(`there is no ${missing.join(' and no ')} on the host: make it with user or group, or have apt say what its packages provide`)
  if (is.kind === 'directory') return change(attributeChanges(path, wanted, is), { ...now, is: { kind: 'directory', ...withAttributes(wanted, is) } })
  if (is.kind !== 'absent') return blocked(`${path} is there and is not a directory${is.kind === 'symlink' ? ' but a symbolic link' : ''}`)
  if (parent !== 'directory') return blocked(`the directory above ${path} is not there: make it with directory first`)
  const made = withAttributes(wanted, madeByRoot('0755'))
  const { owner, group, mode } = made as { readonly owner: string; readonly group: string; readonly mode: string }
  const apply = sh`(umask 077; mkdir -- ${path}) && chown -- ${`${owner}:${group}`} ${path} && chmod ${exactly(mode)} -- ${path}`
  return change([{ summary: 'create', apply }], { ...now, is: { kind: 'directory', ...made } })
}

function remove({ path, recurse }: DirectoryArgs, now: PathState): Plan<PathState> {
  if (now.is.kind === 'absent') return ok
  if (now.is.kind !== 'directory') return blocked(`${path} is there and is not a directory: remove it with file`)
  const apply = recurse ? sh`rm -rf --one-file-system -- ${path}` : sh`rmdir -- ${path}`
  return change([{ summary: recurse ? 'remove with all in it' : 'remove', apply }], { ...now, is: { kind: 'absent' } })
}
