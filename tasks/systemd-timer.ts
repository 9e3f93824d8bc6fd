// Task `systemdTimer`: systemd runs a command at certain times, with a timer and a service.
import { pathProbe, type PathState } from '../src/resources/files/path.ts'
import { putContent } from '../src/resources/files/put-content.ts'
import { withoutFile } from '../src/resources/files/with-file.ts'
import { utf8 } from '../src/core/probe/answer.ts'
import { either, flag, listOf, number, oneOf, required, text } from '../src/core/task/argument.ts'
import type { Change } from '../src/core/task/change.ts'
import { defineTask } from '../src/core/task/define-task.ts'
import { joinProbes } from '../src/core/probe/join-probes.ts'
import { change, type Plan, type SettledPlan } from '../src/core/task/plan.ts'
import { defineProbe, type Probe } from '../src/core/probe/probe.ts'
import { END, whole } from '../src/core/probe/whole.ts'
import { raw } from '../src/shell/script.ts'
import { sh } from '../src/shell/sh.ts'

interface Timed {
  /** A program with its arguments, which no shell reads; or shell text. */
  readonly command: readonly string[] | string
  /** When, as systemd.time(7) has it: `*-*-* 03:17:00`, `hourly`; or several such times. */
  readonly onCalendar: string | readonly string[]
  /** As whom; left out: root. */
  readonly user?: string
  readonly description?: string
  /** Runs at boot where its time has passed meanwhile; left out: true. */
  readonly persistent?: boolean
  /** Spreads the runs of a fleet over as much time; left out: 0. */
  readonly randomizedDelaySeconds?: number
}

export type SystemdTimerArgs = {
  /** Of the units: `NAME.timer`, `NAME.service`. */
  readonly name: string
} & (
  | (Timed & { readonly state?: 'present' })
  /** No such units: the timer is stopped first. */
  | ({ readonly [Key in keyof Timed]?: never } & { readonly state: 'absent' })
)

/** Of the timer, as systemd has it loaded. */
interface Loaded {
  readonly active: boolean
  readonly enabled: boolean
  /** The units on disk are others than those that are loaded. */
  readonly outdated: boolean
}

export interface SystemdTimerState extends Loaded {
  readonly service: PathState
  readonly timer: PathState
}

/**
 * systemd.timer(5), in /etc/systemd/system, running and enabled. What it prints is in the journal.
 *
 * @ansible none
 */
export const systemdTimer = defineTask<SystemdTimerArgs, SystemdTimerState>({
  type: 'systemdTimer',
  name: ({ name }) => name,
  arguments: {
    name: required(text),
    command: either(text, listOf(text)),
    onCalendar: either(text, listOf(text)),
    user: text,
    description: text,
    persistent: flag,
    randomizedDelaySeconds: number,
    state: oneOf('present', 'absent'),
  },
  check: (args) =>
    (/^[A-Za-z0-9_.-]{1,100}$/.test(args.name) && !args.name.startsWith('-')
      ? undefined
      : `name must be of letters, digits, ., _ and -, got ${JSON.stringify(args.name)}`) ?? checkGiven(args),
  probe: ({ name }) =>
    joinProbes<Loaded, PathState, SystemdTimerState>(
      loadedProbe(name),
      [
        pathProbe({ path: pathOf(name, 'service'), wanted: 'shown' }),
        pathProbe({ path: pathOf(name, 'timer'), wanted: 'shown' }),
      ],
      (loaded, [service, timer]) => ({ ...loaded, service: service!, timer: timer! }),
      ({ service, timer, ...loaded }) => [loaded, [service, timer]],
    ),
  plan: (args, now) => (args.state === 'absent' ? remove(args.name, now) : bring(args.name, args, now)),
  writes: ({ name }) => [`path:${pathOf(name, 'service')}`, `path:${pathOf(name, 'timer')}`, `unit:${name}.timer`],
  owns: ({ name }) => [`content:${pathOf(name, 'service')}`, `content:${pathOf(name, 'timer')}`, `unit:${name}.timer`],
  examples: [
    {
      title: 'Every night, as a user',
      beside: 'services',
      args: {
        name: 'learn-spam',
        command: ['/usr/bin/printf', '%s\n', 'it\'s $HOME "here"'],
        onCalendar: '*-*-* 03:17:00',
        user: 'mail',
        randomizedDelaySeconds: 600,
      },
    },
    {
      title: 'Shell text, at two times',
      beside: 'services',
      args: { name: 'queue-age', command: 'date | logger -t queue', onCalendar: ['Mon 08:00', 'Fri 16:00'] },
      given: `
printf '[Timer]\\nOnCalendar=daily\\n' > /etc/systemd/system/queue-age.timer
printf '[Service]\\nExecStart=/bin/true\\n' > /etc/systemd/system/queue-age.service
systemctl daemon-reload
systemctl start queue-age.timer`,
    },
    {
      title: 'No such timer',
      beside: 'services',
      args: { name: 'former-timer', state: 'absent' },
      given: `
printf '[Timer]\\nOnCalendar=daily\\n[Install]\\nWantedBy=timers.target\\n' > /etc/systemd/system/former-timer.timer
printf '[Service]\\nExecStart=/bin/true\\n' > /etc/systemd/system/former-timer.service
systemctl daemon-reload
systemctl enable -q --now former-timer.timer`,
    },
  ],
})

