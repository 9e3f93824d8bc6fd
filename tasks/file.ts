// Task: a file with its content, owner, group and mode, or no file.
import { attributeChanges, withAttributes } from '../src/changes/attributes.ts'
import { checkAttributes, checkPath } from '../src/changes/check-path.ts'
import { mode, type Mode } from '../src/changes/mode.ts'
import { putContent, standsInTheWay } from '../src/changes/put-content.ts'
import { bytes, either, oneOf, required, secret, text } from '../src/model/argument.ts'
import { defineTask } from '../src/model/define-task.ts'
import { blocked, change, ok, type Plan } from '../src/model/plan.ts'
import type { PlanContext } from '../src/model/task.ts'
import { pathProbe, type PathState, type Wanted } from '../src/probes/path.ts'
import { Secret } from '../src/shell/secret.ts'
import { sh } from '../src/shell/sh.ts'

interface FileCommon {
  /** Absolute. The directory above must be there, or be made by a task before. */
  readonly path: string
  /** Left out: a new file is root's, one that is there stays as it is. */
  readonly owner?: string
  readonly group?: string
  /** Left out: `0644` for a new file. */
  readonly mode?: Mode
}

export type FileArgs = FileCommon &
  (
    | {
        /** The whole content; as a `Secret` it is shown nowhere, in no diff either. */
        readonly content: string | Uint8Array | Secret<string>
        readonly source?: never
        readonly state?: 'present'
      }
    | {
        /** A file on the controller, relative to the playbook. */
        readonly source: string
        readonly content?: never
        readonly state?: 'present'
      }
    /** Only owner, group and mode of a file that is there. */
    | { readonly content?: never; readonly source?: never; readonly state?: 'present' }
    /** No file, and no symbolic link. */
    | { readonly content?: never; readonly source?: never; readonly state: 'absent' }
  )

/** A file; replaced atomically, and never readable to others than it should be. */
export const file = defineTask<FileArgs, PathState>({
  type: 'file',
  name: ({ path }) => path,
  arguments: {
    path: required(text), owner: text, group: text, mode, content: either(text, bytes, secret), source: text, state: oneOf('present', 'absent'),
  },
  check: (args) =>
    checkPath('path', args.path) ??
    checkAttributes(args) ??
    (args.content !== undefined && args.source !== undefined ? 'give content or source, not both' : undefined) ??
    (args.state === 'absent' && (args.content ?? args.source ?? args.mode ?? args.owner ?? args.group) !== undefined ? 'state: absent goes with nothing but path' : undefined),
  probe: (args) => pathProbe({ path: args.path, wanted: wantedOf(args), owner: args.owner, group: args.group }),
  plan: (args, now, context) => {
    if (args.state === 'absent') return remove(args.path, now)
    const content = contentOf(args, context)
    if (content === undefined) return attributesOnly(args, now)
    return putContent({ ...attributesOf(args), path: args.path, content, wanted: wantedOf(args), secret: args.content instanceof Secret }, now)
  },
  writes: ({ path }) => [`path:${path}`],
  owns: (args) => (args.content === undefined && args.source === undefined && args.state !== 'absent' ? [`attributes:${args.path}`] : [`content:${args.path}`]),
  sources: ({ source }) => (source === undefined ? [] : [{ kind: 'file', path: source }]),
  examples: [
    { title: 'A file with a text', args: { path: '/etc/motd', content: 'Mail host. "Handle" with $care.\n' } },
    { title: 'A file of the controller', args: { path: '/etc/mail-banner', source: 'files/banner', mode: '0640', group: 'mail' }, sources: { 'files/banner': 'ESMTP\n' } },
    { title: 'A secret that is shown nowhere', args: { path: '/etc/relay-password', content: new Secret('correct horse'), mode: '0600' } },
    { title: 'Owner and mode of a file that is there', args: { path: '/etc/fstab', mode: '0600' } },
    { title: 'No file', args: { path: '/etc/nologin', state: 'absent' }, given: 'touch /etc/nologin' },
  ],
})

const wantedOf = ({ content, source }: FileArgs): Wanted => (content === undefined && source === undefined ? 'nothing' : content instanceof Secret ? 'digest' : 'shown')

const attributesOf = ({ owner, group, mode }: FileCommon): { owner?: string; group?: string; mode?: string } => ({
  ...(owner === undefined ? {} : { owner }),
  ...(group === undefined ? {} : { group }),
  ...(mode === undefined ? {} : { mode }),
})

function contentOf({ content, source }: FileArgs, context: PlanContext): Uint8Array | undefined {
  if (source !== undefined) return context.source({ kind: 'file', path: source })
  if (content === undefined || content instanceof Uint8Array) return content
  return Buffer.from(content instanceof Secret ? content.reveal() : content)
}

function attributesOnly(args: FileArgs, now: PathState): Plan<PathState> {
  const stands = standsInTheWay(args.path, now)
  if (stands !== undefined) return blocked(stands)
  const { is } = now
  if (is.kind !== 'file') return blocked(`${args.path} is not there, and no content is given to make it with`)
  const wanted = attributesOf(args)
  return change(attributeChanges(args.path, wanted, is), { ...now, is: { ...is, ...withAttributes(wanted, is) } })
}

function remove(path: string, now: PathState): Plan<PathState> {
  if (now.is.kind === 'absent') return ok
  if (now.is.kind === 'directory') return blocked(`${path} is a directory: remove it with directory`)
  return change([{ summary: 'remove', apply: sh`rm -f -- ${path}` }], { ...now, is: { kind: 'absent' } })
}

