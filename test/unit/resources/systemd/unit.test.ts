// What is read out of systemd's answer about units, and what becomes of it by facts.
import * as assert from 'uvu/assert'
import { fact, type Fact, type PathFact } from '../../../../src/core/task/fact.ts'
import { UNKNOWN } from '../../../../src/core/unknown.ts'
import { unitProbe, type UnitQuestion, type UnitState } from '../../../../src/resources/systemd/unit.ts'
import { unitFamily } from '../../../../src/resources/systemd/unit-family.ts'
import { reloadStamp } from '../../../../src/resources/systemd/unit-stamp.ts'
import { suite } from '../../../suite.ts'

const test = suite('units')

const QUESTION: UnitQuestion = { unit: 'x.service', restartOn: undefined, reloadOn: [], listens: [] }
const RUNNING = {
  Id: 'x.service',
  LoadState: 'loaded',
  ActiveState: 'active',
  UnitFileState: 'enabled',
  Type: 'simple',
  NeedDaemonReload: 'no',
  InvocationID: 'one',
  ActiveEnterTimestamp: 'Tue 2026-11-24 12:00:00.500000 UTC',
  FragmentPath: '/lib/systemd/system/x.service',
  CanReload: 'yes',
  Job: '',
}
/** Half a second past noon is when it started. */
const NOON = Date.parse('2026-11-24T12:00:00Z') / 1000
const BEFORE = `${NOON}.0000000000`
const AFTER = `${NOON + 1}.0000000000`

interface Given {
  readonly own?: Readonly<Record<string, string>>
  readonly scripts?: string
  readonly indirect?: string
  readonly files?: string
  readonly sockets?: string
  readonly stamps?: readonly (readonly string[])[]
  readonly states?: readonly string[]
}
const block = (properties: Readonly<Record<string, string>>): string =>
  `${Object.entries(properties)
    .map(([name, value]) => `${name}=${value}`)
    .join('\n')}\n`
const state = (path: string, ctime: string, content: string, mtime = BEFORE): readonly string[] => [
  `${mtime} ${ctime} ${path}`,
  `${content.repeat(64).slice(0, 64)}  ${path}`,
]

/** Reads an answer as the host gives it. */
function ask(
  question: Partial<UnitQuestion>,
  { own = {}, scripts = '', indirect = '', files = '-f', sockets = '', stamps = [], states = [] }: Given,
): UnitState {
  const asked = { ...QUESTION, ...question }
  const probe = unitProbe(asked)
  const parts = [
    `${block({ ...RUNNING, ...own })}\n`,
    '',
    scripts,
    indirect,
    files,
    sockets,
    ...stamps.flatMap((each) => [...each, '.end']),
    '.stamps',
    ...states,
    '.end',
    '',
  ]
  const item = 'item' in probe.question ? probe.question.item : ''
  return probe.parse(unitFamily.split({ code: 0, stdout: parts.join('\0'), stderr: '' }, [item])[0]!)
}
const startStamp = (entries: readonly string[], invocation = 'one'): readonly string[] => [
  `/run/mailrun/stamps/x.service\n${invocation}`,
  ...entries,
]
const conf = '/etc/x.conf'

test('a unit about to be started, or to be started again, is neither up nor down', () => {
  const upAndDown = (own: Readonly<Record<string, string>>): readonly boolean[] => [
    ask({}, { own }).active,
    ask({}, { own }).stopped,
  ]
  assert.equal(upAndDown({}), [true, false])
  assert.equal(upAndDown({ ActiveState: 'inactive' }), [false, true])
  assert.equal(upAndDown({ ActiveState: 'failed' }), [false, true])
  assert.equal(upAndDown({ ActiveState: 'activating' }), [false, false])
  assert.equal(upAndDown({ ActiveState: 'inactive', Job: '391' }), [false, false])
  assert.equal(upAndDown({ ActiveState: 'deactivating' }), [false, false])
})

test('a unit whose file is gone is not there, before a daemon-reload and after, and may run on', () => {
  for (const own of [
    { UnitFileState: 'bad', NeedDaemonReload: 'yes' },
    { LoadState: 'not-found', UnitFileState: '' },
  ]) {
    const { there, active, stopped } = ask({}, { own, files: '--' })
    assert.equal({ there, active, stopped }, { there: false, active: true, stopped: false })
  }
})

test('behind a mask there is a unit only if there is a file of it', () => {
  const own = {
    LoadState: 'masked',
    UnitFileState: 'masked',
    FragmentPath: '/etc/systemd/system/x.service',
    CanReload: 'no',
  }
  assert.is(ask({}, { own, files: 'lf' }).there, true)
  assert.is(ask({}, { own, files: 'l-' }).there, false)
  assert.is(ask({}, { own, files: 'lf' }).linked, false)
})

