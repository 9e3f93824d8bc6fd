// Task `file`: a file has its content, owner, group and mode, or does not exist.
import { attributeChanges, givenAttributes, withAttributes } from '../src/resources/files/attributes.ts'
import { checkAttributes, checkPath } from '../src/resources/files/check-path.ts'
import { checkValidate } from '../src/resources/files/check-validate.ts'
import { mode, type Mode } from '../src/resources/files/mode.ts'
import { putContent, whyBlocked } from '../src/resources/files/put-content.ts'
import { bytes, either, flag, listOf, oneOf, required, secret, text } from '../src/core/task/argument.ts'
import { defineTask } from '../src/core/task/define-task.ts'
import { blocked, change, type Plan } from '../src/core/task/plan.ts'
import type { PlanContext } from '../src/core/task/task.ts'
import { pathProbe, type PathState, type Wanted } from '../src/resources/files/path.ts'
import { withoutFile } from '../src/resources/files/with-file.ts'
import { Secret } from '../src/shell/secret.ts'

interface FileCommon {
  /** Absolute. The directory above must be there, or be made by a task before. */
  readonly path: string
  /** Left out: a new file is root's, one that is there stays as it is. */
  readonly owner?: string
  readonly group?: string
  /** Left out: `0644` for a new file. */
  readonly mode?: Mode
}

/** How a new content goes live. */
interface GoingLive {
  /**
   * A command that must accept the new file before it goes live; `%s` stands for its path: `['visudo', '-cf', '%s']`.
   */
  readonly validate?: readonly string[]
  /** Keeps the file that was there as `PATH.mailrun-backup`, the last one. */
  readonly backup?: boolean
}

interface NoContent {
  readonly content?: never
  readonly source?: never
  readonly validate?: never
  readonly backup?: never
}

export type FileArgs = FileCommon &
  (
    | (GoingLive & {
        /** The whole content; as a `Secret` it is shown nowhere, in no diff either. */
        readonly content: string | Uint8Array | Secret<string>
        readonly source?: never
        readonly state?: 'present'
      })
    | (GoingLive & {
        /** A file on the controller, relative to the playbook. */
        readonly source: string
        readonly content?: never
        readonly state?: 'present'
      })
    /** Only owner, group and mode of a file that is there. */
    | (NoContent & { readonly state?: 'present' })
    /** No file, and no symbolic link. */
    | (NoContent & { readonly state: 'absent' })
  )

/**
 * A file; replaced atomically, and never readable to others than it should be.
 *
 * @ansible copy: content, file
 */
export const file = defineTask<FileArgs, PathState>({
  type: 'file',
  name: ({ path }) => path,
  arguments: {
    path: required(text),
    owner: text,
    group: text,
    mode,
    content: either(text, bytes, secret),
    source: text,
    validate: listOf(text),
    backup: flag,
    state: oneOf('present', 'absent'),
  },
  check: (args) =>
    checkPath('path', args.path) ?? checkAttributes(args) ?? checkValidate(args.validate) ?? checkTogether(args),
  probe: (args) => pathProbe({ path: args.path, wanted: wantedOf(args), owner: args.owner, group: args.group }),
  plan: (args, now, context) => {
    if (args.state === 'absent') return withoutFile(args.path, now)
    const content = contentOf(args, context)
    if (content === undefined) return attributesOnly(args, now)
    const { path, owner, group, mode, validate, backup } = args
    return putContent(
      {
        path,
        content,
        owner,
        group,
        mode,
        validate,
        backup,
        wanted: wantedOf(args),
        secret: args.content instanceof Secret,
      },
      now,
    )
  },
  writes: ({ path, backup }) => [`path:${path}`, ...(backup ? ([`path:${path}.mailrun-backup`] as const) : [])],
  owns: (args) =>
    args.content === undefined && args.source === undefined && args.state !== 'absent'
      ? [`attributes:${args.path}`]
      : [`content:${args.path}`],
  sources: ({ source }) => (source === undefined ? [] : [{ kind: 'file', path: source }]),
  examples: [
    { title: 'A file with a text', args: { path: '/etc/motd', content: 'Mail host. "Handle" with $care.\n' } },
    {
      title: 'A file of the controller',
      args: { path: '/etc/mail-banner', source: 'files/banner', mode: '0640', group: 'mail' },
      sources: { 'files/banner': 'ESMTP\n' },
    },
    {
      title: 'A secret that is shown nowhere',
      args: { path: '/etc/relay-password', content: new Secret('correct horse'), mode: '0600' },
    },
    {
      title: 'Checked before it goes live, the old one kept',
      args: {
        path: '/etc/sudoers.d/queue',
        content: 'postmaster ALL=(root) NOPASSWD: /usr/sbin/postqueue\n',
        mode: '0440',
        validate: ['visudo', '-cf', '%s'],
        backup: true,
      },
      given: "printf '# old\\n' > /etc/sudoers.d/queue",
    },
    { title: 'Owner and mode of a file that is there', args: { path: '/etc/fstab', mode: '0600' } },
    { title: 'No file', args: { path: '/etc/nologin', state: 'absent' }, given: 'touch /etc/nologin' },
  ],
})

/** Arguments of which a playbook without types may give any. */
interface Given extends FileCommon, GoingLive {
  readonly content?: unknown
  readonly source?: unknown
  readonly state?: 'present' | 'absent'
}

/** What the types of {@link FileArgs} tell already. */
function checkTogether({ content, source, mode, owner, group, validate, backup, state }: Given): string | undefined {
  if (content !== undefined && source !== undefined) return 'give content or source, not both'
  const others: readonly unknown[] = [content, source, mode, owner, group]
  if (state === 'absent' && others.some((each) => each !== undefined)) return 'state: absent goes with nothing but path'
  const goesLive = content !== undefined || source !== undefined
  if (!goesLive && (validate !== undefined || backup)) return 'validate and backup go with content or source'
  return undefined
}

const wantedOf = ({ content, source }: FileArgs): Wanted =>
  content === undefined && source === undefined ? 'nothing' : content instanceof Secret ? 'digest' : 'shown'

function contentOf({ content, source }: FileArgs, context: PlanContext): Uint8Array | undefined {
  if (source !== undefined) return context.source({ kind: 'file', path: source })
  if (content === undefined || content instanceof Uint8Array) return content
  return Buffer.from(content instanceof Secret ? content.reveal() : content)
}

function attributesOnly(args: FileArgs, now: PathState): Plan<PathState> {
  const stands = whyBlocked(args.path, now)
  if (stands !== undefined) return blocked(stands)
  const { is } = now
  if (is.kind !== 'file') return blocked(`${args.path} is not there, and no content is given to make it with`)
  const wanted = givenAttributes(args, now)
  return change(attributeChanges(args.path, wanted, is), { ...now, is: { ...is, ...withAttributes(wanted, is) } })
}
