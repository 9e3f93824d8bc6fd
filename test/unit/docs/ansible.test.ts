// docs/ansible.md: its code compiles against the package as users have it, and each playbook lists the tasks that its
// last lines say.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import * as assert from 'uvu/assert'
import { listTasks } from '../../../src/commands/index.ts'
import { messagesOfFiles } from '../../compiled.ts'
import { suite } from '../../suite.ts'
import { project, ROOT, type Project } from '../cli/mailrun.ts'

const test = suite('docs/ansible.md')

/** A block of code whose first line names its file. */
interface Block {
  readonly path: string
  readonly text: string
  /** The comments at its end: the tasks that the playbook lists. */
  readonly lists: readonly string[]
}

const page = readFileSync(join(ROOT, 'docs/ansible.md'), 'utf8')
const blocks: readonly Block[] = [...page.matchAll(/```ts\n\/\/ (\S+\.ts)\n([^]*?)```/g)].map(([, path, text]) => ({
  path: path!,
  text: text!,
  lists: [...text!.matchAll(/^\/\/ (.*)$/gm)].map(([, line]) => line!),
}))
const playbooks = blocks.filter(({ path }) => path.startsWith('playbooks/'))

const INVENTORY = `mail:
  vars:
    accounts: [{ name: anna }, { name: ben }]
    relayhost: '[smtp.example.org]:587'
    relay_password: not-shown
  hosts: { mx1: }
monitor:
  vars: { watched: [mx1, mx2] }
  hosts: { watcher: }
`

let here: Project
test.before(() => {
  here = project({ 'inventory.yaml': INVENTORY })
  for (const { path, text } of blocks) {
    mkdirSync(dirname(join(here.folder, path)), { recursive: true })
    writeFileSync(join(here.folder, path), text)
  }
})
test.after(() => here.remove())

test('there is code for what people of Ansible look for', () => {
  const code = page.slice(page.indexOf('\n## Each of them as code'), page.indexOf('\n## Modules'))
  assert.equal(
    [...code.matchAll(/^### (.*)$/gm)].map(([, heading]) => heading),
    [
      'Handlers',
      'uri',
      'Loops',
      'Conditions',
      'Includes',
      'Roles',
      'Templates',
      'block, rescue, always',
      'delegate_to',
      'Vault',
      'Facts cache',
      'Strategies',
    ],
  )
})

test('all of it compiles', () => {
  const files = blocks.map(({ path }) => join(here.folder, path))
  assert.equal(messagesOfFiles(files, ['node']), [])
})

for (const { path, lists } of playbooks)
  test(`${path} lists its tasks`, async () => {
    const { hosts } = await listTasks({
      playbook: join(here.folder, path),
      inventory: join(here.folder, 'inventory.yaml'),
    })
    assert.is(hosts.length, 1)
    assert.equal(
      hosts[0]!.tasks.map(({ type, name }) => `${type} ${name}`),
      lists,
    )
  })

test.run()
