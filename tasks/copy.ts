// Task `copy`: a file or a folder of this machine is on the host.
import { checkAttributes, checkPath } from '../src/resources/files/check-path.ts'
import { checkValidate } from '../src/resources/files/check-validate.ts'
import { mode, type Mode } from '../src/resources/files/mode.ts'
import { putContent } from '../src/resources/files/put-content.ts'
import { folderProbe, pathIn, putFolder, type FolderState } from '../src/resources/files/put-folder.ts'
import { flag, listOf, required, text } from '../src/core/task/argument.ts'
import { defineTask } from '../src/core/task/define-task.ts'
import type { Source } from '../src/core/fleet/source.ts'
import { pathProbe } from '../src/resources/files/path.ts'

interface CopyCommon {
  /**
   * Absolute, on the host: the file, not the directory that it goes to; of a folder, the directory that gets its
   * content.
   */
  readonly dest: string
  /** Left out: what is new is root's, what is there stays as it is. */
  readonly owner?: string
  readonly group?: string
  /** Of files. Left out: `0644` for a new file; in a folder `0755` where its owner may execute it on the controller. */
  readonly mode?: Mode
}

interface CopyFile extends CopyCommon {
  /**
   * A file on the controller, relative to the playbook; with a slash at its end, a folder: all that is in it is copied.
   */
  readonly src: string
  /**
   * A command that must accept the new file before it goes live; `%s` stands for its path: `['visudo', '-cf', '%s']`.
   */
  readonly validate?: readonly string[]
  /** Keeps the file that was there as `DEST.mailrun-backup`, the last one. */
  readonly backup?: boolean
  readonly directoryMode?: never
  readonly purge?: never
}

interface CopyFolder extends CopyCommon {
  readonly src: `${string}/`
  readonly validate?: never
  readonly backup?: never
  /** Of a folder: the mode of directories. Left out: `0755` for a new one. */
  readonly directoryMode?: Mode
  /**
   * Of a folder: removes what is below `dest` and not in the folder; other tasks that put something there are refused.
   * Left out: other files stay.
   */
  readonly purge?: boolean
}

export type CopyArgs = CopyFile | CopyFolder

/**
 * A file, or a folder with all in it, byte for byte; `template` renders, `file` takes the content itself. Of a folder,
 * symbolic links on the controller are followed, at most 5000 files and folders are brought, and more than 32 files
 * have no diff.
 *
 * @ansible copy
 */
export const copy = defineTask<CopyArgs, FolderState>({
  type: 'copy',
  name: ({ dest }) => dest,
  arguments: {
    src: required(text),
    dest: required(text),
    owner: text,
    group: text,
    mode,
    validate: listOf(text),
    backup: flag,
    directoryMode: mode,
    purge: flag,
  },
  check: (args) =>
    checkPath('dest', args.dest) ?? checkAttributes(args) ?? checkValidate(args.validate) ?? checkKind({ ...args }),
  folder: (args) => (isFolder(args) ? args.src : undefined),
  probe: (args, listing) => {
    const { dest, owner, group, purge = false } = args
    return isFolder(args)
      ? folderProbe({ dest, listing, owner, group, purge })
      : pathProbe({ path: dest, wanted: 'shown', owner, group })
  },
  plan: (args, now, context, listing) => {
    const { src, dest, validate, backup, owner, group, mode, directoryMode, purge = false } = args
    if (isFolder(args)) {
      const content = ({ path }: { readonly path: string }): Uint8Array => context.source(sourceOf(`${src}${path}`))
      return putFolder({ dest, listing, owner, group, mode, directoryMode, purge, content }, now)
    }
    return putContent(
      {
        owner,
        group,
        mode,
        path: dest,
        content: context.source(sourceOf(src)),
        wanted: 'shown',
        secret: false,
        validate,
        backup,
      },
      now,
    )
  },
  writes: ({ dest, backup }) => [`path:${dest}`, ...(backup ? ([`path:${dest}.mailrun-backup`] as const) : [])],
  owns: (args, listing) =>
    isFolder(args)
      ? [
          ...(args.purge ? ([`tree:${args.dest}`] as const) : []),
          ...listing.flatMap(({ path, kind }) =>
            kind === 'file' ? ([`content:${pathIn(args.dest, path)}`] as const) : [],
          ),
        ]
      : [`content:${args.dest}`],
  sources: (args, listing) =>
    isFolder(args)
      ? listing.flatMap(({ path, kind }) => (kind === 'file' ? [sourceOf(`${args.src}${path}`)] : []))
      : [sourceOf(args.src)],
  examples: [
    {
      title: 'A file of the controller',
      args: { src: 'files/header_checks', dest: '/etc/header_checks' },
      sources: { 'files/header_checks': '/^X-Spam: yes/ REJECT\n' },
    },
    {
      title: 'Checked before it goes live, the old one kept',
      args: {
        src: 'files/sudoers',
        dest: '/etc/sudoers.d/mail',
        mode: '0440',
        validate: ['visudo', '-cf', '%s'],
        backup: true,
      },
      sources: { 'files/sudoers': 'postmaster ALL=(root) NOPASSWD: /usr/sbin/postqueue\n' },
      given: "printf '# old\\n' > /etc/sudoers.d/mail",
    },
    {
      title: 'All that is in a folder',
      args: { src: 'files/sieve/', dest: '/srv/sieve "global"', owner: 'mail', group: 'mail' },
      sources: {
        'files/sieve/spam.sieve': 'require "fileinto";\n',
        'files/sieve/bin/learn': '#!/bin/sh\nexit 0\n',
        "files/sieve/bin/it's $HOME/empty": '',
      },
      given: 'mkdir -p "/srv/sieve \\"global\\"/bin"; echo mine > "/srv/sieve \\"global\\"/local.sieve"',
    },
    {
      title: 'A folder, and nothing else there',
      args: { src: 'files/www/', dest: '/srv/www', mode: '0640', directoryMode: '0750', purge: true },
      sources: { 'files/www/index.html': 'hello\n', 'files/www/css/site.css': 'p {}\n' },
      given: `
mkdir -p /srv/www/old/deep /srv/www/css
touch "/srv/www/it's \\$old" /srv/www/old/deep/file
echo changed > /srv/www/index.html
ln -s / /srv/www/css/root`,
    },
  ],
})

const isFolder = ({ src }: { readonly src: string }): boolean => src.endsWith('/')

/** Of arguments of which a playbook without types may give any. */
function checkKind(
  args: Readonly<Record<string, unknown>> & { readonly src: string; readonly dest: string },
): string | undefined {
  const wrong = (isFolder(args) ? ['validate', 'backup'] : ['directoryMode', 'purge']).find(
    (each) => args[each] !== undefined,
  )
  if (wrong !== undefined)
    return isFolder(args)
      ? `${wrong} does not go with a folder: copy that file with a task of its own`
      : `${wrong} goes with a folder alone: name it with a slash at its end`
  return isFolder(args) && args.dest === '/' && args['purge'] === true ? 'purge does not go with dest: /' : undefined
}

const sourceOf = (path: string): Source => ({ kind: 'file', path })
