// Task `template`: a file is rendered from an EJS template.
import { checkAttributes, checkPath } from '../src/resources/files/check-path.ts'
import { checkValidate } from '../src/resources/files/check-validate.ts'
import { mode, type Mode } from '../src/resources/files/mode.ts'
import { putContent } from '../src/resources/files/put-content.ts'
import { flag, listOf, record, required, text } from '../src/core/task/argument.ts'
import { defineTask } from '../src/core/task/define-task.ts'
import type { Source } from '../src/core/fleet/source.ts'
import { pathProbe, type PathState } from '../src/resources/files/path.ts'

export interface TemplateArgs {
  /** An EJS template on the controller, relative to the playbook. */
  readonly src: string
  /** Absolute, on the host. */
  readonly dest: string
  /**
   * All that the template may name; a name that it uses and that is not here is an error before any host is touched.
   */
  readonly vars: Readonly<Record<string, unknown>>
  /** Left out: a new file is root's, one that is there stays as it is. */
  readonly owner?: string
  readonly group?: string
  /** Left out: `0644` for a new file. */
  readonly mode?: Mode
  /**
   * A command that must accept the new file before it goes live; `%s` stands for its path:
   * `['visudo', '-cf', '%s']`.
   */
  readonly validate?: readonly string[]
  /** Keeps the file that was there as `DEST.mailrun-backup`, the last one. */
  readonly backup?: boolean
  /** The text holds secrets: no diff, and it is masked wherever it might come up. */
  readonly secret?: boolean
}

/**
 * Renders a template (`<%= name %>`, nothing is HTML-escaped) on the controller and puts it in place atomically.
 *
 * @ansible template
 */
export const template = defineTask<TemplateArgs, PathState>({
  type: 'template',
  name: ({ dest }) => dest,
  arguments: {
    src: required(text),
    dest: required(text),
    vars: required(record),
    owner: text,
    group: text,
    mode,
    validate: listOf(text),
    backup: flag,
    secret: flag,
  },
  check: (args) => checkPath('dest', args.dest) ?? checkAttributes(args) ?? checkValidate(args.validate),
  probe: (args) => pathProbe({ path: args.dest, wanted: wantedOf(args), owner: args.owner, group: args.group }),
  plan: (args, now, context) => {
    const { dest, validate, backup, owner, group, mode, secret } = args
    return putContent(
      {
        owner,
        group,
        mode,
        path: dest,
        content: context.source(sourceOf(args)),
        wanted: wantedOf(args),
        secret: secret ?? false,
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
      title: 'A configuration file from a template',
      args: { src: 'templates/motd.ejs', dest: '/etc/motd', vars: { host: 'mx1', domains: ['example.org'] } },
      sources: { 'templates/motd.ejs': 'mx1 serves example.org\n' },
    },
    {
      title: 'Checked before it goes live, the old one kept',
      args: {
        src: 'templates/sudoers.ejs',
        dest: '/etc/sudoers.d/ops',
        vars: { user: 'ops' },
        mode: '0440',
        validate: ['visudo', '-cf', '%s'],
        backup: true,
      },
      sources: { 'templates/sudoers.ejs': 'ops ALL=(ALL) NOPASSWD: ALL\n' },
    },
  ],
})

const wantedOf = ({ secret }: TemplateArgs): 'digest' | 'shown' => (secret ? 'digest' : 'shown')

const sourceOf = ({ src, vars }: TemplateArgs): Source => ({ kind: 'template', path: src, vars })
