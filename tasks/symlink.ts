// Task `symlink`: a symbolic link exists, or does not exist.
import { checkPath } from '../src/resources/files/check-path.ts'
import { flag, required, text } from '../src/core/task/argument.ts'
import { defineTask } from '../src/core/task/define-task.ts'
import type { PathFact } from '../src/core/task/fact.ts'
import { blocked, change, ok } from '../src/core/task/plan.ts'
import { putLink } from '../src/resources/files/program/files.ts'
import { pathProbe, type PathState } from '../src/resources/files/path.ts'

export interface SymlinkArgs {
  /** Absolute: where the link is. */
  readonly path: string
  /** Where it leads, absolute or relative to the link; need not be there. */
  readonly target: string
  /** Puts the link in the place of a file, a FIFO, a socket or a device; never of a directory. */
  readonly force?: boolean
}

/**
 * A symbolic link, switched atomically. To remove one, use `file` with `state: 'absent'`.
 *
 * @ansible file: state=link
 */
export const symlink = defineTask<SymlinkArgs, PathState>({
  type: 'symlink',
  name: ({ path }) => path,
  arguments: {
    path: required(text),
    target: required(text),
    force: flag,
  },
  check: ({ path, target }) =>
    checkPath('path', path) ??
    (target === '' || target.includes('\0') ? `target must be a path, got ${JSON.stringify(target)}` : undefined),
  probe: ({ path }) => pathProbe({ path, wanted: 'nothing' }),
  plan({ path, target, force }, now) {
    const { is, parent } = now
    if (is.kind === 'symlink' && is.target === target) return ok
    if (is.kind === 'directory')
      return blocked(`${path} is a directory, which no link replaces: remove it with directory first`)
    if ((is.kind === 'file' || is.kind === 'other') && !force) {
      const what = is.kind === 'file' ? 'a file' : 'a FIFO, a socket or a device'
      return blocked(`${path} is there and is ${what}: force: true puts the link in its place`)
    }
    if (parent !== 'directory') return blocked(`the directory above ${path} is not there: make it with directory first`)
    return change([{ summary: summaryOf(is, target), apply: putLink(path, target) }], {
      ...now,
      is: { kind: 'symlink', target },
    })
  },
  writes: ({ path }) => [`path:${path}`],
  owns: ({ path }) => [`content:${path}`],
  examples: [
    { title: 'A link', args: { path: '/etc/mail-name', target: 'mailname' } },
    {
      title: 'A link in the place of a file',
      args: { path: '/srv/spool', target: '/var/spool/mail', force: true },
      given: 'touch /srv/spool',
    },
    {
      title: 'A link that leads elsewhere so far',
      args: { path: '/srv/current', target: '/srv/releases/2 "b"' },
      given: 'ln -s /srv/releases/1 /srv/current',
    },
  ],
})

function summaryOf(is: PathFact, target: string): string {
  if (is.kind === 'absent') return `link to ${target}`
  if (is.kind === 'symlink') return `link to ${target} instead of ${String(is.target)}`
  return `${is.kind === 'file' ? 'file' : 'special file'} → link to ${target}`
}
