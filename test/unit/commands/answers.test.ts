// An answer of the host as an argument of a later task: trips, walls, checks, faults.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { MailrunError, run, type RunResult, type TaskStatus } from '../../../src/index.ts'
import { suite } from '../../suite.ts'
import { localFleet } from './local-fleet.ts'

const test = suite('commands/answers')

const { folder, inventory } = localFleet(test, 'all: { vars: { ansible_connection: local }, hosts: { mx1: } }\n')

let count = 0
/** @param tasks - the text of the function's body; `at('x')` is a file of this playbook's own. */
function playbookOf(tasks: string): string {
  count += 1
  const path = join(folder, `playbook-${count}.ts`)
  const lines = [
    "import { answerOf, commandOutput, playbook } from 'mailrun'",
    "import { command, file, lineInFile, template } from 'mailrun/tasks'",
    `const at = (name) => ${JSON.stringify(at(''))} + name`,
    `export default playbook({ name: 'p', hosts: 'all', tasks: () => { ${tasks} } })`,
  ]
  writeFileSync(path, `${lines.join('\n')}\n`)
  return path
}
const at = (name: string): string => join(folder, `${count}-${name}`)
const text = (name: string): string => readFileSync(at(name), 'utf8')
const statuses = ({ hosts }: RunResult): readonly TaskStatus[] => hosts[0]!.tasks.map(({ status }) => status)
const run1 = async (playbook: string, check = false) => {
  const result = await run({ playbook, inventory, check })
  const { status, trips, error = '', tasks } = result.hosts[0]!
  return { statuses: statuses(result), status, trips, error, tasks }
}

test('a task takes an answer; it costs no trip', async () => {
  const playbook = playbookOf(`const kernel = answerOf(commandOutput({ run: 'uname -s; echo', reads: [] }))
    return [
      file({ path: at('a'), content: kernel }),
      file({ path: at('b'), content: kernel.map((name) => 'on ' + name + '\\n') }),
    ]`)
  const check = await run1(playbook, true)
  assert.equal([check.statuses, check.trips], [['would-change', 'would-change'], 1])
  const first = await run1(playbook)
  assert.equal([first.statuses, first.trips], [['changed', 'changed'], 2])
  assert.equal([text('a'), text('b')], ['Linux', 'on Linux\n'])
  const second = await run1(playbook)
  assert.equal([second.statuses, second.trips], [['ok', 'ok'], 1])
})

const READS_A = `file({ path: at('a'), content: 'one' }),
      file({ path: at('c'), content: answerOf(commandOutput({ run: ['cat', at('a')], reads: ['path:' + at('a')] })) }),`

test('it waits for a task before it that changes what is looked at, and is assumed in a check only then', async () => {
  const playbook = playbookOf(`return [${READS_A}]`)
  const check = await run1(playbook, true)
  assert.equal(check.statuses, ['would-change', 'assumed'])
  assert.match(check.tasks[1]!.why!, /cannot be known before this is done: file .*-a$/)
  const first = await run1(playbook)
  assert.equal([first.statuses, first.trips], [['changed', 'changed'], 3])
  assert.is(text('c'), 'one')
  assert.equal((await run1(playbook)).trips, 1)
  writeFileSync(at('c'), 'drift')
  const again = await run1(playbook, true)
  assert.equal([again.statuses, again.trips], [['ok', 'would-change'], 1])
})

test('a question that does not say what it looks at waits for any task before it', async () => {
  const playbook = playbookOf(`return [
      file({ path: at('a'), content: 'x' }),
      file({ path: at('c'), content: answerOf(commandOutput({ run: 'cat ' + at('a') })) }),
      file({ path: at('d'), content: answerOf(commandOutput({ run: 'echo here', reads: [] })) }),
    ]`)
  assert.equal((await run1(playbook, true)).statuses, ['would-change', 'assumed', 'would-change'])
  assert.equal((await run1(playbook)).statuses, ['changed', 'changed', 'changed'])
  assert.equal([text('c'), text('d')], ['x', 'here'])
})

