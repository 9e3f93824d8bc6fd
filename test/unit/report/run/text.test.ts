// What a person reads of a run.
import * as assert from 'uvu/assert'
import type { HostResult, RunEvent, RunResult, TaskResult } from '../../../../src/core/run-event.ts'
import { textReporter, type TextOptions } from '../../../../src/report/run/text.ts'
import { colours } from '../../../../src/report/write/colour.ts'
import { suite } from '../../../suite.ts'
import { host, run, task } from '../results.ts'

const test = suite('report/text')

function textOf(events: readonly RunEvent[], options: Partial<TextOptions> = {}): string {
  let text = ''
  const report = textReporter(
    { diff: false, verbose: false, paint: colours(false), terminal: undefined, ...options },
    { write: (part) => void (text += part) },
  )
  events.forEach(report)
  return text.replace(/in \d+\.\d s$/m, 'in N s')
}

const eventsOf = (result: RunResult): readonly RunEvent[] => [
  { kind: 'run-start', playbook: result.playbook, check: result.check, hosts: result.hosts.map(({ name }) => name) },
  ...result.hosts.map((each): RunEvent => ({ kind: 'host-end', host: each.name, result: each })),
  { kind: 'run-end', result },
]

const installed = (name: string): HostResult =>
  host({
    name,
    status: 'changed',
    trips: 2,
    seconds: 4.25,
    tasks: [
      task({ type: 'apt', name: 'opendkim', status: 'changed', changes: ['install opendkim'] }),
      task({ name: '/etc/motd', status: 'ok' }),
      task({
        type: 'dkimKey',
        name: `${name}._domainkey.fleet.test`,
        status: 'changed',
        changes: ['generate a 2048 bit key'],
      }),
    ],
  })

test('equal changes of several hosts are reported once, with the hosts; tasks that are ok are not reported', () => {
  assert.is(
    textOf(eventsOf(run([installed('mx1'), installed('mx2'), host({ name: 'mx10', status: 'ok' })]))),
    `dkim on 3 hosts
mx1: changed
mx2: changed
mx10: ok

changed
  apt opendkim  2 hosts: mx1 and mx2
    install opendkim
  dkimKey mx1._domainkey.fleet.test  mx1
    generate a 2048 bit key
  dkimKey mx2._domainkey.fleet.test  mx2
    generate a 2048 bit key

  mx10  ok        1 trip  0.5 s  no tasks
  mx1   changed  2 trips  4.3 s  3 tasks: 1 ok, 2 changed
  mx2   changed  2 trips  4.3 s  3 tasks: 1 ok, 2 changed
3 hosts: 1 ok, 2 changed, in N s
`,
  )
})

test('what a change prints is reported with --verbose, behind the name of its host', () => {
  const events: readonly RunEvent[] = [{ kind: 'change-output', host: 'mx1', task: 'date', line: 'old\rTue  1 Dec' }]
  assert.is(textOf(events), '')
  assert.is(textOf(events, { verbose: true }), 'mx1 | Tue  1 Dec\n')
})

test('records of keys that are new or held are printed, of the others one line tells; all with --verbose', () => {
  const key = (host: string, domain: string) => `${host}._domainkey.${domain}`
  const signer = (name: string, statuses: Readonly<Record<string, TaskResult['status']>>): HostResult =>
    host({
      name,
      status: 'ok',
      tasks: Object.entries(statuses).map(([domain, status]) =>
        task({ type: 'dkimKey', name: key(name, domain), status }),
      ),
      outputs: {
        dns: [
          ...Object.keys(statuses).map((domain) => ({
            name: key(name, domain),
            type: 'TXT',
            value: 'v=DKIM1; p=AA==',
          })),
          { name: 'other.example', type: 'TXT', value: 'of no task' },
        ],
      },
    })
  const events = eventsOf(
    run([
      signer('mx1', { 'a.example': 'ok', 'b.example': 'held', 'c.example': 'ok' }),
      signer('mx2', { 'a.example': 'changed', 'b.example': 'would-change', 'c.example': 'ok' }),
    ]),
  )
  const shown = textOf(events)
  const names = (text: string): readonly string[] =>
    [...text.matchAll(/^(\S+)\. IN TXT/gm)].map(([, name]) => name!).sort()
  assert.equal(names(shown), [
    'mx1._domainkey.b.example',
    'mx2._domainkey.a.example',
    'mx2._domainkey.b.example',
    'other.example',
  ])
  assert.match(shown, '3 records as before: mailrun dns plan -i … --format zone prints them\n')
  const all = textOf(events, { verbose: true })
  assert.is(names(all).length, 7)
  assert.not.match(all, 'as before')
})

