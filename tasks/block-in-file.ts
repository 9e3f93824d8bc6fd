// Task `blockInFile`: a block of lines between markers, in a file that others own.
import { checkAttributes, checkPath } from '../src/resources/files/check-path.ts'
import { checkValidate } from '../src/resources/files/check-validate.ts'
import { editContent } from '../src/resources/files/edit-content.ts'
import { editBlock, forgetful } from '../src/resources/files/edit-lines.ts'
import { mode, type Mode } from '../src/resources/files/mode.ts'
import { flag, listOf, oneOf, regexp, required, text } from '../src/core/task/argument.ts'
import { defineTask } from '../src/core/task/define-task.ts'
import { pathProbe, type PathState } from '../src/resources/files/path.ts'

export interface BlockInFileArgs {
  /** Absolute. */
  readonly path: string
  /** Tells this block from others in the same file; it is written into the markers: `# BEGIN mailrun NAME`. */
  readonly block: string
  /** The lines between the markers. */
  readonly content?: string
  /** `absent` removes the block with its markers. */
  readonly state?: 'present' | 'absent'
  /** What begins a comment in this file; left out: `#`. */
  readonly comment?: string
  /**
   * The lines around the block, with `{mark}` for BEGIN and END, as Ansible has it: `# {mark} ANSIBLE MANAGED BLOCK`
   * takes over a block that Ansible wrote. Left out: `# {mark} mailrun NAME`.
   */
  readonly marker?: string
  /** Where a new block goes: after the last line that matches; else at the end. */
  readonly insertAfter?: RegExp
  /** Where a new block goes: before the last line that matches; else at the end. */
  readonly insertBefore?: RegExp
  /** Makes the file where it is not there. */
  readonly create?: boolean
  readonly owner?: string
  readonly group?: string
  readonly mode?: Mode
  /** A command that must accept the new file before it goes live; `%s` stands for its path. */
  readonly validate?: readonly string[]
  /** Keeps the file that was there as `PATH.mailrun-backup`, the last one. */
  readonly backup?: boolean
}

/**
 * Keeps a block of lines; the rest of the file stays as it is.
 *
 * @ansible blockinfile
 */
export const blockInFile = defineTask<BlockInFileArgs, PathState>({
  type: 'blockInFile',
  name: ({ path, block }) => `${path}: ${block}`,
  arguments: {
    path: required(text),
    block: required(text),
    content: text,
    state: oneOf('present', 'absent'),
    comment: text,
    marker: text,
    insertAfter: regexp,
    insertBefore: regexp,
    create: flag,
    owner: text,
    group: text,
    mode,
    validate: listOf(text),
    backup: flag,
  },
  check: (args) =>
    checkPath('path', args.path) ??
    checkAttributes(args) ??
    checkValidate(args.validate) ??
    (/^[^\n\r\0]+$/.test(args.block)
      ? undefined
      : `block must be a name on one line, got ${JSON.stringify(args.block)}`) ??
    checkMarker(args) ??
    (args.insertAfter !== undefined && args.insertBefore !== undefined
      ? 'give insertAfter or insertBefore, not both'
      : undefined) ??
    (args.state === 'absent' ? undefined : checkContent(args)),
  probe: ({ path, owner, group }) => pathProbe({ path, wanted: 'needed', owner, group }),
  plan(args, now) {
    const { path, state, insertAfter, insertBefore, create, owner, group, mode, validate, backup } = args
    const { begin, end } = markers(args)
    const block = state === 'absent' ? undefined : linesOf(args.content ?? '')
    const edit = (text: string): string | { readonly impossible: string } =>
      editBlock(text, {
        block,
        begin,
        end,
        insertAfter: insertAfter && forgetful(insertAfter),
        insertBefore: insertBefore && forgetful(insertBefore),
      }) ?? {
        impossible: `${path} must hold the lines "${begin}" and "${end}" once each, in this order: correct it by hand`,
      }
    return editContent(
      {
        owner,
        group,
        mode,
        path,
        edit,
        create: create ?? false,
        needed: state !== 'absent',
        validate,
        backup: backup ?? false,
      },
      now,
    )
  },
  writes: ({ path, backup }) => [`path:${path}`, ...(backup ? ([`path:${path}.mailrun-backup`] as const) : [])],
  owns: (args) => [`content:${args.path}#block:${args.block}`, `content:${args.path}#marker:${markers(args).begin}`],
  examples: [
    {
      title: 'Hosts of the fleet',
      args: { path: '/etc/hosts', block: 'fleet', content: '192.0.2.1 mx1\n192.0.2.2 mx2\n' },
    },
    {
      title: 'A block before a line',
      args: {
        path: '/etc/services.mail',
        block: 'submission',
        content: 'submissions 465/tcp\n',
        insertBefore: /^# end/,
      },
      given: "printf 'smtp 25/tcp\\n# end\\n' > /etc/services.mail",
    },
    {
      title: 'A block that Ansible wrote',
      args: {
        path: '/etc/hosts.mail',
        block: 'fleet',
        marker: '# {mark} ANSIBLE MANAGED BLOCK',
        content: '192.0.2.1 mx1\n',
      },
      given: `
printf '%s\\n' '# BEGIN ANSIBLE MANAGED BLOCK' '192.0.2.9 mx1' '# END ANSIBLE MANAGED BLOCK' > /etc/hosts.mail`,
    },
    {
      title: 'No block any more',
      args: { path: '/etc/hosts.old', block: 'fleet', state: 'absent' },
      given: `
printf '%s\\n' '127.0.0.1 localhost' '# BEGIN mailrun fleet' '192.0.2.1 mx1' '# END mailrun fleet' > /etc/hosts.old`,
    },
  ],
})

function markers({ block, comment, marker }: BlockInFileArgs): { readonly begin: string; readonly end: string } {
  const line = marker ?? `${comment ?? '#'} {mark} mailrun ${block}`
  const [before, after] = [line.slice(0, line.indexOf('{mark}')), line.slice(line.indexOf('{mark}') + '{mark}'.length)]
  return { begin: `${before}BEGIN${after}`, end: `${before}END${after}` }
}

function checkMarker({ marker, comment }: BlockInFileArgs): string | undefined {
  if (marker === undefined) return undefined
  if (comment !== undefined) return 'give marker or comment, not both'
  return /^[^\n\r\0]*\{mark\}[^\n\r\0]*$/.test(marker)
    ? undefined
    : `marker must be one line with {mark} in it, got ${JSON.stringify(marker)}`
}

function checkContent(args: BlockInFileArgs): string | undefined {
  if (args.content === undefined) return 'content is missing: give the lines, or state: absent'
  const { begin, end } = markers(args)
  return linesOf(args.content).some((line) => line === begin || line === end)
    ? 'content must not hold its own markers'
    : undefined
}

/** However they end: the block gets the line endings of its file. */
const linesOf = (content: string): readonly string[] => content.replace(/\r?\n$/, '').split(/\r?\n/)
