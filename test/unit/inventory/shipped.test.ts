// inventory/ of the repository works as it stands, in a fresh clone, before there is any host.
import { execFileSync } from 'node:child_process'
import { cpSync, readFileSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { suite } from '../../suite.ts'
import { ROOT, project } from '../cli/mailrun.ts'

const test = suite('the inventory of the repository')

/** As a clone has it: what git ignores, as inventories of labs, is not there. */
const TRACKED = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', 'inventory'], {
  cwd: ROOT,
  encoding: 'utf8',
})
  .trim()
  .split('\n')

const here = project({})
for (const path of ['playbooks', 'templates', ...TRACKED])
  cpSync(join(ROOT, path), join(here.folder, path), { recursive: true })
test.after(() => here.remove())

test('there is an inventory and the vars of its group, and git has them', () => {
  assert.equal([...TRACKED].sort(), ['inventory/group_vars/mail.yaml', 'inventory/hosts.yaml'])
})

test('the tasks of the main job are listed for each of its hosts, without asking anybody', async () => {
  const { code, stdout, stderr } = await here.mailrun('playbooks/dkim.ts', '-i', 'inventory/hosts.yaml', '--list-tasks')
  assert.is(code, 0, stderr)
  assert.is(stderr, '')
  assert.equal(
    [...stdout.matchAll(/^(\S+):$/gm)].map((match) => match[1]),
    ['mx1', 'mx2', 'mx3', 'mx4'].map((name) => `${name}.fleet.test`),
  )
  for (const domain of ['fleet.test', 'example.test']) assert.match(stdout, `dkimKey mx4._domainkey.${domain}\n`)
})

test('every playbook takes it, alone or as a folder', async () => {
  const playbooks = readdirSync(join(ROOT, 'playbooks'))
  assert.ok(playbooks.length >= 3)
  for (const playbook of playbooks) {
    for (const inventory of ['inventory/hosts.yaml', 'inventory']) {
      const { code, stderr } = await here.mailrun(`playbooks/${playbook}`, '-i', inventory, '--list-tasks')
      assert.is(code, 0, `${playbook} -i ${inventory}: ${stderr}`)
    }
  }
})

test('each comment that names a file of the repository names one that is there', () => {
  for (const path of TRACKED) {
    const text = readFileSync(join(ROOT, path), 'utf8')
    for (const [, named] of text.matchAll(/\b((?:docs|playbooks|inventory)\/[\w/-]+\.(?:md|ts|yaml))/g))
      assert.ok(statSync(join(ROOT, named!)).isFile(), named)
  }
})

test.run()
