// Task `lineInFile`: one line is in a file that others own, or is not.
import { checkAttributes, checkPath } from '../src/resources/files/check-path.ts'
import { checkValidate } from '../src/resources/files/check-validate.ts'
import { editContent } from '../src/resources/files/edit-content.ts'
import { editLine, forgetful } from '../src/resources/files/edit-lines.ts'
import { mode, type Mode } from '../src/resources/files/mode.ts'
import { flag, listOf, oneOf, regexp, required, text } from '../src/core/task/argument.ts'
import { defineTask } from '../src/core/task/define-task.ts'
import { pathProbe, type PathState } from '../src/resources/files/path.ts'

export interface LineInFileArgs {
  /** Absolute. */
  readonly path: string
  /** The line, without its newline. */
  readonly line: string
  /**
   * The last line that matches is replaced by `line`; with `absent`, all that match are removed. Left out: lines equal
   * to `line`. Where it does not match `line` itself (`/^#Port/` for `Port 22`) it counts only until `line` is there.
   */
  readonly regexp?: RegExp
  readonly state?: 'present' | 'absent'
  /** Where a new line goes: after the last line that matches; else at the end. */
  readonly insertAfter?: RegExp
  /** Where a new line goes: before the last line that matches; else at the end. */
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
 * Makes sure of one line; the rest of the file stays as it is. Expressions are JavaScript's, each applied to one line.
 *
 * @ansible lineinfile
 */
export const lineInFile = defineTask<LineInFileArgs, PathState>({
  type: 'lineInFile',
  name: ({ path, line }) => `${path}: ${line}`,
  arguments: {
    path: required(text),
    line: required(text),
    regexp,
    state: oneOf('present', 'absent'),
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
    (/[\n\r\0]/.test(args.line)
      ? `line must be one line, got ${JSON.stringify(args.line)}: several go with blockInFile`
      : undefined) ??
    (args.insertAfter !== undefined && args.insertBefore !== undefined
      ? 'give insertAfter or insertBefore, not both'
      : undefined),
  probe: ({ path, owner, group }) => pathProbe({ path, wanted: 'needed', owner, group }),
  plan({ path, line, regexp, state, insertAfter, insertBefore, create, owner, group, mode, validate, backup }, now) {
    const edit = (text: string): string =>
      editLine(text, {
        line,
        regexp: regexp && forgetful(regexp),
        state: state ?? 'present',
        insertAfter: insertAfter && forgetful(insertAfter),
        insertBefore: insertBefore && forgetful(insertBefore),
      })
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
  owns: ({ path, line, regexp }) => [`content:${path}#line:${regexp === undefined ? line : String(regexp)}`],
  examples: [
    {
      title: 'One setting of a file that a package owns',
      args: { path: '/etc/default/opendkim', regexp: /^RUNDIR=/, line: 'RUNDIR=/run/opendkim' },
      given: "printf '# Defaults\\nRUNDIR=/elsewhere\\n' > /etc/default/opendkim",
    },
    {
      title: 'A default that is commented out',
      args: { path: '/etc/ssh/sshd_config.mail', regexp: /^#MaxSessions/, line: 'MaxSessions 10' },
      given: "printf '#MaxSessions 5\\nPort 22\\n' > /etc/ssh/sshd_config.mail",
    },
    {
      title: 'A line after another',
      args: {
        path: '/etc/hosts',
        line: '127.0.1.1 mx1.example.org mx1',
        regexp: /^127\.0\.1\.1\s/,
        insertAfter: /^127\.0\.0\.1\s/,
      },
    },
    {
      title: 'No such line',
      args: { path: '/etc/aliases.old', line: '', regexp: /^nobody:/, state: 'absent' },
      given: "printf 'nobody: root\\nroot: ops\\n' > /etc/aliases.old",
    },
  ],
})