test('under another name a unit goes by its own', () => {
  assert.is(ask({ unit: 'y.service' }, { files: 'lf' }).id, 'x.service')
  assert.is(
    ask(
      { unit: 'y.service' },
      {
        own: {
          Id: 'y.service',
          LoadState: 'error',
          UnitFileState: 'masked',
          FragmentPath: '/etc/systemd/system/x.service',
        },
        files: 'lf',
      },
    ).id,
    'x.service',
  )
})

test('of indirect units and of init scripts it is reported whether they start at boot', () => {
  const indirect = { UnitFileState: 'indirect' }
  assert.is(ask({}, { own: indirect, indirect: 'indirect\n' }).enabled, 'disabled')
  assert.is(
    ask({}, { own: indirect, indirect: 'indirect\n  /etc/systemd/system/sockets.target.wants/x.socket\n' }).enabled,
    'enabled',
  )
  assert.is(
    ask({}, { own: indirect, indirect: 'indirect\n  /etc/systemd/system/other-name.service\n' }).enabled,
    'disabled',
  )
  const script = { UnitFileState: 'generated', SourcePath: '/etc/init.d/x' }
  assert.is(ask({}, { own: script, scripts: 'disabled\n' }).enabled, 'disabled')
  assert.is(ask({}, { own: script, scripts: 'enabled\n' }).enabled, 'enabled')
})

test('sockets that are not there are missing', () => {
  assert.equal(ask({ listens: ['/run/a', '/run/b'] }, { sockets: 's-' }).missing, ['/run/b'])
})

test('without a stamp, or where the stamp does not tell of a file, the time of the start counts', () => {
  const asked = { restartOn: [conf] }
  const unstamped = [
    [],
    [startStamp([`asked /etc/other`, ...state('/etc/other', BEFORE, 'a')])],
    [startStamp([`asked ${conf}`, ...state(conf, BEFORE, 'b')], 'another')],
  ]
  for (const stamps of unstamped) {
    assert.equal(ask(asked, { stamps, states: state(conf, BEFORE, 'a') }).restart, [])
    assert.equal(ask(asked, { stamps, states: state(conf, AFTER, 'a') }).restart, [conf])
    assert.ok(ask(asked, { stamps, states: state(conf, BEFORE, 'a') }).unproven.includes(conf))
  }
  // A deleted file cannot be known.
  assert.equal(ask(asked, {}).restart, [])
})

test(
  'a clock that was set back since the start makes no changed file pass for read; ' +
    'one set forward, or read a little later, makes none pass for changed',
  () => {
    const reported = (setBy: number, changedAfter: number): readonly string[] => {
      // Running for 100 s, begun 5 s after the boot; the file was changed so many seconds after the start, by the clock
      // as it is now.
      const began = NOON + 0.5 + setBy
      const at = (seconds: number, digits: number): string => seconds.toFixed(3).padEnd(11 + digits, '0')
      return ask(
        { restartOn: [conf] },
        {
          own: { ActiveEnterTimestampMonotonic: '5000000' },
          states: [...state(conf, at(began + changedAfter, 10), 'a'), `clock ${at(began + 100, 9)} 105.00`],
        },
      ).restart
    }
    assert.equal(reported(-3600, 50), [conf])
    assert.equal(reported(-3600, -50), [])
    assert.equal(reported(3600, -3700), [])
    assert.equal(reported(-1, -0.5), [])
    assert.equal(reported(0, 50), [conf])
  },
)

test('with a stamp, digest and time of the content count, and a file that is gone or new', () => {
  const asked = { restartOn: [conf] }
  const stamps = [startStamp([`asked ${conf}`, ...state(conf, BEFORE, 'a')])]
  assert.equal(ask(asked, { stamps, states: state(conf, AFTER, 'a') }).restart, [])
  assert.equal(ask(asked, { stamps, states: state(conf, AFTER, 'b') }).restart, [conf])
  assert.equal(ask(asked, { stamps, states: state(conf, BEFORE, 'a', AFTER) }).restart, [conf])
  assert.equal(ask(asked, { stamps }).restart, [conf])
  assert.equal(ask(asked, { stamps: [startStamp([`asked ${conf}`])], states: state(conf, BEFORE, 'a') }).restart, [
    conf,
  ])
  assert.equal(
    ask(asked, { stamps, states: state(conf, BEFORE, 'a') }).unproven.filter((path) => path === conf),
    [],
  )
})

