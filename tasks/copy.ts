// Task `copy`: a file of this machine is on the host.
import { checkAttributes, checkPath } from '../src/resources/files/check-path.ts'
import { checkValidate } from '../src/resources/files/check-validate.ts'
import { mode, type Mode } from '../src/resources/files/mode.ts'
import { putContent } from '../src/resources/files/put-content.ts'
import { flag, listOf, required, text } from '../src/core/task/argument.ts'
import { defineTask } from '../src/core/task/define-task.ts'
import type { Source } from '../src/core/fleet/source.ts'
import { pathProbe, type PathState } from '../src/resources/files/path.ts'

export interface CopyArgs {
  /** A file on the controller, relative to the playbook. */
  readonly src: string
  /** Absolute, on the host: the file, not the directory that it goes to. */
  readonly dest: string
  /** Left out: a new file is root's, one that is there stays as it is. */
  readonly owner?: string
  readonly group?: string
  /** Left out: `0644` for a new file. */
  readonly mode?: Mode
  /**
   * A command that must accept the new file before it goes live; `%s` stands for its path: `['visudo', '-cf', '%s']`.
   */
  readonly validate?: readonly string[]
  /** Keeps the file that was there as `DEST.mailrun-backup`, the last one. */
  readonly backup?: boolean
}

/**
 * One file, byte for byte, under Ansible's name and arguments; `template` renders, `file` takes the content itself.
 *
 * @ansible copy
 */
export const copy = defineTask<CopyArgs, PathState>({
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
  },
  check: (args) => checkPath('dest', args.dest) ?? checkAttributes(args) ?? checkValidate(args.validate),
  probe: ({ dest, owner, group }) => pathProbe({ path: dest, wanted: 'shown', owner, group }),
  plan: (args, now, context) => {
    const { dest, validate, backup, owner, group, mode } = args
    return putContent(
      {
        owner,
        group,
        mode,
        path: dest,
        content: context.source(sourceOf(args)),
        wanted: 'shown',
        secret: false,
        validate,
        backup,
      },
      now,
    )
  },
  writes: ({ dest, backup }) => [`path:${dest}`, ...(backup ? ([`path:${dest}.mailrun-backup`] as const) : [])],
  owns: ({ dest }) => [`content:${dest}`],
  sources: (args) => [sourceOf(args)],
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
  ],
})

const sourceOf = ({ src }: CopyArgs): Source => ({ kind: 'file', path: src })