test('no answer is a fault of the task, which says why; nothing is changed', async () => {
  for (const [run, why] of [
    ["{ run: 'echo no such thing >&2; exit 3' }", /echo no such thing.*: exit status 3: no such thing/],
    ["{ run: 'head -c 70000 /dev/zero | tr \\\\\\\\0 x' }", /it printed more than 64 kB/],
    ["{ run: 'sleep 60', timeoutSeconds: 1 }", /sleep 60: not done within 1 s, and ended/],
    [
      "{ run: 'echo many', read: (text) => Number(text) || undefined }",
      /its output, of 5 bytes, is none that is expected/,
    ],
  ] as const) {
    const playbook = playbookOf(
      `return [file({ path: at('a'), content: 'a' }),
        file({ path: at('b'), content: answerOf(commandOutput({ ...${run}, reads: [] })).map(String) })]`,
    )
    const { status, error } = await run1(playbook)
    assert.is(status, 'failed', run)
    assert.match(error, why)
    assert.not(existsSync(at('a')))
  }
  for (const [argument, why] of [
    ['mode: id', /of the answer of the host: mode must be .*, got "x"/],
    ['content: id.map(() => 5)', /of the answer of the host: content must be a text, .* got 5/],
    ["content: id.map(() => { throw new Error('odd') })", /what the playbook makes of the answer threw: odd/],
  ] as const) {
    const playbook = playbookOf(`const id = answerOf(commandOutput({ run: 'echo x', reads: [] }))
      return [file({ path: at('a'), content: 'a', ...({ ${argument} }) })]`)
    const { status, error } = await run1(playbook)
    assert.is(status, 'failed', argument)
    assert.match(error, why)
  }
})

test('where the question of the task would depend on it, it is refused before any host is touched', async () => {
  for (const [task, why] of [
    ['file({ path: id, content: 1 })', /file: .*content must be|what is asked of the host depends on path/],
    ["file({ path: id, content: '' })", /file: what is asked of the host depends on path: it cannot be an answer/],
    ["file({ path: '/x', content: '', name: id })", /name cannot be an answer of the host/],
    ["file({ path: '/x', contents: id })", /there is no argument "contents"/],
    ["template({ src: 't.ejs', dest: '/x', vars: { id } })", /<%= … %> prints texts, .*an answer of the host/],
  ] as const) {
    writeFileSync(join(folder, 't.ejs'), '<%= id %>')
    try {
      await run({
        playbook: playbookOf(`const id = answerOf(commandOutput({ run: ':' })); return [${task}]`),
        inventory,
      })
      assert.unreachable(task)
    } catch (error) {
      assert.instance(error, MailrunError, String(error))
      assert.match((error as Error).message, why)
    }
  }
})

test('an answer may be a secret, which is shown nowhere', async () => {
  const playbook = playbookOf(`const token = answerOf(commandOutput({ run: 'echo hunter2-$((6 * 7))', reads: [] }))
    return [file({ path: at('a'), content: token.secret(), mode: '0600' })]`)
  const said: unknown[] = []
  const result = await run({ playbook, inventory, onEvent: (event) => said.push(event) })
  assert.is(text('a'), 'hunter2-42')
  writeFileSync(at('a'), 'hunter3')
  said.push(await run({ playbook, inventory, onEvent: (event) => said.push(event) }))
  assert.not.match(JSON.stringify([result, said]), /hunter2-42/)
})

test('other modules take answers, too: a line, whether a command is needed', async () => {
  const playbook = playbookOf(`const name = answerOf(commandOutput({ run: 'echo host-7', reads: [] }))
    return [
      command({ run: name.map((text) => ['touch', at(text)]), creates: at('host-7') }),
    ]`)
  assert.equal((await run1(playbook, true)).statuses, ['would-change'])
  assert.equal((await run1(playbook)).statuses, ['changed'])
  assert.ok(existsSync(at('host-7')))
  assert.equal((await run1(playbook)).trips, 1)
})

test.run()