test('a reload proves nothing of what only a start reads', () => {
  const reloaded = (files: readonly string[], content: string): readonly string[] => [
    `${reloadStamp('x.service', files)}\none`,
    `asked ${conf}`,
    ...state(conf, AFTER, content),
  ]
  const states = state(conf, AFTER, 'a')
  assert.equal(ask({ reloadOn: [conf] }, { stamps: [reloaded([conf], 'a')], states }).reload, [])
  assert.equal(ask({ reloadOn: [conf] }, { stamps: [reloaded([conf], 'b')], states }).reload, [conf])
  assert.equal(ask({ restartOn: [conf] }, { stamps: [reloaded([conf], 'a')], states }).restart, [conf])
  const both = ask({ restartOn: [conf], reloadOn: [conf] }, { stamps: [reloaded([conf], 'a')], states })
  assert.equal([both.restart, both.reload], [[conf], []])
  // What the start loaded needs no reload.
  assert.equal(ask({ reloadOn: [conf] }, { stamps: [startStamp([`asked ${conf}`, ...states])], states }).reload, [])
})

test('of a directory all that is in it counts; a link that leads elsewhere now is as good as new', () => {
  const tls = '/etc/tls'
  const stamps = [startStamp([`asked ${tls}`, ...state(`${tls}/a/cert`, BEFORE, 'a')])]
  const asked = { restartOn: [tls] }
  assert.equal(ask(asked, { stamps, states: state(`${tls}/a/cert`, BEFORE, 'a') }).restart, [])
  assert.equal(
    ask(asked, { stamps, states: [...state(`${tls}/a/cert`, BEFORE, 'a'), ...state(`${tls}/b`, BEFORE, 'b')] }).restart,
    [tls],
  )
  assert.equal(ask(asked, { stamps, states: state('/etc/tls-other', BEFORE, 'a') }).restart, [tls])
  assert.equal(ask(asked, { states: state(`${tls}/a/cert`, AFTER, 'a') }).restart, [tls])
  assert.equal(
    ask(asked, { states: [...state(`${tls}/a/cert`, BEFORE, 'a'), `link ${AFTER} ${tls}/a/cert`] }).restart,
    [tls],
  )
  assert.equal(
    ask(asked, { states: [...state(`${tls}/a/cert`, BEFORE, 'a'), `link ${AFTER} ${tls}/elsewhere`] }).restart,
    [],
  )
})

test('unit file and drop-ins count where restartOn is given; not what systemd writes itself', () => {
  const [fragment, dropIn] = [RUNNING.FragmentPath, '/etc/systemd/system/x.service.d/a.conf']
  const own = { DropInPaths: dropIn }
  const states = [...state(fragment, BEFORE, 'a'), ...state(dropIn, AFTER, 'b')]
  assert.equal(ask({ restartOn: [] }, { own, states }).restart, [dropIn])
  assert.equal(ask({}, { own, states }).restart, [])
  const stamps = [startStamp([`defined ${fragment}`, `defined ${dropIn}`, ...states])]
  assert.equal(ask({ restartOn: [] }, { own, states, stamps }).restart, [])
  assert.equal(ask({ restartOn: [] }, { states: state(fragment, BEFORE, 'a'), stamps }).restart, [dropIn])
  for (const path of [
    '/run/systemd/generator.late/x.service',
    '/run/systemd/transient/x.service',
    '/run/systemd/system.control/x.service.d/50-CPU.conf',
  ]) {
    assert.equal(ask({ restartOn: [] }, { own: { FragmentPath: path }, states: state(path, AFTER, 'a') }).restart, [])
  }
  // A mask stands before the unit file, which is as it was.
  assert.equal(
    ask(
      { restartOn: [] },
      { own: { UnitFileState: 'masked', LoadState: 'masked', FragmentPath: '/etc/systemd/system/x.service' }, stamps },
    ).restart,
    [],
  )
})

const foresee = (question: Partial<UnitQuestion>, now: UnitState, known: Fact): UnitState | undefined =>
  unitProbe({ ...QUESTION, ...question }).foresee(now, known)
const file = (mtime: string | typeof UNKNOWN): PathFact => ({
  kind: 'file',
  owner: 'root',
  group: 'root',
  mode: '0600',
  sha256: UNKNOWN,
  mtime,
})
const directory: PathFact = { kind: 'directory', owner: 'root', group: 'root', mode: '0755' }

test(
  'without a stamp a mode that will change means a restart, ' +
    'for it will look like one of the content; with one it does not',
  () => {
    const asked = { restartOn: [conf] }
    const states = state(conf, BEFORE, 'a')
    assert.equal(foresee(asked, ask(asked, { states }), fact('path', conf, file('1')))?.restart, [conf])
    assert.equal(
      foresee(
        asked,
        ask(asked, { states, stamps: [startStamp([`asked ${conf}`, ...states])] }),
        fact('path', conf, file('1')),
      )?.restart,
      [],
    )
    assert.equal(
      foresee(
        asked,
        ask(asked, { states, stamps: [startStamp([`asked ${conf}`, ...states])] }),
        fact('path', conf, file(UNKNOWN)),
      )?.restart,
      [conf],
    )
  },
)

