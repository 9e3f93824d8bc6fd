// docs/playbooks.md: its playbooks compile against the package as users have it, and do what the page says on this
// machine.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { messagesOfFiles } from '../../compiled.ts'
import { suite } from '../../suite.ts'
import { project, ROOT, type Project } from '../cli/mailrun.ts'

const test = suite('docs/playbooks.md')

const page = readFileSync(join(ROOT, 'docs/playbooks.md'), 'utf8')
/** Those that are whole, by the playbook's name. */
const playbooks = new Map(
  [...page.matchAll(/```ts\n([^]*?)```/g)]
    .map(([, text = '']) => [/name: '(\w+)'/.exec(text)?.[1] ?? '', text] as const)
    .filter(([, text]) => text.includes('export default playbook(') && !text.includes('…')),
)
const file = (name: string): string => join('playbooks', `${name}.ts`)

let here: Project
test.before(() => {
  here = project({
    'inventory.yaml':
      'all: { vars: { ansible_connection: local } }\nmail: { hosts: { mx1: , mx2: } }\n' +
      'edge: { hosts: { mx1: } }\ncore: { hosts: { mx2: } }\n',
  })
  process.env['MAILRUN_RUN_DIR'] = join(here.folder, 'run')
  mkdirSync(join(here.folder, 'playbooks'))
  mkdirSync(join(here.folder, 'etc'))
  // What they write is written here.
  for (const [name, text] of playbooks) {
    const moved = text.replace(/\/etc\/(host-id|token|peer-token)/g, join(here.folder, 'etc/$1'))
    writeFileSync(join(here.folder, file(name)), moved)
  }
})
test.after(() => here.remove())

test('all of these are there', () => {
  for (const name of ['workers', 'id', 'token', 'reload']) assert.ok(playbooks.has(name), name)
})

test('they compile', () => {
  const files = [...playbooks.keys()].map((name) => join(here.folder, file(name)))
  assert.equal(messagesOfFiles(files), [])
})

test('they do what the page says', async () => {
  const run = (...words: readonly string[]) => here.mailrun(...words, '-i', 'inventory.yaml', '-f', '1')
  const listed = await run('workers', '--list-tasks')
  assert.match(listed.stdout, /tasks are made of what the host says of release, memory, processors/)
  const order = await run('reload', '--list-hosts')
  assert.is(order.stdout, 'mx2\nmx1\n')

  const both = await run('id', 'token', '--diff')
  assert.is(both.code, 0, both.stdout + both.stderr)
  const text = (name: string): string => readFileSync(join(here.folder, 'etc', name), 'utf8')
  assert.is(text('host-id'), `id ${readFileSync('/etc/machine-id', 'utf8').trim()}\n`)
  assert.match(text('peer-token'), /^[\w+/]{27}=$/)
  assert.is(text('peer-token'), text('token').trim())
  assert.not.ok(both.stdout.includes(text('peer-token')))
  assert.match(both.stdout, /^2 hosts: .*changed/m)
  const again = await run('id', 'token')
  assert.match(again.stdout, /mx1 +ok +1 trip .*\n.*mx2 +ok +1 trip /)
})

test.run()
