// Task `cron`: cron(8) runs a command, from a file in /etc/cron.d or from a user's own table.
import { editContent } from '../src/resources/files/edit-content.ts'
import { pathProbe, type PathState } from '../src/resources/files/path.ts'
import { putContent } from '../src/resources/files/put-content.ts'
import { withoutFile } from '../src/resources/files/with-file.ts'
import { oneOf, record, required, text } from '../src/core/task/argument.ts'
import { defineTask } from '../src/core/task/define-task.ts'
import type { Untrusted } from '../src/shell/untrusted.ts'

interface CronCommon {
  /** Of the file in /etc/cron.d: letters, digits, `_` and `-`. In a user's table it marks the entry. */
  readonly name: string
  /** Who runs it; left out: root. */
  readonly user?: string
  /** `cron.d`: a file of root's. `user`: an entry in the table that the user edits with crontab(1). */
  readonly table?: 'cron.d' | 'user'
}

interface CronEntry {
  /** As crontab(5) has it: minute, hour, day of month, month, day of week; or `@daily` and the like. */
  readonly schedule: string
  /** One line, run by sh(1). crontab(5): a `%` is a line feed, unless a backslash stands before it. */
  readonly command: string
  /** `MAILTO`, `PATH` and others, for a file of /etc/cron.d. */
  readonly environment?: Readonly<Record<string, string>>
}

export type CronArgs = CronCommon &
  (
    | (CronEntry & { readonly state?: 'present' })
    | ({ readonly [Key in keyof CronEntry]?: never } & { readonly state: 'absent' })
  )

/**
 * A command at certain times. cron(8) sees a change within a minute. `systemdTimer` does the same by systemd.
 *
 * @ansible cron
 */
export const cron = defineTask<CronArgs, PathState>({
  type: 'cron',
  name: ({ name }) => name,
  arguments: {
    name: required(text),
    user: text,
    table: oneOf('cron.d', 'user'),
    schedule: text,
    command: text,
    environment: record,
    state: oneOf('present', 'absent'),
  },
  check: (args) => checkName(args) ?? checkEntry(args),
  probe: (args) =>
    isOwn(args)
      ? pathProbe({ path: pathOf(args), wanted: 'needed', owner: userOf(args), group: 'crontab' })
      : pathProbe({ path: pathOf(args), wanted: 'shown' }),
  plan(args, now) {
    const path = pathOf(args)
    if (isOwn(args)) {
      const attributes = { owner: userOf(args), group: 'crontab', mode: '0600' }
      const entry = args.state === 'absent' ? undefined : `${args.schedule} ${args.command}`
      return editContent(
        {
          ...attributes,
          path,
          create: true,
          needed: entry !== undefined,
          validate: undefined,
          backup: false,
          edit: (before) => withEntry(before, args.name, entry),
        },
        now,
      )
    }
    if (args.state === 'absent') return withoutFile(path, now)
    const content = Buffer.from(fileText(args, userOf(args)))
    return putContent(
      { path, content, owner: 'root', group: 'root', mode: '0644', wanted: 'shown', secret: false },
      now,
    )
  },
  writes: (args) => [`path:${pathOf(args)}`],
  owns: (args) => [isOwn(args) ? `content:${pathOf(args)}#cron:${args.name}` : `content:${pathOf(args)}`],
  examples: [
    {
      title: 'Every night, as a user',
      args: {
        name: 'learn-spam',
        schedule: '17 3 * * *',
        user: 'mail',
        command: 'sa-learn --spam "$HOME/Junk" >/dev/null',
        environment: { MAILTO: 'postmaster', PATH: '/usr/bin:/bin' },
      },
      given: 'mkdir -p /etc/cron.d',
    },
    {
      title: "In the user's own table",
      args: { name: 'vacation', table: 'user', user: 'mail', schedule: '@daily', command: 'rm -f .vacation.db' },
      given: `
getent group crontab >/dev/null || groupadd -r crontab
[ -d /var/spool/cron/crontabs ] || {
  mkdir -p /var/spool/cron/crontabs
  chgrp crontab /var/spool/cron/crontabs
  chmod 1730 /var/spool/cron/crontabs
}
printf '# mine\\n0 0 * * * true\\n' > /var/spool/cron/crontabs/mail`,
    },
    {
      title: 'No such file',
      args: { name: 'former', state: 'absent' },
      given: 'mkdir -p /etc/cron.d; touch /etc/cron.d/former',
    },
  ],
})

