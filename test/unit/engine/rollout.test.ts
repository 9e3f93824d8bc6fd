// What is brought about outside between the two halves of a batch: who is asked when, and how it ends.
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { localConnect } from '../../../src/ssh/local.ts'
import type { AskOutside } from '../../../src/engine/outside.ts'
import { rollout, type Meanwhile } from '../../../src/engine/rollout.ts'
import type { RunOptions } from '../../../src/engine/run-options.ts'
import { addressOf } from '../../../src/inventory/address.ts'
import { utf8 } from '../../../src/core/probe/answer.ts'
import { MailrunError } from '../../../src/core/mailrun-error.ts'
import { defineTask } from '../../../src/core/task/define-task.ts'
import type { PreparedHost } from '../../../src/core/fleet/prepared-host.ts'
import { ask, blocked, change, ok, remarked } from '../../../src/core/task/plan.ts'
import { defineProbe } from '../../../src/core/probe/probe.ts'
import { sh } from '../../../src/shell/sh.ts'
import { suite } from '../../suite.ts'

const test = suite('rollout')

const dir = mkdtempSync(join(tmpdir(), 'mailrun-rollout-'))
const probeOf = (path: string) =>
  defineProbe({
    key: path,
    reads: [`path:${path}`],
    script: sh`cat -- ${path} 2>/dev/null || :`,
    parse: ({ stdout }) => utf8(stdout),
  })
const text = defineTask<{ readonly path: string }, string>({
  type: 'text',
  name: ({ path }) => path,
  probe: ({ path }) => probeOf(path),
  writes: ({ path }) => [`path:${path}`],
  examples: [],
  plan: ({ path }, now) =>
    path.endsWith('bad')
      ? blocked('bad')
      : now === 'x'
        ? ok
        : change([{ summary: 'write', apply: sh`printf x > ${path}` }], 'x'),
})
/** Written once it is served, held back while it is not. */
const gate = defineTask<{ readonly path: string; readonly name: string }, string>({
  type: 'gate',
  name: ({ name }) => name,
  probe: ({ path }) => probeOf(path),
  writes: ({ path }) => [`path:${path}`],
  examples: [],
  plan: ({ path, name }, now) =>
    ask([{ to: 'name-servers', record: { name, type: 'TXT', value: 'v', purpose: 'dkim' }, dns: {} }], ([answer]) =>
      answer!.kind !== 'served'
        ? remarked<string>(ok, { held: 'not served' })
        : now === 'x'
          ? ok
          : change([{ summary: 'open', apply: sh`printf x > ${path}` }], 'x'),
    ),
})

let round = 0
const fleet = (...names: readonly string[]): readonly PreparedHost[] => {
  round += 1
  return names.map((name) => ({
    host: {
      name,
      groups: [],
      vars: new Map(),
      connection: new Map(),
      address: addressOf(name, new Map()),
      where: 'test:1',
    },
    tasks: [
      text({ path: join(dir, `${round}-${name}`) }),
      gate({ path: join(dir, `${round}-${name}-gate`), name }),
      text({ path: join(dir, `${round}-${name}-after`) }),
    ],
    outputs: {},
    secrets: [],
    source: () => new Uint8Array(),
  }))
}
const never = new AbortController().signal
const later: AskOutside = () => Promise.resolve({ kind: 'later' })
const options = (over: Partial<RunOptions>): RunOptions => ({
  playbook: 'p',
  check: false,
  forks: 1,
  serial: [],
  maxFail: undefined,
  askOutside: later,
  interrupt: never,
  abandon: never,
  ...over,
})

async function go(hosts: readonly PreparedHost[], over: Partial<RunOptions>, meanwhile: Partial<Meanwhile>) {
  const log: string[] = []
  const result = await rollout(
    hosts,
    options(over),
    async () => localConnect({ MAILRUN_RUN_DIR: join(dir, 'run') }),
    (event) => {
      if (event.kind === 'host-parked') log.push(`parked ${event.host}`)
      if (event.kind === 'host-end') log.push(`${event.result.status} ${event.host}`)
    },
    {
      between: (soFar) => {
        log.push(`between ${soFar.map(({ name }) => name).join(' ')}`)
        return meanwhile.between?.(soFar) ?? Promise.resolve(() => Promise.resolve({ kind: 'served' }))
      },
      after: (results) => {
        log.push(`after ${results.map(({ status }) => status).join(' ')}`)
        return meanwhile.after?.(results) ?? Promise.resolve()
      },
    },
  )
  return { result, log }
}

