// Several playbooks of one command: in their order on each host, over one connection, with one result.
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import * as assert from 'uvu/assert'
import { listTasks, MailrunError, run, type RunEvent } from '../../../src/index.ts'
import { suite } from '../../suite.ts'
import { localFleet } from './local-fleet.ts'

const test = suite('commands/several-playbooks')

const { folder, inventory } = localFleet(
  test,
  `all: { vars: { ansible_connection: local, greeting: hello, greetings: both } }
mail: { hosts: { mx1: , mx2: } }
web: { hosts: { mx2: , www: } }
`,
)

/** @param name - of a file in `folder`, and of the playbook. */
function written(name: string, members: string): string {
  const path = join(folder, `${name}.ts`)
  mkdirSync(dirname(path), { recursive: true })
  const lines = [
    "import { playbook, v } from 'mailrun'",
    "import { command, copy, file } from 'mailrun/tasks'",
    `const folder = ${JSON.stringify(folder)}`,
    `export default playbook({ name: ${JSON.stringify(name)}, ${members} })`,
  ]
  writeFileSync(path, `${lines.join('\n')}\n`)
  return path
}
const text = (name: string): string => readFileSync(join(folder, name), 'utf8')
const refused = async (playbook: readonly string[], more: object = {}): Promise<string> => {
  try {
    await run({ playbook, inventory, check: true, ...more })
  } catch (error) {
    assert.instance(error, MailrunError)
    return (error as Error).message
  }
  assert.unreachable('was not refused')
  return ''
}

test('each host has the tasks of its playbooks in their order, on one trip and one connection', async () => {
  const log = join(folder, 'log')
  const base = written(
    'base',
    `hosts: 'mail', vars: v.object({ greeting: v.string() }), tasks: ({ vars, host }) => [
      file({ path: \`\${folder}/\${host.name}-base\`, content: vars.greeting, tags: ['base'] }),
    ], outputs: () => ({})`,
  )
  const site = written(
    'site',
    `hosts: 'web', vars: v.object({ greetings: v.string() }), facts: ['processors'], tasks: ({ vars, host }) => [
      command({
        run: \`test "$(cat \${folder}/\${host.name}-base)" != '' && touch \${folder}/\${host.name}-site\`,
        creates: \`\${folder}/\${host.name}-site\`,
        tags: ['site'],
      }),
      file({ path: \`\${folder}/\${host.name}-text\`, content: vars.greetings + host.facts.processors }),
    ]`,
  )
  rmSync(log, { force: true })
  const events: RunEvent[] = []
  const options = { playbook: [base, site], inventory, forks: 1, limit: 'mail' }
  const check = await run({ ...options, check: true })
  const first = await run({ ...options, onEvent: (event) => events.push(event as RunEvent) })
  assert.is(first.playbook, 'base, site')
  assert.equal(
    first.hosts.map(({ name, status, tasks }) => [name, status, tasks.map(({ type }) => type)]),
    [
      ['mx1', 'changed', ['file']],
      ['mx2', 'changed', ['file', 'command', 'file']],
    ],
  )
  assert.equal(
    first.hosts.map(({ tasks }) => tasks.map(({ changes }) => changes)),
    check.hosts.map(({ tasks }) => tasks.map(({ changes }) => changes)),
  )
  assert.ok(existsSync(join(folder, 'mx2-site')), 'what the first playbook made was there')
  assert.match(text('mx2-text'), /^both\d+$/)
  assert.is(events.filter(({ kind }) => kind === 'run-end').length, 1)
  assert.is(events.filter(({ kind }) => kind === 'host-connected').length, 2)
  const second = await run(options)
  assert.equal(
    second.hosts.map(({ status, trips }) => [status, trips]),
    [
      ['ok', 1],
      ['ok', 1],
    ],
  )
  const { hosts } = await run({ ...options, limit: 'all', tags: ['base'], check: true })
  assert.equal(
    hosts.map(({ name, tasks }) => [name, tasks.length]),
    [
      ['mx1', 1],
      ['mx2', 1],
      ['www', 0],
    ],
    'a tag of one of them is known; hosts are all those of either',
  )
})

test('a source is looked for beside its own playbook', async () => {
  const members = (to: string): string =>
    `hosts: 'mx1', tasks: () => [copy({ src: 'same.txt', dest: folder + '/${to}' })]`
  const paths = [written('a/one', members('from-a')), written('b/two', members('from-b'))]
  writeFileSync(join(folder, 'a/same.txt'), 'a')
  writeFileSync(join(folder, 'b/same.txt'), 'b')
  const { hosts } = await run({ playbook: paths, inventory })
  assert.is(hosts[0]!.status, 'changed')
  assert.equal([text('from-a'), text('from-b')], ['a', 'b'])
})

