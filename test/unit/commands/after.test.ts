// The order between hosts: who comes after whom, what happens where one fails, and which orders are refused.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { listHosts, MailrunError, run } from '../../../src/index.ts'
import { suite } from '../../suite.ts'
import { localFleet } from './local-fleet.ts'

const test = suite('commands/after')

const { folder, inventory } = localFleet(
  test,
  `all: { vars: { ansible_connection: local } }
web: { hosts: { web1: , web2: } }
db: { hosts: { db1: , db2: } }
`,
)

let count = 0
function playbookOf(after: string, tasks = WRITES): string {
  count += 1
  const path = join(folder, `playbook-${count}.ts`)
  const lines = [
    "import { playbook } from 'mailrun'",
    "import { command } from 'mailrun/tasks'",
    `const log = ${JSON.stringify(log())}`,
    `export default playbook({ name: 'p', hosts: 'all', after: ${after}, tasks: ({ host }) => [${tasks}] })`,
  ]
  writeFileSync(path, `${lines.join('\n')}\n`)
  return path
}
const log = (): string => join(folder, `log-${count}`)
/** Those that others wait for take their time. */
const WRITES = "command({ run: `${host.groups.includes('db') ? 'sleep 0.3; ' : ''}echo ${host.name} >> ${log}` })"
const written = (): readonly string[] => readFileSync(log(), 'utf8').trim().split('\n')

test('a host begins once those before it are done, in batches of one too; the others wait for nobody', async () => {
  const WEB_AFTER_DB = "(host) => host.groups.includes('web') ? ['db'] : []"
  for (const more of [{}, { forks: 1 }, { serial: [{ count: 1 }] }, { serial: [{ count: 3 }] }]) {
    const result = await run({ playbook: playbookOf(WEB_AFTER_DB), inventory, ...more })
    assert.equal(
      result.hosts.map(({ status }) => status),
      ['changed', 'changed', 'changed', 'changed'],
    )
    assert.equal(written().slice(0, 2).sort(), ['db1', 'db2'])
  }
  const chain = "(host) => ({ web1: ['web2'], web2: ['db2'], db2: ['db1'] })[host.name] ?? []"
  await run({ playbook: playbookOf(chain), inventory })
  assert.equal(written(), ['db1', 'db2', 'web2', 'web1'])
  const listed = await listHosts({ playbook: playbookOf(chain), inventory })
  assert.equal(listed.hosts, ['db1', 'db2', 'web2', 'web1'])
})

test('after a host that failed none is begun, and what comes after that one neither', async () => {
  const chain = "(host) => ({ web1: ['db1'], web2: ['web1'] })[host.name] ?? []"
  const result = await run({
    playbook: playbookOf(chain, "command({ run: host.name === 'db1' ? 'false' : ':' })"),
    inventory,
  })
  const of = (name: string) => result.hosts.find((host) => host.name === name)!
  assert.equal(
    ['db1', 'db2', 'web1', 'web2'].map((name) => [of(name).status, of(name).trips > 0]),
    [
      ['failed', true],
      ['changed', true],
      ['not-reached', false],
      ['not-reached', false],
    ],
  )
  assert.is(of('web1').error, 'comes after db1 (failed)')
  assert.is(of('web2').error, 'comes after web1 (not reached)')
})

test('those that the run leaves out count as done', async () => {
  const result = await run({ playbook: playbookOf("() => ['db']"), inventory, limit: 'web,db1' })
  assert.equal(
    result.hosts.map(({ name, status }) => [name, status]),
    [
      ['db1', 'changed'],
      ['web1', 'changed'],
      ['web2', 'changed'],
    ],
  )
})

test('an order that cannot be, or of nobody, is refused before any host is touched', async () => {
  for (const [after, why] of [
    ["(host) => host.name === 'db1' ? ['web1'] : ['db1']", /wait for each other.*: web1 after db1 after web1/],
    ["() => ['dbb']", /playbook-\d+\.ts:\d+: after: there is no host and no group "dbb": did you mean db\?/],
    ["() => 'db'", /after must return a list of names/],
  ] as const) {
    try {
      await run({ playbook: playbookOf(after), inventory })
      assert.unreachable(after)
    } catch (error) {
      assert.instance(error, MailrunError, String(error))
      assert.match((error as Error).message, why)
    }
  }
})

test.run()
