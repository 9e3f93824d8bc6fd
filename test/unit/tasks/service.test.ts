// What the task service does about a unit whose files changed.
import type { UnitState } from '../../../src/probes/unit.ts'
import { checkCase } from '../../../src/testing/check-case.ts'
import { service, type ServiceArgs } from '../../../tasks/service.ts'
import { suite } from '../../suite.ts'

const test = suite('service')

const UP: UnitState = { there: true, active: true, enabled: 'enabled', needDaemonReload: false, restart: [], reload: [], unproven: [], real: ['x.service'] }

type Args = Omit<ServiceArgs, 'unit'>
const CASES: readonly (readonly [string, Args, UnitState, readonly string[] | { readonly blocked: string }])[] = [
  ['a file to reload', { reloadOn: ['/x'] }, { ...UP, reload: ['/x'], unproven: ['/x'] }, ['reload: /x changed']],
  ['a drop-in', { restartOn: ['/x'] }, { ...UP, restart: ['/etc/systemd/system/x.service.d/a.conf'], needDaemonReload: true }, ['daemon-reload', 'restart: /etc/systemd/system/x.service.d/a.conf changed']],
  ['a definition that systemd has not loaded', { restartOn: ['/x'] }, { ...UP, needDaemonReload: true }, ['daemon-reload', 'restart: its unit file or a drop-in changed']],
  ['the same, without restartOn', { state: 'running' }, { ...UP, needDaemonReload: true }, ['daemon-reload']],
]
for (const [title, args, now, expect] of CASES) test(title, () => checkCase(service, { args: { unit: 'x', ...args }, now, expect }))

test.run()
