// Task: a systemd unit: running, enabled, and with its files as they are now loaded.
import { checkPath } from '../src/changes/check-path.ts'
import { startScript } from '../src/changes/unit-script.ts'
import type { Change } from '../src/model/change.ts'
import { flag, listOf, oneOf, required, text } from '../src/model/argument.ts'
import { defineTask } from '../src/model/define-task.ts'
import { blocked, change } from '../src/model/plan.ts'
import { unitProbe, type UnitState } from '../src/probes/unit.ts'
import { sh } from '../src/shell/sh.ts'

export interface ServiceArgs {
  /** With or without `.service`; `opendkim`, `postfix.service`, `apt-daily.timer`. */
  readonly unit: string
  readonly state?: 'running' | 'stopped'
  /** Starts at boot. */
  readonly enabled?: boolean
  /** Can be started by nothing and nobody. */
  readonly masked?: boolean
  /** Files that the unit reads when it starts: it is restarted where one changed since, whoever changed it, in this run or before. */
  readonly restartOn?: readonly string[]
  /** Files that it reads again on a reload. */
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
  probe: (args) => unitProbe({ unit: fullName(args.unit), files: filesOf(args) }),
  plan(args, now) {
    const { state, enabled, masked, validate } = args
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
    if (!wantsStop) {
      const restarts = now.stale.filter((path) => args.restartOn?.includes(path))
      const verb = !now.active ? (state === 'running' ? 'start' : undefined) : restarts.length > 0 ? 'restart' : now.stale.length > 0 ? 'reload' : undefined
      if (verb !== undefined) {
        const because = restarts.length > 0 ? restarts : now.stale
        const summary = verb === 'start' || because.length === 0 ? verb : `${verb}: ${because.join(', ')} changed`
        changes.push({ summary, apply: startScript({ unit, real: now.real, verb, files: filesOf(args), validate }), timeoutSeconds: 120 })
      }
    }
    return change(changes, {
      ...now,
      needDaemonReload: false,
      enabled: masked === true ? 'masked' : enabled === true && !isEnabled ? 'enabled' : enabled === false && now.enabled.startsWith('enabled') ? 'disabled' : unmask ? 'disabled' : now.enabled,
      active: wantsStop ? false : state === 'running' || now.active,
      stale: [],
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

const filesOf = ({ restartOn, reloadOn }: ServiceArgs): readonly string[] => [...new Set([...(restartOn ?? []), ...(reloadOn ?? [])])]