const pathOf = (name: string, kind: 'service' | 'timer'): string => `/etc/systemd/system/${name}.${kind}`

/** Arguments of which a playbook without types may give any. */
type Given = { readonly [Key in keyof Timed]?: Timed[Key] | undefined } & { readonly state?: string }

function checkGiven(args: Given): string | undefined {
  const { command, onCalendar, user, description, randomizedDelaySeconds, state } = args
  const given: readonly unknown[] = [command, onCalendar, user, description, args.persistent, randomizedDelaySeconds]
  if (state === 'absent')
    return given.some((each) => each !== undefined) ? 'state: absent goes with nothing but name' : undefined
  if (command === undefined || onCalendar === undefined) return 'command and onCalendar are wanted'
  return (
    checkCommand(command) ??
    timesOf(onCalendar)
      .map((time) =>
        /^[\w*.,/:~ +-]{1,200}$/.test(time) ? undefined : `onCalendar: ${JSON.stringify(time)} is no time`,
      )
      .find((wrong) => wrong !== undefined) ??
    (user === undefined || /^[A-Za-z_][\w.-]{0,63}$/.test(user)
      ? undefined
      : `user must be a name, got ${JSON.stringify(user)}`) ??
    (description === undefined || isLine(description) ? undefined : 'description must be one line') ??
    (randomizedDelaySeconds === undefined || isSeconds(randomizedDelaySeconds)
      ? undefined
      : 'randomizedDelaySeconds must be a whole number of seconds')
  )
}

const isLine = (line: string): boolean => /^[^\n\r\0]{1,1000}$/.test(line) && !line.endsWith('\\')
const isSeconds = (seconds: number): boolean => Number.isInteger(seconds) && seconds >= 0

function checkCommand(command: Timed['command']): string | undefined {
  const words = typeof command === 'string' ? [command] : command
  if (words.length === 0 || words[0]!.trim() === '') return 'command is empty'
  if (typeof command !== 'string' && !words[0]!.startsWith('/'))
    return `command must name its program by an absolute path, got ${JSON.stringify(words[0])}`
  return words.some((word) => word.includes('\0')) ? 'command cannot hold a NUL character' : undefined
}

const timesOf = (onCalendar: Timed['onCalendar']): readonly string[] =>
  typeof onCalendar === 'string' ? [onCalendar] : onCalendar

/** systemd.service(5): in double quotes, with its specifiers and variables doubled. */
const quoted = (word: string): string =>
  `"${word.replace(/[\\"]/g, '\\$&').replaceAll('%', '%%').replaceAll('$', '$$$$').replaceAll('\n', '\\n')}"`

const execStart = (command: Timed['command']): string =>
  (typeof command === 'string' ? ['/bin/sh', '-c', command] : command).map(quoted).join(' ')

const serviceText = ({ command, user, description }: Timed, name: string): string =>
  [
    '[Unit]',
    `Description=${(description ?? name).replaceAll('%', '%%')}`,
    '',
    '[Service]',
    'Type=oneshot',
    ...(user === undefined ? [] : [`User=${user}`]),
    `ExecStart=${execStart(command)}`,
    '',
  ].join('\n')

