// systemdTimer: the texts of its units, and what is done about a timer that is not loaded as it stands on disk.
import * as assert from 'uvu/assert'
import { partsAnswer } from '../../../src/core/probe/probe.ts'
import { checkCase } from '../../../src/testing/check-case.ts'
import { planOf } from '../../../src/testing/plan-of.ts'
import { systemdTimer, type SystemdTimerArgs, type SystemdTimerState } from '../../../tasks/systemd-timer.ts'
import { suite } from '../../suite.ts'
import { absent, text, textOf } from './states.ts'

const test = suite('systemdTimer')
const args: SystemdTimerArgs = {
  name: 'age',
  command: ['/bin/x', 'it\'s "a" $B %n\n\\'],
  onCalendar: ['Mon 08:00', 'daily'],
}
const none: SystemdTimerState = { active: false, enabled: false, outdated: false, service: absent, timer: absent }

function brought(given: SystemdTimerArgs, now = none): SystemdTimerState {
  const plan = planOf(systemdTimer(given), now, {})
  if (plan.kind !== 'change') throw new Error(plan.kind)
  return plan.then
}

test('words reach the program as they are', () => {
  const { service, timer } = brought({ ...args, user: 'mail', description: '100 %' })
  assert.is(
    textOf(service),
    '[Unit]\nDescription=100 %%\n\n[Service]\nType=oneshot\nUser=mail\n' +
      'ExecStart="/bin/x" "it\'s \\"a\\" $$B %%n\\n\\\\"\n',
  )
  assert.match(textOf(timer), '[Timer]\nOnCalendar=Mon 08:00\nOnCalendar=daily\nPersistent=yes\n\n[Install]')
  const shell = brought({
    name: 'age',
    command: 'a | b',
    onCalendar: 'daily',
    persistent: false,
    randomizedDelaySeconds: 9,
  })
  assert.match(textOf(shell.service), 'ExecStart="/bin/sh" "-c" "a | b"\n')
  assert.match(textOf(shell.timer), 'Persistent=no\nRandomizedDelaySec=9\n')
})

test('what is not so is made so, and no more', () => {
  const fit = brought(args)
  checkCase(systemdTimer, { args, now: none, expect: ['service: create', 'timer: create', 'enable and start'] })
  checkCase(systemdTimer, { args, now: fit, expect: [] })
  checkCase(systemdTimer, { args, now: { ...fit, service: text('x') }, expect: ['service: content', 'load'] })
  checkCase(systemdTimer, { args, now: { ...fit, outdated: true }, expect: ['load'] })
  checkCase(systemdTimer, { args, now: { ...fit, active: false }, expect: ['start'] })
  checkCase(systemdTimer, { args, now: { ...fit, enabled: false }, expect: ['load and enable'] })
})

test('absent stops the timer before its units are removed', () => {
  const gone: SystemdTimerArgs = { name: 'age', state: 'absent' }
  checkCase(systemdTimer, {
    args: gone,
    now: brought(args),
    expect: ['stop and disable', 'timer: remove', 'service: remove', 'forget the units'],
  })
  checkCase(systemdTimer, { args: gone, now: none, expect: [] })
})

test('the timer is reported from its service', () => {
  const { probe } = systemdTimer(args)
  const answer = (stdout: string) => ({ code: 0, stdout, stderr: '' })
  const path = answer(JSON.stringify({ parent: 'd', missing: [] }))
  const unit = (active: string, enabled: string, reload: string): string =>
    `ActiveState=${active}\nUnitFileState=${enabled}\nNeedDaemonReload=${reload}\n`
  const read = (stdout: string) => probe.parse(partsAnswer([answer(stdout), path, path]))
  const two = read(`${unit('inactive', 'disabled', 'no')}\n${unit('active', 'enabled', 'yes')}\0end`)
  assert.equal([two.active, two.enabled, two.outdated], [false, false, true])
  const on = read(`${unit('active', 'enabled', 'no')}\n${unit('inactive', 'static', 'no')}\0end`)
  assert.equal([on.active, on.enabled, on.outdated], [true, true, false])
})

test('what would be another line of a unit is refused', () => {
  const refused = (given: object, message: RegExp): void =>
    assert.throws(() => systemdTimer({ ...args, ...given }), message, JSON.stringify(given))
  for (const name of ['', 'a b', '../x', '-x', 'a\n', 'a@b/c']) refused({ name }, /name must be/)
  for (const onCalendar of ['a\nb', '', 'x;y', '$(x)']) refused({ onCalendar }, /is no time/)
  refused({ command: [] }, /command is empty/)
  refused({ command: ['x'] }, /absolute path/)
  refused({ command: ['/x', 'a\0'] }, /NUL/)
  refused({ user: 'a\nb' }, /user must be/)
  refused({ description: 'a\nExecStart=x' }, /one line/)
  refused({ description: 'a\\' }, /one line/)
  refused({ randomizedDelaySeconds: 1.5 }, /whole number/)
  refused({ state: 'absent' }, /nothing but name/)
})

test.run()
