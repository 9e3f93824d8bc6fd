// Task `service`: a systemd unit is running and enabled as wanted, and has loaded the present versions of its files.
import { checkPath } from '../src/resources/files/check-path.ts'
import { planUnit } from '../src/resources/systemd/unit-plan.ts'
import { START_SECONDS, startScript } from '../src/resources/systemd/unit-script.ts'
import { flag, listOf, oneOf, required, text } from '../src/core/task/argument.ts'
import { defineTask } from '../src/core/task/define-task.ts'
import { unitProbe, type UnitQuestion, type UnitState } from '../src/resources/systemd/unit.ts'

export interface ServiceArgs {
  /** With or without `.service`; `dovecot`, `postfix.service`, `apt-daily.timer`. */
  readonly unit: string
  readonly state?: 'running' | 'stopped'
  /** Whether the unit starts at boot. */
  readonly enabled?: boolean
  /** Whether the unit is masked: then nothing can start it. */
  readonly masked?: boolean
  /**
   * Files that the unit reads when it starts, and directories with everything in them. The unit is restarted if one of
   * them changed since, whoever changed it, in this run or before. Its unit file and its drop-ins count, too.
   */
  readonly restartOn?: readonly string[]
  /** Files and directories that it reads again on a reload. */
  readonly reloadOn?: readonly string[]
  /**
   * Paths of the sockets that the unit must have. If one is missing, the unit is restarted; if it is still missing
   * then, the task fails.
   */
  readonly listens?: readonly string[]
  /** A command that must succeed before a start, restart or reload: `['postfix', 'check']`. */
  readonly validate?: readonly string[]
}

/**
 * A systemd unit. There are no handlers: whether a unit was restarted after a change is a state that the host answers.
 *
 * @ansible systemd, handlers
 */
export const service = defineTask<ServiceArgs, UnitState>({
  type: 'service',
  name: ({ unit }) => unit,
  arguments: {
    unit: required(text),
    state: oneOf('running', 'stopped'),
    enabled: flag,
    masked: flag,
    restartOn: listOf(text),
    reloadOn: listOf(text),
    listens: listOf(text),
    validate: listOf(text),
  },
  check: ({ unit, state, masked, enabled, restartOn, reloadOn, listens }) =>
    (/^[A-Za-z0-9@_.:\\-]+$/.test(unit) && !unit.startsWith('-')
      ? undefined
      : `${JSON.stringify(unit)} is no name of a unit`) ??
    (/@(?:\.|$)/.test(unit)
      ? `${JSON.stringify(unit)} is a template: name an instance, such as ${JSON.stringify(unit.replace('@', '@name'))}`
      : undefined) ??
    (masked && (state === 'running' || enabled) ? 'a masked unit can neither run nor be enabled' : undefined) ??
    (listens?.length && (state === 'stopped' || masked) ? 'listens goes with a unit that runs' : undefined) ??
    [...(restartOn ?? []), ...(reloadOn ?? [])]
      .map((path) => checkPath('restartOn and reloadOn', path))
      .find((wrong) => wrong !== undefined) ??
    (listens ?? []).map((path) => checkPath('listens', path)).find((wrong) => wrong !== undefined),
  probe: (args) => unitProbe(questionOf(args)),
  plan(args, now) {
    const { state, enabled, masked, validate } = args
    const question = questionOf(args)
    return planUnit({ state, enabled, masked }, question, now, (verb, because) => [
      {
        summary: verb === 'start' || verb === 'anew' ? 'start' : `${verb}: ${because.join(', ')}`,
        apply: startScript({ ...question, real: now.real, verb, validate, prove: undefined }),
        timeoutSeconds: START_SECONDS,
      },
    ])
  },
  writes: ({ unit }) => [`unit:${fullName(unit)}`],
  owns: ({ unit }) => [`unit:${fullName(unit)}`],
  examples: [
    {
      title: 'Running, enabled, restarted when its configuration changes',
      beside: 'services',
      args: { unit: 'cron-try', state: 'running', enabled: true, restartOn: ['/etc/cron-try.conf'] },
      given: `
printf "[Service]\\nExecStart=/bin/sleep infinity\\n[Install]\\nWantedBy=multi-user.target\\n" \\
  > /etc/systemd/system/cron-try.service
touch /etc/cron-try.conf
systemctl daemon-reload`,
    },
    {
      title: 'Restarted where its socket is gone',
      beside: 'services',
      args: { unit: 'hello-try.socket', state: 'running', listens: ['/run/hello-try.sock'] },
      given: `
printf "[Socket]\\nListenStream=/run/hello-try.sock\\n" > /etc/systemd/system/hello-try.socket
printf "[Service]\\nExecStart=/bin/cat\\nStandardInput=socket\\n" > /etc/systemd/system/hello-try.service
systemctl daemon-reload
systemctl start hello-try.socket
rm /run/hello-try.sock`,
    },
    {
      title: 'Stopped, and never to be started',
      beside: 'services',
      args: { unit: 'apt-daily.timer', state: 'stopped', masked: true },
      given: 'systemctl unmask apt-daily.timer; systemctl start apt-daily.timer',
    },
  ],
})

const fullName = (unit: string): string =>
  /\.(?:service|socket|timer|path|mount|target|slice|automount|swap|device|scope)$/.test(unit)
    ? unit
    : `${unit}.service`

const questionOf = ({ unit, restartOn, reloadOn, listens }: ServiceArgs): UnitQuestion => ({
  unit: fullName(unit),
  restartOn,
  reloadOn: reloadOn ?? [],
  listens: listens ?? [],
})