test(
  'hosts that wait are gone on with once it is brought about, each task reported once; ' +
    'with batches each is finished before the next begins',
  async () => {
    const { result, log } = await go(fleet('a', 'b'), {}, {})
    assert.equal(log, ['parked a', 'parked b', 'between a b', 'changed a', 'changed b', 'after changed changed'])
    assert.equal(
      result.hosts[0]!.tasks.map(({ status, changes }) => [status, changes]),
      [
        ['changed', ['write']],
        ['changed', ['open']],
        ['changed', ['write']],
      ],
    )
    const serial = await go(fleet('a', 'b'), { serial: [{ count: 1 }] }, {})
    assert.equal(serial.log, [
      'parked a',
      'between a',
      'changed a',
      'parked b',
      'between a b',
      'changed b',
      'after changed changed',
    ])
  },
)

test('what could not be brought about is held back, and all else is done', async () => {
  const { result } = await go(
    fleet('a'),
    {},
    { between: () => Promise.resolve(() => Promise.resolve({ kind: 'not-served', where: [] })) },
  )
  assert.equal(
    [result.hosts[0]!.status, result.hosts[0]!.tasks.map(({ status }) => status)],
    ['held', ['changed', 'held', 'changed']],
  )
})

test('a host where nothing is to be waited for is not gone on with', async () => {
  const { log } = await go(fleet('a'), { askOutside: () => Promise.resolve({ kind: 'served' }) }, {})
  assert.equal(log, ['changed a', 'after changed'])
})

test('an interrupt meanwhile: nothing more starts, and what was done is reported', async () => {
  const interrupt = new AbortController()
  const { result, log } = await go(
    fleet('a', 'b'),
    { interrupt: interrupt.signal, serial: [{ count: 1 }] },
    {
      between: () => {
        interrupt.abort()
        return Promise.resolve(() => Promise.resolve({ kind: 'served' }))
      },
    },
  )
  assert.equal(log, ['parked a', 'between a', 'interrupted a', 'after interrupted not-reached'])
  assert.equal(
    result.hosts[0]!.tasks.map(({ status }) => status),
    ['changed', 'not-reached', 'not-reached'],
  )
})

test('a host that comes after one that is parked begins once that one is done', async () => {
  const [a, b, c] = fleet('a', 'b', 'c') as [PreparedHost, PreparedHost, PreparedHost]
  const ordered = [a, { ...b, after: ['a'] }, { ...c, after: ['b'] }]
  const { log } = await go(ordered, { forks: 3 }, {})
  assert.equal(log, [
    'parked a',
    'between a',
    'changed a',
    'parked b',
    'between a b',
    'changed b',
    'parked c',
    'between a b c',
    'changed c',
    'after changed changed changed',
  ])
})

test('a host whose tasks cannot be made of what another gave fails, and the others go on', async () => {
  const [a, b] = fleet('a', 'b') as [PreparedHost, PreparedHost]
  const refused = () => Promise.reject(new MailrunError('no such template', 'p.ts:3'))
  const { result } = await go([a, { ...b, after: ['a'], takes: refused }], {}, {})
  assert.equal(
    result.hosts.map(({ status, error }) => [status, error]),
    [
      ['changed', undefined],
      ['failed', 'p.ts:3: no such template'],
    ],
  )
})

test('a bug while the tasks of a host are made fails this host alone, and shows none of its secrets', async () => {
  const [a, b, c] = fleet('a', 'b', 'c') as [PreparedHost, PreparedHost, PreparedHost]
  for (const [error, wanted] of [
    [new TypeError('not a function: hunter2'), /^a bug in mailrun: TypeError: not a function: \*{8}\n.*at /],
    [new MailrunError('no such user: hunter2', 'p.ts:3'), /^p\.ts:3: no such user: \*{8}$/],
  ] as const) {
    const broken = { ...b, secrets: ['hunter2'], takes: () => Promise.reject(error) }
    const { result } = await go([a, broken, c], {}, {})
    assert.is(result.hosts[1]!.status, 'failed')
    assert.match(result.hosts[1]!.error ?? '', wanted)
    for (const index of [0, 2]) assert.ok(['changed', 'ok'].includes(result.hosts[index]!.status))
  }
})

test('what was begun is finished however many others failed', async () => {
  const [bad, good] = fleet('bad', 'good') as [PreparedHost, PreparedHost]
  const { result } = await go(
    [{ ...bad, tasks: [text({ path: join(dir, 'bad') })] }, good],
    { maxFail: { count: 0 }, forks: 2 },
    {},
  )
  assert.equal(
    result.hosts.map(({ status }) => status),
    ['failed', 'changed'],
  )
})

writeFileSync(join(dir, 'keep'), '')
test.run()
