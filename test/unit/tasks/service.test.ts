// What the task service does about a unit, in each of the states that systemd knows.
import * as assert from 'uvu/assert'
import type { UnitState } from '../../../src/resources/systemd/unit.ts'
import { checkCase } from '../../../src/testing/check-case.ts'
import { planOf } from '../../../src/testing/plan-of.ts'
import { service, type ServiceArgs } from '../../../tasks/service.ts'
import { suite } from '../../suite.ts'

const test = suite('service')

const UP: UnitState = {
  id: 'x.service',
  there: true,
  active: true,
  stopped: false,
  enabled: 'enabled',
  fragment: '/lib/systemd/system/x.service',
  linked: false,
  reloads: true,
  needDaemonReload: false,
  restart: [],
  reload: [],
  unproven: [],
  missing: [],
  real: ['x.service'],
}
const DOWN: UnitState = { ...UP, active: false, stopped: true }
/** Activating, waiting for its next start, or with a job to start it. */
const BETWEEN: UnitState = { ...UP, active: false, stopped: false }
const ABSENT: UnitState = { ...DOWN, there: false, enabled: '', fragment: '', reloads: false }
const MASKED: UnitState = { ...DOWN, enabled: 'masked', fragment: '/etc/systemd/system/x.service', reloads: false }

type Args = Omit<ServiceArgs, 'unit'>
const CASES: readonly (readonly [string, Args, UnitState, readonly string[] | { readonly blocked: string }])[] = [
  ['stopped: one that runs', { state: 'stopped' }, UP, ['stop']],
  ['stopped: one that is about to start', { state: 'stopped' }, BETWEEN, ['stop']],
  [
    'stopped: one that runs without its file',
    { state: 'stopped', enabled: false },
    { ...UP, there: false, enabled: '', fragment: '' },
    ['stop'],
  ],
  ['stopped: one that failed is', { state: 'stopped' }, DOWN, []],
  ['running: one that is about to start', { state: 'running' }, BETWEEN, ['start']],
  ['running: one that failed', { state: 'running' }, DOWN, ['start']],
  [
    'running: one that runs without its file',
    { state: 'running' },
    { ...UP, there: false, enabled: '' },
    { blocked: 'no unit file of x.service any more, though it runs' },
  ],

  [
    'masked until the next boot, to run',
    { state: 'running' },
    { ...MASKED, enabled: 'masked-runtime' },
    ['unmask', 'start'],
  ],
  [
    'masked until the next boot, to be for good',
    { masked: true },
    { ...MASKED, enabled: 'masked-runtime', fragment: '/run/systemd/system/x.service' },
    ['mask'],
  ],
  ['masked for good', { masked: true }, MASKED, []],
  ['enabled until the next boot, to be for good', { enabled: true }, { ...UP, enabled: 'enabled-runtime' }, ['enable']],
  ['enabled until the next boot, not to be', { enabled: false }, { ...UP, enabled: 'enabled-runtime' }, ['disable']],
  ['what was enabled behind its mask may be so', { masked: false, enabled: false }, MASKED, ['unmask', 'disable']],
  ['unmasked alone', { masked: false }, MASKED, ['unmask']],
  ['unmasked to be enabled', { enabled: true }, MASKED, ['unmask', 'enable']],
  ['masked stays disabled', { enabled: false }, MASKED, []],

  [
    'linked, disabled and stopped: first stopped',
    { enabled: false, state: 'stopped' },
    { ...UP, linked: true, fragment: '/etc/systemd/system/x.service' },
    ['stop', 'disable'],
  ],
  [
    'linked and running: disabling would remove it',
    { enabled: false, state: 'running' },
    { ...UP, linked: true },
    { blocked: 'would remove the link' },
  ],
  [
    'another name that goes with disabling',
    { enabled: false },
    { ...UP, id: 'y.service', linked: true },
    { blocked: 'another name of y.service' },
  ],
  ['linked to be enabled', { enabled: true }, { ...UP, enabled: 'linked' }, ['enable']],
  ['an init script that is off', { enabled: true }, { ...UP, enabled: 'disabled' }, ['enable']],

  ['absent and disabled', { enabled: false }, ABSENT, []],
  ['absent and unmasked', { masked: false }, ABSENT, []],
  ['absent, masked, to be unmasked', { masked: false }, { ...MASKED, there: false }, ['unmask']],
  ['absent, masked, to run', { state: 'running' }, { ...MASKED, there: false }, { blocked: 'behind its mask' }],
  ['absent, to be masked', { masked: true }, ABSENT, ['mask']],
  ['absent, to run', { state: 'running', enabled: false }, ABSENT, { blocked: 'there is no unit x.service' }],
  ['absent, with nothing asked but files', { restartOn: ['/x'] }, ABSENT, { blocked: 'there is no unit x.service' }],

  [
    'a mask where its own file is',
    { masked: true },
    { ...UP, fragment: '/etc/systemd/system/x.service' },
    { blocked: '/etc/systemd/system/x.service, where the mask would have to be' },
  ],
  ['a mask before a file elsewhere', { masked: true }, UP, ['stop', 'mask']],
  ['no ExecReload', { reloadOn: ['/x'] }, { ...UP, reloads: false }, { blocked: 'give /x as restartOn' }],
  [
    'no ExecReload, of one that is to be down',
    { reloadOn: ['/x'], state: 'stopped' },
    { ...UP, reloads: false },
    ['stop'],
  ],
  ['no ExecReload needed', { restartOn: ['/x'], reloadOn: ['/x'] }, { ...UP, reloads: false }, []],
  [
    'changed while masked',
    { restartOn: ['/x'] },
    { ...UP, enabled: 'masked', restart: ['/x'] },
    { blocked: 'is masked, so that it can be neither' },
  ],

  [
    'a socket that is gone',
    { listens: ['/x/y.sock'] },
    { ...UP, missing: ['/x/y.sock'] },
    ['restart: /x/y.sock is not there'],
  ],
  ['a socket that is gone, of one that is down', { listens: ['/x/y.sock'] }, { ...DOWN, missing: ['/x/y.sock'] }, []],
  [
    'a socket that a start brings',
    { state: 'running', listens: ['/x/y.sock'] },
    { ...DOWN, missing: ['/x/y.sock'] },
    ['start'],
  ],
  [
    'a file and a socket',
    { restartOn: ['/x'], listens: ['/y'] },
    { ...UP, restart: ['/x'], missing: ['/y'] },
    ['restart: /x changed, /y is not there'],
  ],
  [
    'a file to reload, and a socket',
    { reloadOn: ['/x'], listens: ['/y'] },
    { ...UP, reload: ['/x'], missing: ['/y'] },
    ['restart: /y is not there'],
  ],
  ['a file to reload', { reloadOn: ['/x'] }, { ...UP, reload: ['/x'], unproven: ['/x'] }, ['reload: /x changed']],
  [
    'a drop-in',
    { restartOn: ['/x'] },
    { ...UP, restart: ['/etc/systemd/system/x.service.d/a.conf'], needDaemonReload: true },
    ['daemon-reload', 'restart: /etc/systemd/system/x.service.d/a.conf changed'],
  ],
  [
    'a definition that systemd has not loaded',
    { restartOn: ['/x'] },
    { ...UP, needDaemonReload: true },
    ['daemon-reload', 'restart: its unit file or a drop-in changed'],
  ],
  ['the same, without restartOn', { state: 'running' }, { ...UP, needDaemonReload: true }, ['daemon-reload']],
]
for (const [title, args, now, expect] of CASES)
  test(title, () => checkCase(service, { args: { unit: 'x', ...args }, now, expect }))

