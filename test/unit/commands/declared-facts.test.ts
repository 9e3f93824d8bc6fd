// A playbook that declares facts: they come with the connection, and each host's tasks are made of what it said.
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { listTasks, MailrunError, run, type RunEvent, type RunResult } from '../../../src/index.ts'
import { suite } from '../../suite.ts'
import { localFleet } from './local-fleet.ts'

const test = suite('commands/declared-facts')

const { folder, inventory } = localFleet(test, 'all: { vars: { ansible_connection: local }, hosts: { mx1: , mx2: } }\n')

let count = 0
/** A playbook of these members, which may name `folder`. */
function playbookOf(members: string): string {
  count += 1
  const path = join(folder, `playbook-${count}.ts`)
  const lines = [
    "import { playbook } from 'mailrun'",
    "import { file, template } from 'mailrun/tasks'",
    `const folder = ${JSON.stringify(join(folder, String(count)))}`,
    `export default playbook({ name: 'p', hosts: 'all', ${members} })`,
  ]
  writeFileSync(path, `${lines.join('\n')}\n`)
  return path
}
const at = (host: string): string => join(folder, `${count}-${host}`)
const of = (result: RunResult, name: string) => result.hosts.find((host) => host.name === name)!

const MOTD = `facts: ['kernel', 'processors', 'postfixVersion'],
  tasks: ({ host: { name, facts } }) => [
    file({ path: \`\${folder}-\${name}\`, content: \`\${JSON.stringify(facts)}\\n\` }),
  ],
  outputs: () => ({}),`

test('tasks are made of what the host said; nothing to do is one trip, by the connection too', async () => {
  const playbook = playbookOf(MOTD)
  const events: RunEvent[] = []
  const check = await run({ playbook, inventory, check: true })
  assert.equal(
    check.hosts.map(({ status, trips }) => [status, trips]),
    [
      ['would-change', 1],
      ['would-change', 1],
    ],
  )
  assert.not(existsSync(at('mx1')))
  // One after the other: both are this machine.
  const first = await run({ playbook, inventory, forks: 1, onEvent: (event) => events.push(event as RunEvent) })
  assert.equal(
    first.hosts.map(({ status, trips }) => [status, trips]),
    [
      ['changed', 2],
      ['changed', 2],
    ],
  )
  assert.equal(
    first.hosts.map(({ tasks }) => tasks.map(({ changes }) => changes)),
    check.hosts.map(({ tasks }) => tasks.map(({ changes }) => changes)),
    'the check was exact',
  )
  const said = events.flatMap((event) => (event.kind === 'host-facts' ? [event.facts] : []))
  assert.is(said.length, 2)
  assert.equal(Object.keys(said[0]!), ['kernel', 'processors', 'postfixVersion'])
  assert.type(said[0]!['processors'], 'number')
  const second = await run({ playbook, inventory })
  assert.equal(
    second.hosts.map(({ status, trips }) => [status, trips]),
    [
      ['ok', 1],
      ['ok', 1],
    ],
  )
})

test('what is wrong with tasks made of facts is that host alone, and nothing is changed there', async () => {
  for (const [wrong, why] of [
    [
      "file({ path: `${folder}-${host.name}`, content: 'other' })",
      /decides what file .*mx2.*decides already: leave one out/,
    ],
    ["template({ src: `no-${host.facts.processors}.ejs`, dest: '/etc/x', vars: {} })", /there is no file no-\d+\.ejs/],
    ["file({ path: 'relative', content: '' })", /playbook-\d+\.ts:\d+: file: path .*relative/],
    ['host.facts.memory', /host\.facts\.memory is read, and not declared: write facts: \['processors', 'memory'\]/],
    ['host.facts.procesors', /there is no fact "procesors": did you mean processors\?/],
  ] as const) {
    const playbook = playbookOf(`facts: ['processors'],
      tasks: ({ host }) => [
        file({ path: \`\${folder}-\${host.name}\`, content: 'x' }),
        host.name === 'mx2' && ${wrong},
      ],`)
    const result = await run({ playbook, inventory })
    assert.is(of(result, 'mx1').status, 'changed')
    assert.ok(existsSync(at('mx1')))
    assert.is(of(result, 'mx2').status, 'failed', wrong)
    assert.match(of(result, 'mx2').error!, why)
    assert.not(existsSync(at('mx2')))
  }
})

test('a playbook that declares none is refused before the first connection', async () => {
  for (const [members, why] of [
    ["tasks: ({ host }) => [host.facts.release && file({ path: '/x', content: '' })]", /write facts: \['release'\]/],
    ["facts: ['memry'], tasks: () => []", /facts: there is no fact "memry": did you mean memory\?/],
    ["facts: 'memory', tasks: () => []", /facts of a playbook must be a list of names/],
  ] as const) {
    const events: RunEvent[] = []
    try {
      await run({ playbook: playbookOf(members), inventory, onEvent: (event) => events.push(event as RunEvent) })
      assert.unreachable(members)
    } catch (error) {
      assert.instance(error, MailrunError)
      assert.match((error as Error).message, why)
      assert.match((error as Error).message, /playbook-\d+\.ts:\d+/)
    }
    assert.equal(events, [])
  }
})

test('--list-tasks says of which facts the tasks are made', async () => {
  const { hosts } = await listTasks({ playbook: playbookOf(MOTD), inventory })
  assert.equal(hosts[0], { name: 'mx1', tasks: [], facts: ['kernel', 'processors', 'postfixVersion'] })
})

test('a tag that none of the tasks has is reported of each host', async () => {
  const playbook = playbookOf(`facts: ['kernel'],
    tasks: ({ host }) => [file({ path: \`\${folder}-\${host.name}\`, content: 'x', tags: [host.name] })],`)
  const notes: string[] = []
  const result = await run({
    playbook,
    inventory,
    tags: ['mx1'],
    onEvent: (event) => void (event.kind === 'host-note' && notes.push(`${event.host}: ${event.note}`)),
  })
  assert.ok(existsSync(at('mx1')) && !existsSync(at('mx2')))
  assert.equal(of(result, 'mx2').tasks, [])
  assert.ok(notes.includes('mx2: --tags mx1: none of its tasks has this tag'), notes.join('\n'))
})

test.run()