test('what does not go together is refused before any host is touched', async () => {
  const one = written('one', "hosts: 'mx1', tasks: () => [file({ path: folder + '/x', content: '1', tags: ['a'] })]")
  const two = written('two', "hosts: 'all', tasks: () => [file({ path: folder + '/x', content: '2', tags: ['b'] })]")
  assert.match(await refused([one, two]), /host mx1: file .*two\.ts:\d+\) decides what file .*one\.ts:\d+\) decides/)
  assert.match(await refused([one, one]), /one\.ts: this playbook is given twice/)
  assert.match(await refused([one, two], { tags: ['c'] }), /--tags: no task has the tag "c"/)
  assert.match(await refused([one, written('three', "hosts: 'mx1', tasks: () => []")], { limit: 'www' }), /none of the/)
  assert.match(await refused([]), /no playbook was given/)
  const output = `outputs: () => ({ same: { to: 'host' } as never }), tasks: () => []`
  const both = [written('four', `hosts: 'mx1', ${output}`), written('five', `hosts: 'mx1', ${output}`)]
  assert.match(await refused(both), /the playbooks four and five both have an output "same"/)
  mkdirSync(join(folder, 'c/host_vars'), { recursive: true })
  writeFileSync(join(folder, 'c/host_vars/mx1.yaml'), 'ansible_connection: ssh\n')
  assert.match(
    await refused([one, written('c/six', "hosts: 'mx1', tasks: () => []")]),
    /say different ways to reach it/,
  )
})

test('a tag that no task has is refused by those of the playbooks that have hosts', async () => {
  const mail = written('tag-mail', "hosts: 'mail', tasks: () => [file({ path: '/a', content: '', tags: ['a'] })]")
  const www = written('tag-www', "hosts: 'www', tasks: () => [file({ path: '/b', content: '', tags: ['b'] })]")
  const facts = written('tag-facts', "hosts: 'www', facts: ['kernel'], tasks: () => []")
  for (const other of [www, facts]) {
    const limited = { tags: ['aa'], limit: 'mail' }
    assert.match(await refused([mail, other], limited), /--tags: no task has the tag "aa": did you mean a\?/)
    assert.match(await refused([other, mail], limited), /--tags: no task has the tag "aa"/)
  }
})

test('where one of them declares facts, a tag that none of the tasks of a host has is reported of it', async () => {
  const plain = written('tag-plain', "hosts: 'mail', tasks: () => [file({ path: '/a', content: '', tags: ['a'] })]")
  const facts = written(
    'tag-of-facts',
    "hosts: 'mx2', facts: ['kernel'], tasks: () => [file({ path: '/b', content: '', tags: ['b'] })]",
  )
  const noted = async (more: object): Promise<readonly string[]> => {
    const notes: string[] = []
    const onEvent = (event: { readonly kind: string }): void => {
      if ('note' in event && 'host' in event) notes.push(`${String(event.host)}: ${String(event.note)}`)
    }
    await run({ playbook: [plain, facts], inventory, check: true, onEvent, ...more })
    return notes.filter((note) => note.includes('tags'))
  }
  assert.equal(await noted({ tags: ['typo'], skipTags: ['b', 'slip'] }), [
    'mx2: --tags typo: none of its tasks has this tag',
    'mx2: --skip-tags slip: none of its tasks has this tag',
  ])
  assert.equal(await noted({ tags: ['a'] }), [])
  assert.equal(await noted({ tags: ['b'] }), [])
})

test('secrets of the ways to a host are compared by what they are, and shown nowhere', async () => {
  const members = "hosts: 'mx1', tasks: () => []"
  const paths = ['d/nine', 'e/ten'].map((name) => written(name, members))
  for (const name of ['ansible_password', 'ansible_become_password', 'ansible_ssh_private_key_passphrase']) {
    for (const [index, folderOf] of ['d', 'e'].entries()) {
      mkdirSync(join(folder, folderOf, 'host_vars'), { recursive: true })
      const more = name.includes('become') ? 'ansible_become: true\n' : ''
      writeFileSync(join(folder, folderOf, 'host_vars/mx1.yaml'), `${more}${name}: hunter${index}\n`)
    }
    const why = await refused(paths)
    assert.match(why, /host mx1: the vars beside the playbooks d\/nine and e\/ten say different ways to reach it/)
    assert.not.match(why, /hunter/)
    writeFileSync(join(folder, 'e/host_vars/mx1.yaml'), readFileSync(join(folder, 'd/host_vars/mx1.yaml'), 'utf8'))
    const { hosts } = await listTasks({ playbook: paths, inventory })
    assert.is(hosts.length, 1, name)
  }
})

test('their tasks are listed together', async () => {
  const paths = ['seven', 'eight'].map((name) =>
    written(name, `hosts: 'mx1', tasks: () => [file({ path: '/${name}', content: '' })]`),
  )
  const listed = await listTasks({ playbook: paths, inventory })
  assert.is(listed.playbook, 'seven, eight')
  assert.equal(
    listed.hosts.map(({ tasks }) => tasks.map(({ name }) => name)),
    [['/seven', '/eight']],
  )
})

test.run()
