// Task: a systemd unit: running, enabled, and with its files as they are now loaded.
import { checkPath } from '../src/changes/check-path.ts'
import { enablementChanges } from '../src/changes/unit-enablement.ts'
import { obstacleTo } from '../src/changes/unit-obstacle.ts'
import { START_SECONDS, startScript, STOP_SECONDS, type UnitStart } from '../src/changes/unit-script.ts'
import { flag, listOf, oneOf, required, text } from '../src/model/argument.ts'
import type { Change } from '../src/model/change.ts'
import { defineTask } from '../src/model/define-task.ts'
import { blocked, change } from '../src/model/plan.ts'
import { UNKNOWN } from '../src/model/unknown.ts'
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
  /** Paths of the sockets that it must have: where one is not there, it is restarted, and has failed where that does not bring it. */
  readonly listens?: readonly string[]
  /** A command that must succeed before a start, restart or reload: `['postfix', 'check']`. */
  readonly validate?: readonly string[]
}

/** A unit. There are no handlers to lose: being restarted after a change is a state like any other. */
export const service = defineTask<ServiceArgs, UnitState>({
  type: 'service',
  name: ({ unit }) => unit,
  arguments: {
    unit: required(text), state: oneOf('running', 'stopped'), enabled: flag, masked: flag, restartOn: listOf(text), reloadOn: listOf(text), listens: listOf(text), validate: listOf(text),
  },
  check: ({ unit, state, masked, enabled, restartOn, reloadOn, listens }) =>
    (/^[A-Za-z0-9@_.:\\-]+$/.test(unit) && !unit.startsWith('-') ? undefined : `${JSON.stringify(unit)} is no name of a unit`) ??
    (/@(?:\.|$)/.test(unit) ? `${JSON.stringify(unit)} is a template: name an instance, such as ${JSON.stringify(unit.replace('@', '@name'))}` : undefined) ??
    (masked && (state === 'running' || enabled) ? 'a masked unit can neither run nor be enabled' : undefined) ??
    (listens?.length && (state === 'stopped' || masked) ? 'listens goes with a unit that runs' : undefined) ??
    [...(restartOn ?? []), ...(reloadOn ?? [])].map((path) => checkPath('restartOn and reloadOn', path)).find((wrong) => wrong !== undefined) ??
    (listens ?? []).map((path) => checkPath('listens', path)).find((wrong) => wrong !== undefined),
  probe: (args) => unitProbe(questionOf(args)),
  plan(args, now) {
    const { state, enabled, masked } = args
    const question = questionOf(args)
    const obstacle = obstacleTo(args, question, now)
    if (obstacle !== undefined) return blocked(obstacle)
    const wantsStop = state === 'stopped' || masked === true
    const { unmask, settle, then } = enablementChanges({ enabled, masked: masked ?? (state === 'running' || enabled === true ? false : undefined) }, now)
    const reload = now.there && now.needDaemonReload ? [{ summary: 'daemon-reload', apply: sh`systemctl daemon-reload` }] : []
    const stop = wantsStop && !now.stopped ? [{ summary: 'stop', apply: sh`systemctl stop -- ${[...new Set([question.unit, ...now.real])]}`, timeoutSeconds: STOP_SECONDS }] : []
    const verb = wantsStop || !now.there ? undefined : verbOf(args, now)
    const start = verb === undefined ? [] : [startChange(args, now, verb)]
    // Disabling removes a link, and with it the unit; it goes on running if it did.
    const unlinked = now.linked && settle.some(({ summary }) => summary === 'disable')
    const redefined = reload.length > 0 || unmask.length > 0 || then === 'masked' || unlinked
    return change([...unmask, ...reload, ...stop, ...settle, ...start], {
      ...now,
      ...(redefined ? { fragment: UNKNOWN, reloads: UNKNOWN } : {}),
      ...(unlinked ? { there: false, linked: false, enabled: '' } : { enabled: then }),
      needDaemonReload: false,
      ...(wantsStop ? { active: false, stopped: true, ...NOTHING_CHANGED } : verb === undefined ? {} : loaded(question, now, verb)),
    })
  },
  writes: ({ unit }) => [`unit:${fullName(unit)}`],
  owns: ({ unit }) => [`unit:${fullName(unit)}`],
  examples: [
    { title: 'Running, enabled, restarted when its configuration changes', args: { unit: 'cron-try', state: 'running', enabled: true, restartOn: ['/etc/cron-try.conf'] }, given: 'printf "[Service]\\nExecStart=/bin/sleep infinity\\n[Install]\\nWantedBy=multi-user.target\\n" > /etc/systemd/system/cron-try.service; touch /etc/cron-try.conf; systemctl daemon-reload' },
    { title: 'Restarted where its socket is gone', args: { unit: 'hello-try.socket', state: 'running', listens: ['/run/hello-try.sock'] }, given: 'printf "[Socket]\\nListenStream=/run/hello-try.sock\\n" > /etc/systemd/system/hello-try.socket; printf "[Service]\\nExecStart=/bin/cat\\nStandardInput=socket\\n" > /etc/systemd/system/hello-try.service; systemctl daemon-reload; systemctl start hello-try.socket; rm /run/hello-try.sock' },
    { title: 'Stopped, and never to be started', args: { unit: 'apt-daily.timer', state: 'stopped', masked: true }, given: 'systemctl unmask apt-daily.timer; systemctl start apt-daily.timer' },
  ],
})

const fullName = (unit: string): string => (/\.(?:service|socket|timer|path|mount|target|slice|automount|swap|device|scope)$/.test(unit) ? unit : `${unit}.service`)

const questionOf = ({ unit, restartOn, reloadOn, listens }: ServiceArgs): UnitQuestion => ({ unit: fullName(unit), restartOn, reloadOn: reloadOn ?? [], listens: listens ?? [] })

const NOTHING_CHANGED = { restart: [], reload: [], unproven: [] } as const

const loaded = ({ reloadOn, restartOn }: UnitQuestion, now: UnitState, verb: UnitStart['verb']): Partial<UnitState> =>
  verb === 'reload'
    ? { reload: [], unproven: now.unproven.filter((path) => !reloadOn.includes(path) || restartOn?.includes(path)) }
    : { active: true, stopped: false, ...NOTHING_CHANGED, missing: [] }

const redefinedSince = ({ restartOn }: ServiceArgs, now: UnitState): boolean => restartOn !== undefined && now.needDaemonReload

function verbOf(args: ServiceArgs, now: UnitState): UnitStart['verb'] | undefined {
  if (!now.active) return args.state !== 'running' ? undefined : now.stopped ? 'start' : 'anew'
  if (now.restart.length > 0 || now.missing.length > 0 || redefinedSince(args, now)) return 'restart'
  return now.reload.length > 0 ? 'reload' : undefined
}

function startChange(args: ServiceArgs, now: UnitState, verb: UnitStart['verb']): Change {
  const changed = verb === 'reload' ? now.reload : now.restart
  const because = [
    ...(changed.length > 0 ? [`${changed.join(', ')} changed`] : verb === 'restart' && redefinedSince(args, now) ? ['its unit file or a drop-in changed'] : []),
    ...(now.missing.length > 0 ? [`${now.missing.join(', ')} is not there`] : []),
  ]
  return {
    summary: verb === 'start' || verb === 'anew' ? 'start' : `${verb}: ${because.join(', ')}`,
    apply: startScript({ ...questionOf(args), real: now.real, verb, validate: args.validate }),
    timeoutSeconds: START_SECONDS,
  }
}