test('a file that will go is foreseen as it will be reported: by a stamp only', () => {
  const asked = { restartOn: ['/etc/tls'] }
  const states = state('/etc/tls/cert', BEFORE, 'a')
  const stamps = [startStamp(['asked /etc/tls', ...states])]
  for (const path of ['/etc/tls/cert', '/etc/tls', '/etc']) {
    assert.equal(
      foresee(asked, ask(asked, { states, stamps }), fact('path', path, { kind: 'absent' }))?.restart,
      ['/etc/tls'],
      path,
    )
    assert.equal(foresee(asked, ask(asked, { states }), fact('path', path, { kind: 'absent' }))?.restart, [], path)
  }
})

test('a new file in a directory that it reads is foreseen; the directory itself is no file', () => {
  const asked = { reloadOn: ['/etc/tls'] }
  assert.equal(foresee(asked, ask(asked, {}), fact('path', '/etc/tls/cert', file(UNKNOWN)))?.reload, ['/etc/tls'])
  assert.equal(foresee(asked, ask(asked, {}), fact('path', '/etc/tls', directory))?.reload, [])
})

test('a socket goes with its directory, and does not come back with it', () => {
  const asked = { listens: ['/srv/x/y.sock'] }
  const now = ask(asked, { sockets: 's' })
  assert.equal(foresee(asked, now, fact('path', '/srv/x', { ...directory, mode: '0700' }))?.missing, [])
  const gone = foresee(asked, now, fact('path', '/srv/x', { kind: 'absent' }))!
  assert.equal(gone.missing, asked.listens)
  assert.equal(foresee(asked, gone, fact('path', '/srv/x', directory))?.missing, asked.listens)
  assert.ok(unitProbe({ ...QUESTION, ...asked }).reads.includes('path:/srv/x/y.sock'))
})

test('a drop-in that will be written means daemon-reload, and a restart where restartOn is given', () => {
  const dropIn = fact('path', '/etc/systemd/system/x.service.d/a.conf', file(UNKNOWN))
  const now = foresee({ restartOn: [] }, ask({ restartOn: [] }, {}), dropIn)!
  assert.equal([now.needDaemonReload, now.restart], [true, ['/etc/systemd/system/x.service.d/a.conf']])
  assert.equal(foresee({}, ask({}, {}), dropIn)!.restart, [])
  const backup = fact('path', '/etc/systemd/system/x.service.d/a.conf.mailrun-backup', file(UNKNOWN))
  assert.is(foresee({}, ask({}, {}), backup)!.needDaemonReload, false)
})

test("a drop-in of the instance that is Postfix counts, and that of one that is not on this release doesn't", () => {
  const dropIn = '/etc/systemd/system/postfix@-.service.d/limits.conf'
  const probe = unitProbe({ ...QUESTION, unit: 'postfix.service', restartOn: [] })
  assert.ok(probe.reads.includes('path:/etc/systemd/system/postfix@-.service.d'))
  const now = ask({ restartOn: [] }, {})
  const then = (real: readonly string[]) => probe.foresee({ ...now, real }, fact('path', dropIn, file(UNKNOWN)))!
  assert.equal(then(['postfix@-.service']).restart, [dropIn])
  assert.is(then(['postfix@-.service']).needDaemonReload, true)
  assert.equal(then(['postfix.service']).restart, [])
})

test('a unit that a package brings runs, and has no stamp', () => {
  const absent = ask(
    { restartOn: [conf] },
    { own: { LoadState: 'not-found', ActiveState: 'inactive', UnitFileState: '', CanReload: 'no' }, files: '--' },
  )
  const now = foresee(
    { restartOn: [conf] },
    absent,
    fact('unit', 'x.service', { kind: 'unit', active: true, enabled: 'enabled' }),
  )!
  assert.equal([now.there, now.active, now.stopped, now.reloads, now.unproven], [true, true, false, UNKNOWN, [conf]])
})

test('an answer that was cut short is none', () => {
  const probe = unitProbe(QUESTION)
  const item = 'item' in probe.question ? probe.question.item : ''
  assert.throws(
    () => unitFamily.split({ code: 1, stdout: `${block(RUNNING)}\n\0`, stderr: 'Failed to connect to bus' }, [item]),
    /systemd cannot be asked: Failed to connect to bus/,
  )
})

test.run()