const timerText = ({ onCalendar, persistent, description, randomizedDelaySeconds = 0 }: Timed, name: string): string =>
  [
    '[Unit]',
    `Description=${(description ?? name).replaceAll('%', '%%')}`,
    '',
    '[Timer]',
    ...timesOf(onCalendar).map((time) => `OnCalendar=${time}`),
    `Persistent=${persistent === false ? 'no' : 'yes'}`,
    ...(randomizedDelaySeconds > 0 ? [`RandomizedDelaySec=${randomizedDelaySeconds}`] : []),
    '',
    '[Install]',
    'WantedBy=timers.target',
    '',
  ].join('\n')

function bring(name: string, args: Timed, now: SystemdTimerState): Plan<SystemdTimerState> {
  const root = { owner: 'root', group: 'root', mode: '0644', wanted: 'shown', secret: false } as const
  const service = putContent(
    { path: pathOf(name, 'service'), content: Buffer.from(serviceText(args, name)), ...root },
    now.service,
  )
  // systemd-analyze(1) refuses what is no time, before the timer goes live.
  const validate = ['sh', '-c', 'shift; exec systemd-analyze calendar -- "$@"', 'sh', '%s', ...timesOf(args.onCalendar)]
  const timer = putContent(
    { path: pathOf(name, 'timer'), content: Buffer.from(timerText(args, name)), validate, ...root },
    now.timer,
  )
  if (service.kind === 'blocked') return service
  if (timer.kind === 'blocked') return timer
  const files = [...changesOf(service, 'service'), ...changesOf(timer, 'timer')]
  const isFit = now.active && now.enabled && !now.outdated
  const start = sh`systemctl daemon-reload && systemctl enable -q --now -- ${`${name}.timer`}`
  const starts = files.length === 0 && isFit ? [] : [{ summary: startSummary(now), apply: start }]
  return change([...files, ...starts], {
    active: true,
    enabled: true,
    outdated: false,
    service: service.kind === 'change' ? service.then : now.service,
    timer: timer.kind === 'change' ? timer.then : now.timer,
  })
}

function startSummary({ active, enabled }: Loaded): string {
  if (!active) return enabled ? 'start' : 'enable and start'
  return enabled ? 'load' : 'load and enable'
}

const changesOf = (plan: SettledPlan<PathState>, kind: 'service' | 'timer'): readonly Change[] =>
  plan.kind === 'change' ? plan.changes.map((each) => ({ ...each, summary: `${kind}: ${each.summary}` })) : []

function remove(name: string, now: SystemdTimerState): Plan<SystemdTimerState> {
  const timer = withoutFile(pathOf(name, 'timer'), now.timer)
  const service = withoutFile(pathOf(name, 'service'), now.service)
  if (timer.kind === 'blocked') return timer
  if (service.kind === 'blocked') return service
  const files = [...changesOf(timer, 'timer'), ...changesOf(service, 'service')]
  const unit = `${name}.timer`
  const stops =
    now.active || now.enabled ? [{ summary: 'stop and disable', apply: sh`systemctl disable -q --now -- ${unit}` }] : []
  const reloads =
    files.length > 0 || now.outdated ? [{ summary: 'forget the units', apply: raw('systemctl daemon-reload') }] : []
  return change([...stops, ...files, ...reloads], {
    active: false,
    enabled: false,
    outdated: false,
    service: service.kind === 'change' ? service.then : now.service,
    timer: timer.kind === 'change' ? timer.then : now.timer,
  })
}

const loadedProbe = (name: string): Probe<Loaded> =>
  defineProbe<Loaded>({
    key: `systemd timer ${name}`,
    reads: [`unit:${name}.timer`],
    script: sh`
systemctl show -p ActiveState -p UnitFileState -p NeedDaemonReload -- ${[`${name}.timer`, `${name}.service`]}
${raw(END)}`,
    parse(answer) {
      const lines = utf8(whole(answer, `the timer ${name} cannot be asked for`)).split('\n')
      // An empty line stands between the units.
      const timer = lines.slice(0, lines.indexOf(''))
      return {
        active: timer.includes('ActiveState=active'),
        enabled: timer.includes('UnitFileState=enabled'),
        outdated: lines.includes('NeedDaemonReload=yes'),
      }
    },
    foresee: (state) => state,
  })