const textsOf = (args: Args, now: UnitState): string => {
  const plan = planOf(service({ unit: 'x', ...args }), now, {})
  return plan.kind === 'change' ? plan.changes.map(({ apply }) => apply.text).join('\n') : ''
}

test('what is so until the next boot only is undone there', () => {
  assert.match(
    textsOf({ state: 'running' }, { ...MASKED, enabled: 'masked-runtime' }),
    'systemctl unmask --runtime -- x.service',
  )
  assert.match(
    textsOf({ enabled: false }, { ...UP, enabled: 'enabled-runtime' }),
    'systemctl disable --runtime -- x.service',
  )
})

test('a unit under another name is enabled and masked by its own', () => {
  assert.match(
    textsOf({ enabled: true }, { ...UP, id: 'y.service', enabled: 'disabled' }),
    'systemctl enable -- y.service',
  )
  assert.match(textsOf({ masked: true }, { ...DOWN, id: 'y.service' }), 'systemctl mask -- y.service')
})

test('what may have read its files already is started again: only then is it proven what it read', () => {
  assert.match(textsOf({ state: 'running' }, BETWEEN), 'systemctl restart -- x.service')
  assert.match(textsOf({ state: 'running' }, DOWN), 'systemctl start -- x.service')
})

test('a stop and a start have the time that systemd gives them', () => {
  const seconds = (args: Args, now: UnitState): number => {
    const plan = planOf(service({ unit: 'x', ...args }), now, {})
    return plan.kind === 'change' ? (plan.changes.at(-1)?.timeoutSeconds ?? 0) : 0
  }
  assert.ok(seconds({ state: 'stopped' }, UP) >= 180)
  assert.ok(seconds({ state: 'running' }, DOWN) >= 180)
})

test('listens is refused for a unit that is to be down, and for what is no path', () => {
  assert.throws(() => service({ unit: 'x', state: 'stopped', listens: ['/x'] }), /listens goes with a unit that runs/)
  assert.throws(() => service({ unit: 'x', listens: ['x.sock'] }), /listens must be an absolute path/)
})

test.run()