test('what waits for DNS: a reason once for the fleet, the records to publish, and the next command', () => {
  const held = (name: string, why: string): HostResult => {
    const record = `${name}._domainkey.a.example`
    return host({
      name,
      status: 'held',
      tasks: [
        task({ type: 'dkimKey', name: record, status: 'ok' }),
        task({
          type: 'opendkim',
          name: 'tables',
          status: 'held',
          why: 'a.example waits',
          awaits: [{ name: record, why }],
        }),
      ],
      outputs: { dns: [{ name: record, type: 'TXT', value: 'v=DKIM1; p=AA==' }] },
    })
  }
  const names = Array.from({ length: 8 }, (_, index) => `mx${index + 1}`)
  const text = textOf(
    eventsOf(run([...names.map((each) => held(each, 'nobody can be asked')), held('mx9', 'ns2 has none')])),
  )
  assert.is(text.split('a.example waits').length, 2)
  assert.match(
    text,
    `
waits for DNS
  mx1._domainkey.a.example, mx2._domainkey.a.example, mx3._domainkey.a.example, mx4._domainkey.a.example, ` +
      `mx5._domainkey.a.example and 3 more: nobody can be asked
  mx9._domainkey.a.example: ns2 has none
`,
  )
  assert.is([...text.matchAll(/^mx\d\._domainkey\.a\.example\. IN TXT/gm)].length, 9)
  assert.match(text, /Publish the DNS records above: by hand, or with mailrun dns push -i …; mailrun dns verify /)
})

test('twenty equal hosts are a count with some names', () => {
  const hosts = Array.from({ length: 20 }, (_, index) =>
    host({
      name: `mx${index + 1}`,
      status: 'would-change',
      tasks: [task({ name: '/etc/motd', status: 'would-change', changes: ['create'] })],
    }),
  )
  const text = textOf(eventsOf(run([...hosts, host({ name: 'other', status: 'ok' })], { check: true })))
  assert.match(text, 'dkim, check only, on 21 hosts')
  assert.match(text, 'would change\n  file /etc/motd  20 hosts: mx1, mx2, mx3, mx4, mx5 and 15 more\n    create\n')
})

test('a failure shows the host, the task, the last lines of output, and what to do', () => {
  const failed = host({
    name: 'mx2',
    status: 'failed',
    error: 'apt opendkim: install opendkim: exit status 100\nE: Unable to locate package opendkim',
    tasks: [task({ type: 'apt', name: 'opendkim', status: 'failed', why: 'exit status 100' })],
  })
  const text = textOf(eventsOf(run([host({ name: 'mx1', status: 'ok' }), failed])))
  assert.match(
    text,
    'failed\n  mx2: apt opendkim: install opendkim: exit status 100\n    E: Unable to locate package opendkim\n',
  )
  assert.match(text, /Run again once that is corrected, for these: --limit mx2\n$/)
})

test('a failure is reported at once while other hosts are still at work', () => {
  const lost = host({ name: 'mx1', status: 'unreachable', error: 'connection refused' })
  const [start, end] = eventsOf(run([lost, host({ name: 'mx2', status: 'ok' })]))
  assert.match(textOf([start!, end!]), 'mx1: unreachable: connection refused\n')
})

test('hosts with the same trouble are reported together', () => {
  const lost = ['mx1', 'mx2', 'mx3'].map((name) =>
    host({ name, status: 'unreachable', error: 'no route to the network' }),
  )
  assert.match(textOf(eventsOf(run(lost))), 'unreachable\n  mx1, mx2 and mx3: no route to the network\n')
})

test('no terminal escape, carriage return or faked line of a host gets through', () => {
  const evil = '\u001b[2J\u001b]0;owned\u0007\u009b31m\rmx1: all ok\u202e'
  const bad = host({
    name: 'mx1',
    status: 'failed',
    error: evil,
    tasks: [
      task({
        name: evil,
        status: 'changed',
        changes: [`${evil}\nforged`],
        commands: [evil],
        diffs: [{ path: evil, before: evil, after: 'x' }],
      }),
    ],
  })
  const events: readonly RunEvent[] = [
    { kind: 'change-start', host: 'mx1', task: evil, type: 'apt', summary: evil },
    { kind: 'change-end', type: 'apt', host: 'mx1', task: evil, summary: evil, code: 1 },
    { kind: 'host-waiting', host: 'mx1', holder: evil },
    ...eventsOf(
      run([
        bad,
        host({ name: 'mx2', status: 'ok', outputs: { motd: evil, dns: [{ name: evil, type: 'TXT', value: evil }] } }),
      ]),
    ),
  ]
  const text = textOf(events, { verbose: true, diff: true })
  assert.not.match(text, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/)
  assert.not.match(text, /^\s*forged/m)
})

