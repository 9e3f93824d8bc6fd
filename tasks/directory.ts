// Task `directory`: a directory exists with its owner, group and mode, or does not exist.
import {
  attributeChanges,
  type Attributes,
  type KnownAttributes,
  givenAttributes,
  madeByRoot,
  withAttributes,
} from '../src/resources/files/attributes.ts'
import { checkAttributes, checkPath } from '../src/resources/files/check-path.ts'
import { mode, type Mode } from '../src/resources/files/mode.ts'
import { makeDirectory, removeDirectory, removeTree } from '../src/resources/files/program/files.ts'
import { flag, oneOf, required, text } from '../src/core/task/argument.ts'
import { defineTask } from '../src/core/task/define-task.ts'
import { blocked, change, ok, type Plan } from '../src/core/task/plan.ts'
import type { Resource } from '../src/core/task/resource.ts'
import { joinProbes } from '../src/core/probe/join-probes.ts'
import { pathProbe, type PathState } from '../src/resources/files/path.ts'

export interface DirectoryArgs {
  /** Absolute. The directory above must be there, or be made by a task before, unless `parents` is given. */
  readonly path: string
  /** Makes the directories above it too where they are not there: root's, `0755`. */
  readonly parents?: boolean
  /** Left out: a new one is root's, one that is there stays as it is. */
  readonly owner?: string
  readonly group?: string
  /** Left out: `0755` for a new one. */
  readonly mode?: Mode
  /** One that is there with another owner or group keeps these, and its mode. */
  readonly keep?: boolean
  readonly state?: 'present' | 'absent'
  /** With `absent`: removes what is in it too. */
  readonly recurse?: boolean
}

/** With `parents`, the directories above it are asked too, from the top. */
export interface DirectoryState extends PathState {
  readonly above?: readonly PathState[]
}

/**
 * A directory; what is in it stays untouched.
 *
 * @ansible file: state=directory
 */
export const directory = defineTask<DirectoryArgs, DirectoryState>({
  type: 'directory',
  name: ({ path }) => path,
  arguments: {
    path: required(text),
    parents: flag,
    owner: text,
    group: text,
    mode,
    keep: flag,
    state: oneOf('present', 'absent'),
    recurse: flag,
  },
  check: (args) =>
    checkPath('path', args.path) ??
    checkAttributes(args) ??
    (args.path === '/' && args.state === 'absent' ? 'refuses to remove /' : undefined) ??
    (args.recurse && args.state !== 'absent' ? 'recurse only goes with state: absent' : undefined) ??
    (args.keep && args.state === 'absent' ? 'keep does not go with state: absent' : undefined) ??
    (args.parents && args.state === 'absent' ? 'parents does not go with state: absent' : undefined),
  probe: ({ path, owner, group, parents }) => {
    const own = pathProbe({ path, wanted: 'nothing', owner, group })
    if (!parents) return own
    const above = ancestorsOf(path).map((each) => pathProbe({ path: each, wanted: 'nothing' }))
    return joinProbes<PathState, PathState, DirectoryState>(
      own,
      above,
      (first, rest) => ({ ...first, above: rest }),
      ({ above: rest = [], ...first }) => [first, rest],
    )
  },
  plan: (args, now) => (args.state === 'absent' ? remove(args, now) : make(args, now)),
  writes: ({ path, parents }) => [path, ...(parents ? ancestorsOf(path) : [])].map((each): Resource => `path:${each}`),
  owns: ({ path }) => [`directory:${path}`],
  examples: [
    {
      title: 'The key directory of OpenDKIM',
      args: { path: '/srv/dkimkeys', owner: 'daemon', group: 'mail', mode: '0700' },
    },
    {
      title: 'A directory whose files get its group',
      args: { path: '/srv/shared "files"', group: 'mail', mode: '2770' },
      given: 'mkdir -m 0777 "/srv/shared \\"files\\""',
    },
    { title: 'With the directories above it', args: { path: '/srv/backup/mail/daily', parents: true, mode: '0700' } },
    {
      title: "One that keeps its owner, group and mode where it is another account's",
      args: { path: '/srv/dkimkeys/example.org', owner: 'root', group: 'mail', mode: '0750', keep: true },
      given: 'mkdir -p /srv/dkimkeys',
    },
    {
      title: 'Remove a directory with all that is in it',
      args: { path: '/srv/old', state: 'absent', recurse: true },
      given: 'mkdir -p /srv/old/deep && touch /srv/old/deep/file',
    },
  ],
})

/** `/srv`, `/srv/a` of `/srv/a/b` */
const ancestorsOf = (path: string): readonly string[] =>
  path
    .split('/')
    .slice(1, -1)
    .map((_, index, parts) => `/${parts.slice(0, index + 1).join('/')}`)

function make(args: DirectoryArgs, now: DirectoryState): Plan<DirectoryState> {
  const { path, parents } = args
  const { is, parent, missing, above = [] } = now
  const wanted = givenAttributes(args, now)
  if (missing.length > 0)
    return blocked(
      `there is no ${missing.join(' and no ')} on the host: ` +
        'make it with user or group, or have apt say what its packages provide',
    )
  if (is.kind === 'directory' && args.keep && isAnothers(wanted, is)) return ok
  if (is.kind === 'directory')
    return change(attributeChanges(path, wanted, is), {
      ...now,
      is: { kind: 'directory', ...withAttributes(wanted, is) },
    })
  if (is.kind !== 'absent')
    return blocked(`${path} is there and is not a directory${is.kind === 'symlink' ? ' but a symbolic link' : ''}`)
  if (parent === 'other' || above.some((each) => each.parent === 'other'))
    return blocked(`what is above ${path} is not a directory`)
  if (parent === 'absent' && !parents)
    return blocked(`the directory above ${path} is not there: make it with directory first, or say parents: true`)
  const made = withAttributes(wanted, madeByRoot('0755'))
  const { owner, group, mode } = made as { readonly owner: string; readonly group: string; readonly mode: string }
  const lacking = ancestorsOf(path).filter((_, index) => above[index]?.is.kind === 'absent')
  const apply = makeDirectory(path, { owner, group, mode }, lacking)
  const then = { ...now, parent: 'directory', is: { kind: 'directory', ...made } } as const
  const aboveThen = above.map((each): PathState =>
    each.is.kind === 'absent'
      ? { ...each, parent: 'directory', is: { kind: 'directory', ...madeByRoot('0755') } }
      : each,
  )
  return change(
    [{ summary: lacking.length === 0 ? 'create' : `create, and above it ${lacking.join(', ')}`, apply }],
    parents ? { ...then, above: aboveThen } : then,
  )
}

const isAnothers = ({ owner, group }: Attributes, is: KnownAttributes): boolean =>
  unlike(owner, is.owner) || unlike(group, is.group)

const unlike = (wanted: string | undefined, is: unknown): boolean => wanted !== undefined && wanted !== is

function remove({ path, recurse }: DirectoryArgs, now: DirectoryState): Plan<DirectoryState> {
  if (now.is.kind === 'absent') return ok
  if (now.is.kind !== 'directory') return blocked(`${path} is there and is not a directory: remove it with file`)
  const apply = recurse ? removeTree(path) : removeDirectory(path)
  return change([{ summary: recurse ? 'remove with all in it' : 'remove', apply }], { ...now, is: { kind: 'absent' } })
}