const isOwn = ({ table }: CronCommon): boolean => table === 'user'
const userOf = ({ user }: CronCommon): string => user ?? 'root'
const pathOf = (args: CronCommon): string =>
  isOwn(args) ? `/var/spool/cron/crontabs/${userOf(args)}` : `/etc/cron.d/${args.name}`

function checkName(args: CronCommon): string | undefined {
  const { name, user } = args
  const isName = isOwn(args) ? /^\S(?:[^\n\r\0]{0,98}\S)?$/.test(name) : /^[A-Za-z0-9_-]{1,100}$/.test(name)
  if (!isName) return `name must be of letters, digits, _ and -, got ${JSON.stringify(name)}`
  return user === undefined || /^[A-Za-z_][\w.-]{0,63}$/.test(user)
    ? undefined
    : `user must be the name of a user, got ${JSON.stringify(user)}`
}

/** Arguments of which a playbook without types may give any. */
type Given = CronCommon & Partial<CronEntry> & { readonly state?: 'present' | 'absent' }

function checkEntry(args: Given): string | undefined {
  const { schedule, command, environment, state } = args
  const given: readonly unknown[] = [schedule, command, environment]
  if (state === 'absent')
    return given.some((each) => each !== undefined) ? 'state: absent goes with name, user and table' : undefined
  if (schedule === undefined || command === undefined) return 'schedule and command are wanted'
  if (environment !== undefined && isOwn(args)) return 'environment goes with a file of /etc/cron.d'
  if (command.trim() === '' || /[\n\r\0]/.test(command))
    return `command must be one line, got ${JSON.stringify(command)}`
  return checkSchedule(schedule) ?? checkEnvironment(environment ?? {})
}

const NAMED = ['@reboot', '@yearly', '@annually', '@monthly', '@weekly', '@daily', '@midnight', '@hourly']
const FIELD = /^(?:\*|[0-9a-z]+(?:-[0-9a-z]+)?)(?:\/[0-9]+)?(?:,(?:\*|[0-9a-z]+(?:-[0-9a-z]+)?)(?:\/[0-9]+)?)*$/i

function checkSchedule(schedule: string): string | undefined {
  const fields = schedule.split(' ')
  const isRight = fields.length === 5 && fields.every((field) => FIELD.test(field))
  if (isRight || NAMED.includes(schedule)) return undefined
  return `schedule must be five fields as crontab(5) has them, or ${NAMED.join(', ')}; got ${JSON.stringify(schedule)}`
}

const checkEnvironment = (environment: Readonly<Record<string, unknown>>): string | undefined =>
  Object.entries(environment)
    .map(([name, value]) =>
      /^[A-Za-z_]\w*$/.test(name) && typeof value === 'string' && !/[\n\r\0"']/.test(value)
        ? undefined
        : `environment: ${JSON.stringify(name)} must be a name, and its value one line without quotes`,
    )
    .find((wrong) => wrong !== undefined)

const fileText = ({ name, schedule, command, environment = {} }: CronCommon & CronEntry, user: string): string =>
  [
    `# ${name}: by mailrun`,
    ...Object.entries(environment).map(([variable, value]) => `${variable}="${value}"`),
    `${schedule} ${user} ${command}`,
    '',
  ].join('\n')

/** The table with this entry behind its mark; `undefined`: without it. */
function withEntry(before: Untrusted, name: string, entry: string | undefined): string {
  const mark = `# mailrun: ${name}`
  const lines = before === '' ? [] : before.replace(/\n$/, '').split('\n')
  const at = lines.indexOf(mark)
  const others = at === -1 ? lines : [...lines.slice(0, at), ...lines.slice(at + 2)]
  const place = at === -1 ? others.length : at
  const added = entry === undefined ? [] : [mark, entry]
  const after = [...others.slice(0, place), ...added, ...others.slice(place)]
  return after.length === 0 ? '' : `${after.join('\n')}\n`
}
