// Task `sudoers`: a file in /etc/sudoers.d, checked by visudo(8), says what users may do with sudo(8).
import { pathProbe, type PathState } from '../src/resources/files/path.ts'
import { putContent } from '../src/resources/files/put-content.ts'
import { withoutFile } from '../src/resources/files/with-file.ts'
import { flag, listOf, oneOf, required, text } from '../src/core/task/argument.ts'
import { defineTask } from '../src/core/task/define-task.ts'

interface SudoersCommon {
  /** Of the file in /etc/sudoers.d: sudo(8) reads none that has a dot in it, or ends in `~`. */
  readonly name: string
}

interface SudoersRule {
  /** Who may: a user, or a group with `%` before it. */
  readonly user: string
  /** What: paths of programs with their arguments, as one types them, or `ALL`. */
  readonly commands: readonly string[]
  /** As whom; left out: root. `ALL`: anybody. */
  readonly runAs?: string
  /** Without a password. */
  readonly noPassword?: boolean
}

export type SudoersArgs = SudoersCommon &
  (
    | (SudoersRule & { readonly content?: never; readonly state?: 'present' })
    /** The whole file, as sudoers(5) has it. */
    | (NoRule & { readonly content: string; readonly state?: 'present' })
    | (NoRule & { readonly content?: never; readonly state: 'absent' })
  )

type NoRule = { readonly [Key in keyof SudoersRule]?: never }

/**
 * A file of /etc/sudoers.d, root's and 0440. It goes live once `visudo -c` has accepted it: no mistake in it locks
 * anybody out.
 *
 * @ansible sudoers
 */
export const sudoers = defineTask<SudoersArgs, PathState>({
  type: 'sudoers',
  name: ({ name }) => name,
  arguments: {
    name: required(text),
    user: text,
    commands: listOf(text),
    runAs: text,
    noPassword: flag,
    content: text,
    state: oneOf('present', 'absent'),
  },
  check: (args) =>
    (/^[A-Za-z0-9_-]{1,100}$/.test(args.name)
      ? undefined
      : `name must be of letters, digits, _ and -, got ${JSON.stringify(args.name)}`) ?? checkGiven(args),
  probe: ({ name }) => pathProbe({ path: pathOf(name), wanted: 'shown' }),
  plan: (args, now) =>
    args.state === 'absent'
      ? withoutFile(pathOf(args.name), now)
      : putContent(
          {
            path: pathOf(args.name),
            content: Buffer.from(args.content ?? ruleOf(args)),
            owner: 'root',
            group: 'root',
            mode: '0440',
            validate: ['visudo', '-cf', '%s'],
            wanted: 'shown',
            secret: false,
          },
          now,
        ),
  writes: ({ name }) => [`path:${pathOf(name)}`],
  owns: ({ name }) => [`content:${pathOf(name)}`],
  examples: [
    {
      title: 'A command without a password',
      args: { name: 'queue', user: 'postmaster', commands: ['/usr/sbin/postqueue -p'], noPassword: true },
    },
    {
      title: 'Everything, for the members of a group',
      args: { name: 'admins', user: '%adm', commands: ['ALL'], runAs: 'ALL' },
    },
    {
      title: 'A file of its own text',
      args: { name: 'defaults', content: 'Defaults timestamp_timeout=5\n' },
    },
    { title: 'No such file', args: { name: 'former', state: 'absent' }, given: 'touch /etc/sudoers.d/former' },
  ],
})

const pathOf = (name: string): string => `/etc/sudoers.d/${name}`

/** Arguments of which a playbook without types may give any. */
type Given = { readonly [Key in keyof SudoersRule]?: SudoersRule[Key] | undefined } & {
  readonly content?: string | undefined
  readonly state?: string | undefined
}

function checkGiven({ user, commands, runAs, noPassword, content, state }: Given): string | undefined {
  const rule: readonly unknown[] = [user, commands, runAs, noPassword]
  const isRule = rule.some((each) => each !== undefined)
  if (state === 'absent')
    return isRule || content !== undefined ? 'state: absent goes with nothing but name' : undefined
  if (content !== undefined) return isRule ? 'give content, or user and commands, not both' : checkText(content)
  if (user === undefined || commands === undefined || commands.length === 0)
    return 'user and commands are wanted, or content'
  return (
    checkWho('user', user) ?? (runAs === undefined ? undefined : checkWho('runAs', runAs)) ?? checkCommands(commands)
  )
}

const checkText = (content: string): string | undefined =>
  content.includes('\0') ? 'content cannot hold a NUL character' : undefined

const checkWho = (argument: string, name: string): string | undefined =>
  /^%?[A-Za-z_][\w.-]{0,63}\$?$/.test(name) ? undefined : `${argument} must be a name, got ${JSON.stringify(name)}`

const checkCommands = (commands: readonly string[]): string | undefined =>
  commands
    .map((command) =>
      /^(?:ALL|\/[^\n\r\0]+)$/.test(command)
        ? undefined
        : `commands must be absolute paths with their arguments, or ALL, got ${JSON.stringify(command)}`,
    )
    .find((wrong) => wrong !== undefined)

/** sudoers(5): these signs end a command where no backslash stands before them. */
const escaped = (command: string): string => command.replace(/[\\,:=#]/g, '\\$&')

function ruleOf({ user, commands, runAs, noPassword }: Given): string {
  const tag = noPassword ? 'NOPASSWD: ' : ''
  return `${user} ALL=(${runAs ?? 'root'}) ${tag}${(commands ?? []).map(escaped).join(', ')}\n`
}