test('--diff shows a unified diff, --verbose the shell text and the tasks that are ok', () => {
  const changed = task({
    name: '/etc/motd',
    status: 'changed',
    changes: ['content'],
    diffs: [{ path: '/etc/motd', before: 'a\nb\n', after: 'a\nc\n' }],
    commands: ['printf secret | base64 -d'],
  })
  const events = eventsOf(
    run([host({ name: 'mx1', status: 'changed', tasks: [changed, task({ name: '/etc/hosts', status: 'ok' })] })]),
  )
  assert.match(
    textOf(events, { diff: true }),
    '--- /etc/motd\n      +++ /etc/motd\n      @@ -1,2 +1,2 @@\n       a\n      -b\n      +c\n',
  )
  assert.not.match(textOf(events), '@@')
  const verbose = textOf(events, { verbose: true })
  assert.match(verbose, 'ok\n  file /etc/hosts\n')
  assert.match(verbose, '      printf secret | base64 -d\n')
})

test('DNS records are zone lines, other outputs JSON', () => {
  const outputs = { dns: [{ name: 'mx1._domainkey.fleet.test', type: 'TXT', value: 'v=DKIM1; p=AB' }], hostname: 'mx1' }
  const text = textOf(
    eventsOf(
      run([host({ name: 'mx1', status: 'ok', outputs }), host({ name: 'mx2', status: 'ok', outputs: { dns: null } })]),
    ),
  )
  assert.match(text, 'DNS records\nmx1._domainkey.fleet.test. IN TXT "v=DKIM1; p=AB"\n')
  assert.match(text, 'outputs\n  mx1  hostname: "mx1"\n')
  assert.not.match(text, 'mx2  dns')
})

test('what is assumed or unknown says why', () => {
  const text = textOf(
    eventsOf(
      run([
        host({
          name: 'mx1',
          status: 'would-change',
          tasks: [
            task({ name: '/a', status: 'assumed', why: 'waits for command x' }),
            task({ name: '/b', status: 'unknown', why: 'the connection was lost' }),
          ],
        }),
      ]),
    ),
  )
  assert.match(text, 'file /a\n    waits for command x\n')
  assert.match(text, 'file /b\n    the connection was lost\n')
})

test('what is held back is shown with its reason and where to go on from; warnings have a place of their own', () => {
  const held = (name: string): HostResult =>
    host({
      name,
      status: 'held',
      tasks: [
        task({
          type: 'opendkim',
          name: 'tables',
          status: 'held',
          changes: ['KeyTable: create'],
          why: 'not served yet\nby ns2',
        }),
        task({ name: '/b', status: 'ok', warning: 'a key is not served' }),
      ],
    })
  const text = textOf(eventsOf(run([held('mx1'), held('mx2')])))
  assert.match(
    text,
    'held back\n  opendkim tables  all 2 hosts\n    KeyTable: create\n    not served yet\n    by ns2\n',
  )
  assert.match(text, 'warnings\n  mx1 and mx2: file /b: a key is not served\n')
  assert.match(text, '2 hosts: 2 held back, in N s\nWhat is held back is done by the next run after DNS serves it.\n')
})

test('after an interrupt it says how to finish', () => {
  const text = textOf(
    eventsOf(
      run([host({ name: 'mx1', status: 'interrupted', error: 'interrupted' }), host({ name: 'mx2', status: 'ok' })], {
        interrupted: true,
      }),
    ),
  )
  assert.not.match(text, 'interrupted: interrupted')
  assert.match(text, 'Run again to finish, for these: --limit mx1\n')
})

test('the first Ctrl-C says what is being finished', () => {
  assert.is(
    textOf([{ kind: 'interrupted', busy: ['mx1', 'mx2'] }]),
    'interrupted: nothing more starts; the change in hand is finished on mx1 and mx2. Ctrl-C again leaves at once.\n',
  )
})

test('colour comes only when it is asked for', () => {
  const events = eventsOf(run([installed('mx1')]))
  assert.not.match(textOf(events), /\u001b/)
  assert.match(textOf(events, { paint: colours(true) }), /\u001b\[33m/)
})

test.run()
