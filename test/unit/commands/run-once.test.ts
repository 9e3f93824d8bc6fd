// runOnce: tasks on the first host alone, and what it says as arguments of the tasks of all.
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { listTasks, MailrunError, run, type RunResult } from '../../../src/index.ts'
import { suite } from '../../suite.ts'
import { localFleet } from './local-fleet.ts'

const test = suite('commands/run-once')

const { folder, inventory } = localFleet(
  test,
  `all: { vars: { ansible_connection: local } }
mail: { hosts: { mx1: , mx2: , mx3: } }
db: { hosts: { mx2: , mx3: } }
`,
)

let count = 0
function playbookOf(members: string, name = 'p'): string {
  count += 1
  const path = join(folder, `playbook-${count}.ts`)
  const lines = [
    "import { commandOutput, playbook } from 'mailrun'",
    "import { blockInFile, command, file } from 'mailrun/tasks'",
    `const at = (name) => ${JSON.stringify(at(''))} + name`,
    `export default playbook({ name: '${name}', ${members.includes('hosts:') ? '' : "hosts: 'mail', "}${members} })`,
  ]
  writeFileSync(path, `${lines.join('\n')}\n`)
  return path
}
const at = (name: string): string => join(folder, `${count}-${name}`)
const text = (name: string): string => readFileSync(at(name), 'utf8')
const shown = ({ hosts }: RunResult) =>
  hosts.map(({ name, status, tasks, error = [] }) =>
    [name, status, tasks.map((task) => `${task.type} ${task.status}`), error].flat(),
  )

const TOKEN = `runOnce: {
    on: 'db',
    tasks: ({ host }) => [command({ run: 'echo ' + host.name + '-$$ > ' + at('token'), creates: at('token') })],
    outputs: () => ({ token: commandOutput({ run: ['cat', at('token')], reads: ['path:' + at('token')] }) }),
  },`
const PEERS = 'tasks: ({ host, once }) => [file({ path: at(host.name), content: once.token })],'

test('the first host makes it once; all take what it says; nothing to do is one trip each', async () => {
  for (const facts of ['', "facts: ['processors'],"]) {
    const playbook = playbookOf(`${facts} ${TOKEN} ${PEERS}`)
    const check = await run({ playbook, inventory, check: true })
    assert.equal(shown(check), [
      ['mx2', 'would-change', 'command would-change', 'file assumed'],
      ['mx1', 'would-change', 'file assumed'],
      ['mx3', 'would-change', 'file assumed'],
    ])
    assert.match(check.hosts[1]!.tasks[0]!.why!, /cannot be known before token of mx2 is/)
    const first = await run({ playbook, inventory, forks: 1 })
    assert.equal(shown(first), [
      ['mx2', 'changed', 'command changed', 'file changed'],
      ['mx1', 'changed', 'file changed'],
      ['mx3', 'changed', 'file changed'],
    ])
    assert.match(text('token'), /^mx2-\d+\n$/)
    for (const host of ['mx1', 'mx2', 'mx3']) assert.is(text(host), text('token').trim())
    const second = await run({ playbook, inventory })
    assert.equal(
      second.hosts.map(({ status, trips }) => [status, trips]),
      [
        ['ok', 1],
        ['ok', 1],
        ['ok', 1],
      ],
    )
    rmSync(at('mx3'))
    const drift = await run({ playbook, inventory, check: true })
    assert.equal(
      drift.hosts.map(({ status }) => status),
      ['ok', 'ok', 'would-change'],
      'what is known is no guess',
    )
  }
})

