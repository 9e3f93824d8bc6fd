// Task `owner`: a path, and all paths below it, have an owner and a group (chown -R).
import { checkAttributes, checkPath } from '../src/resources/files/check-path.ts'
import { ownTree } from '../src/resources/files/program/files.ts'
import { flag, required, text } from '../src/core/task/argument.ts'
import { defineTask } from '../src/core/task/define-task.ts'
import { blocked, change, ok } from '../src/core/task/plan.ts'
import { ownershipProbe, type OwnershipState } from '../src/resources/files/ownership.ts'

export interface OwnerArgs {
  /** Absolute. */
  readonly path: string
  readonly owner?: string
  readonly group?: string
  /**
   * All that is below it too, symbolic links themselves and never what they lead to. Setuid and setgid bits stay on
   * files that were root's; on others they go, as with chown(1): who planted them must not gain by it.
   */
  readonly recursive?: boolean
}

/**
 * Owner and group, as `chown` and `chown -R` set them. For one file or directory that a task makes, give that task
 * `owner` and `group`.
 *
 * @ansible file: recurse (chown -R)
 */
export const owner = defineTask<OwnerArgs, OwnershipState>({
  type: 'owner',
  name: ({ path }) => path,
  arguments: {
    path: required(text),
    owner: text,
    group: text,
    recursive: flag,
  },
  check: (args) =>
    checkPath('path', args.path) ??
    checkAttributes(args) ??
    (args.owner === undefined && args.group === undefined ? 'give owner, group, or both' : undefined),
  probe: ({ path, owner, group, recursive }) => ownershipProbe({ path, owner, group, recursive: recursive ?? false }),
  plan({ path, owner, group, recursive }, now) {
    if (now.missing.length > 0)
      return blocked(
        `there is no ${now.missing.join(' and no ')} on the host: ` +
          'make it with user or group, or have apt say what its packages provide',
      )
    if (!now.there) return blocked(`${path} is not there`)
    if (now.deviating.length === 0) return ok
    const to = `${owner ?? ''}${group === undefined ? '' : `:${group}`}`
    const rest = now.deviating.length - 1
    const others = rest === 0 ? '' : ` and ${now.more ? 'more than ' : ''}${rest} more`
    const summary = `chown ${to}: ${now.deviating[0] ?? path}${others}`
    return change([{ summary, apply: ownTree(path, { owner, group }, recursive ?? false) }], {
      ...now,
      deviating: [],
      more: false,
    })
  },
  writes: ({ path }) => [`path:${path}`],
  examples: [
    {
      title: 'All below a directory',
      args: { path: '/srv/keys', owner: 'daemon', group: 'daemon', recursive: true },
      given: 'mkdir -p /srv/keys/example.org && touch "/srv/keys/example.org/a b" && ln -s /etc/passwd /srv/keys/link',
    },
    { title: 'One file', args: { path: '/srv/list', group: 'mail' }, given: 'touch /srv/list' },
  ],
})
