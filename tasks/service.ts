// Task: a systemd unit: running, enabled, and with its files as they are now loaded.
import { checkPath } from '../src/changes/check-path.ts'
import { startScript, type UnitStart } from '../src/changes/unit-script.ts'
import type { Change } from '../src/model/change.ts'
import { flag, listOf, oneOf, required, text } from '../src/model/argument.ts'
import { defineTask } from '../src/model/define-task.ts'
import { blocked, change } from '../src/model/plan.ts'
import { unitProbe, type UnitQuestion, type UnitState } from '../src/probes/unit.ts'
import { sh } from '../src/shell/sh.ts'

export interface ServiceArgs {
  /** With or without `.service`; `opendkim`, `postfix.service`, `apt-daily.timer`. */
  readonly unit: string
  readonly state?: 'running' | 'stopped'
  /** Starts at boot. */
  readonly enabled?: boolean
  /** Can be started by nothing and nobody. */
  readonly masked?: boolean
  /**
   * Files that the unit reads when it starts, and directories with all in them: it is restarted where one changed since, whoever changed it, in this
   * run or before. Its unit file and its drop-ins count, too.
   */
  readonly restartOn?: readonly string[]
  /** Files and directories that it reads again on a reload. */
  readonly reloadOn?: readonly string[]
  /** A command that must succeed before a start, restart or reload: `['postfix', 'check']`. */
  readonly validate?: readonly string[]
}

/** A unit. There are no handlers to lose: being restarted after a change is a state like any other. */
export const service = defineTask<ServiceArgs, UnitState>({
  type: 'service',
  name: ({ unit }) => unit,
  arguments: {
    unit: required(text), state: oneOf('running', 'stopped'), enabled: flag, masked: flag, restartOn: listOf(text), reloadOn: listOf(text), validate: listOf(text),
  },
  check: ({ unit, state, masked, enabled, restartOn, reloadOn }) =>
    (/^[A-Za-z0-9@_.:\\-]+$/.test(unit) && !unit.startsWith('-') ? undefined : `${JSON.stringify(unit)} is no name of a unit`) ??
    (/@(?:\.|$)/.test(unit) ? `${JSON.stringify(unit)} is a template: name an instance, such as ${JSON.stringify(unit.replace('@', '@name'))}` : undefined) ??
    (masked && (state === 'running' || enabled) ? 'a masked unit can neither run nor be enabled' : undefined) ??
    [...(restartOn ?? []), ...(reloadOn ?? [])].map((path) => checkPath('restartOn and reloadOn', path)).find((wrong) => wrong !== undefined),
  probe: (args) => unitProbe(questionOf(args)),
  plan(args, now) {
    const { state, enabled, masked } = args
    const unit = fullName(args.unit)
    const isMasked = now.enabled === 'masked' || now.enabled === 'masked-runtime'
    if (!now.there && !isMasked) return masked || state === 'stopped' ? change([...(masked ? [{ summary: 'mask', apply: sh`systemctl mask -- ${unit}` }] : [])], { ...now, enabled: masked ? 'masked' : now.enabled }) : blocked(`there is no unit ${unit} on the host: install its package first`)
    const changes: Change[] = []
    const add = (summary: string, verb: string): void => void changes.push({ summary, apply: sh`systemctl ${verb} -- ${unit}` })
    const unmask = isMasked && (masked === false || state === 'running' || enabled === true)
    if (unmask) add('unmask', 'unmask')
    if (now.needDaemonReload || unmask) changes.push({ summary: 'daemon-reload', apply: sh`systemctl daemon-reload` })
    const isEnabled = now.enabled.startsWith('enabled') || now.enabled === 'static' || now.enabled === 'generated' || now.enabled === 'alias'
    if (enabled === true && !isEnabled) add('enable', 'enable')
    if (enabled === false && now.enabled.startsWith('enabled')) add('disable', 'disable')
    const wantsStop = state === 'stopped' || masked === true
    if (wantsStop && now.active) changes.push({ summary: 'stop', apply: sh`systemctl stop -- ${unit} ${now.real}` })
    if (masked === true && !isMasked) add('mask', 'mask')
    const verb = wantsStop ? undefined : verbOf(args, now)
    if (verb !== undefined) changes.push(startChange(args, now, verb))
    return change(changes, {
      ...now,
      needDaemonReload: false,
      enabled: masked === true ? 'masked' : enabled === true && !isEnabled ? 'enabled' : enabled === false && now.enabled.startsWith('enabled') ? 'disabled' : unmask ? 'disabled' : now.enabled,
      active: wantsStop ? false : state === 'running' || now.active,
      ...(wantsStop ? NOTHING_CHANGED : verb === undefined ? {} : loaded(questionOf(args), now, verb)),
    })
  },
  writes: ({ unit }) => [`unit:${fullName(unit)}`],
  owns: ({ unit }) => [`unit:${fullName(unit)}`],
  examples: [
    { title: 'Running, enabled, restarted when its configuration changes', args: { unit: 'cron-try', state: 'running', enabled: true, restartOn: ['/etc/cron-try.conf'] }, given: 'printf "[Service]\\nExecStart=/bin/sleep infinity\\n[Install]\\nWantedBy=multi-user.target\\n" > /etc/systemd/system/cron-try.service; touch /etc/cron-try.conf; systemctl daemon-reload' },
    { title: 'Stopped, and never to be started', args: { unit: 'apt-daily.timer', state: 'stopped', masked: true }, given: 'systemctl unmask apt-daily.timer; systemctl start apt-daily.timer' },
  ],
})

const fullName = (unit: string): string => (/\.(?:service|socket|timer|path|mount|target|slice|automount|swap|device|scope)$/.test(unit) ? unit : `${unit}.service`)

const questionOf = ({ unit, restartOn, reloadOn }: ServiceArgs): UnitQuestion => ({ unit: fullName(unit), restartOn, reloadOn: reloadOn ?? [] })

const NOTHING_CHANGED = { restart: [], reload: [], unproven: [] } as const

const loaded = ({ reloadOn, restartOn }: UnitQuestion, now: UnitState, verb: UnitStart['verb']): Partial<UnitState> =>
  verb === 'reload'
    ? { reload: [], unproven: now.unproven.filter((path) => !reloadOn.includes(path) || restartOn?.includes(path)) }
    : NOTHING_CHANGED

const redefinedSince = ({ restartOn }: ServiceArgs, now: UnitState): boolean => restartOn !== undefined && now.needDaemonReload

function verbOf(args: ServiceArgs, now: UnitState): UnitStart['verb'] | undefined {
  if (!now.active) return args.state === 'running' ? 'start' : undefined
  if (now.restart.length > 0 || redefinedSince(args, now)) return 'restart'
  return now.reload.length > 0 ? 'reload' : undefined
}

function startChange(args: ServiceArgs, now: UnitState, verb: UnitStart['verb']): Change {
  const changed = verb === 'reload' ? now.reload : now.restart
  const because = [
    ...(changed.length > 0 ? [`${changed.join(', ')} changed`] : verb === 'restart' && redefinedSince(args, now) ? ['its unit file or a drop-in changed'] : []),
  ]
  return {
    summary: verb === 'start' ? 'start' : `${verb}: ${because.join(', ')}`,
    apply: startScript({ ...questionOf(args), real: now.real, verb, validate: args.validate }),
    timeoutSeconds: 120,
  }
}