test('where the first host fails, or cannot say it, no other is begun', async () => {
  for (const [members, why] of [
    [`runOnce: { tasks: () => [command({ run: 'exit 4' })] }, tasks: () => []`, /exit status 4/],
    [
      `runOnce: { outputs: () => ({ token: commandOutput({ run: 'exit 5' }) }) }, tasks: () => []`,
      /runOnce: .*token: exit 5: exit status 5/,
    ],
  ] as const) {
    const { hosts } = await run({ playbook: playbookOf(members), inventory })
    assert.equal(
      hosts.map(({ name, status }) => [name, status]),
      [
        ['mx1', 'failed'],
        ['mx2', 'not-reached'],
        ['mx3', 'not-reached'],
      ],
    )
    assert.match(hosts[0]!.error!, why)
    assert.is(hosts[1]!.error, 'comes after mx1 (failed)')
  }
})

test('a run without its host, and a host of no such group, are refused before any is touched', async () => {
  for (const [playbook, limit, why] of [
    [playbookOf(`${TOKEN} ${PEERS}`), 'mx1', /--limit: runOnce is for mx2, the first host of db: add it to the hosts/],
    [playbookOf("runOnce: { on: 'dbs' }, tasks: () => []"), 'all', /runOnce: on.*dbs/],
    [playbookOf("runOnce: 'db', tasks: () => []"), 'all', /runOnce of a playbook must be an object/],
  ] as const) {
    try {
      await run({ playbook, inventory, limit })
      assert.unreachable(String(why))
    } catch (error) {
      assert.instance(error, MailrunError, String(error))
      assert.match((error as Error).message, why)
    }
  }
  const { hosts } = await listTasks({ playbook: playbookOf(`${TOKEN} ${PEERS}`), inventory })
  assert.equal(
    hosts.map(({ name, tasks }) => [name, ...tasks.map(({ type }) => type)]),
    [
      ['mx2', 'command', 'file'],
      ['mx1', 'file'],
      ['mx3', 'file'],
    ],
  )
})

test('among several playbooks each has its own', async () => {
  const other = playbookOf("tasks: ({ host }) => [file({ path: at('other-' + host.name), content: 'x' })]", 'other')
  const otherFile = at('other-mx1')
  const playbook = playbookOf(`${TOKEN} ${PEERS}`)
  const { hosts } = await run({ playbook: [other, playbook], inventory, forks: 1 })
  assert.equal(
    hosts.map(({ name, status, tasks }) => [name, status, tasks.length]),
    [
      ['mx2', 'changed', 3],
      ['mx1', 'changed', 2],
      ['mx3', 'changed', 2],
    ],
  )
  assert.ok(existsSync(otherFile))
  assert.is(text('mx1'), text('token').trim())
  const without = await run({
    playbook: [other, playbookOf("hosts: 'mx2', runOnce: {}, tasks: () => []", 'none')],
    inventory,
    limit: 'mx1',
  })
  assert.equal(
    without.hosts.map(({ name, status }) => [name, status]),
    [['mx1', 'ok']],
    'a playbook that is for none of the hosts of the run needs no host for runOnce',
  )
})

test('several playbooks that give the same name each take their own', async () => {
  const path = JSON.stringify(join(folder, 'both-'))
  const made = ['one', 'two'].map((name) => {
    const block = `blockInFile({ path: ${path} + host.name, block: '${name}', content: once.token, create: true })`
    const members = `${TOKEN.replace('-$$', `-${name}`)} tasks: ({ host, once }) => [${block}]`
    return { name, playbook: playbookOf(members, name), token: at('token') }
  })
  const { hosts } = await run({ playbook: made.map(({ playbook }) => playbook), inventory })
  assert.equal(
    hosts.map(({ status }) => status),
    ['changed', 'changed', 'changed'],
  )
  const tokens = made.map(({ token }) => readFileSync(token, 'utf8'))
  assert.equal(tokens, ['mx2-one\n', 'mx2-two\n'])
  for (const host of ['mx1', 'mx2', 'mx3']) {
    const both = readFileSync(join(folder, `both-${host}`), 'utf8')
    assert.equal(
      tokens.map((token) => both.split(token).length - 1),
      [1, 1],
      both,
    )
  }
})

test.run()
