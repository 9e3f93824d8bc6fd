// The package's own playbooks: run by path and by name where a project has none of that name, and imported to build
// one's own.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { messagesOfFiles } from '../../compiled.ts'
import { suite } from '../../suite.ts'
import { project, ROOT } from '../cli/mailrun.ts'

const test = suite('playbooks of the package')
const INVENTORY = 'mail: { hosts: { mx1.example.org: { domains: [example.org] } } }\n'
const MAIL = INVENTORY.replace('[example.org]', '[example.org], dmarc: { p: none, rua: dmarc@example.org }')
const own = (hosts: string): string =>
  `import { playbook, v } from 'mailrun'\nexport default playbook({ ` +
  `name: 'own', hosts: '${hosts}', vars: v.object({}), tasks: () => [] })\n`

test('in an empty project the package’s own are run, and described', async () => {
  const here = project({ 'inventory.yaml': INVENTORY })
  const run = await here.mailrun('playbooks/dkim.ts', '-i', 'inventory.yaml', '--list-hosts')
  const schema = await here.mailrun('schema', './playbooks/dkim.ts')
  here.remove()
  assert.equal([run.code, schema.code], [0, 0], run.stderr + schema.stderr)
  assert.match(run.stdout, 'mx1')
  assert.match(schema.stdout, 'domains')
})

test('the project’s own goes before', async () => {
  const here = project({ 'inventory.yaml': INVENTORY, 'playbooks/dkim.ts': own('none') })
  const { stderr, stdout } = await here.mailrun('playbooks/dkim.ts', '-i', 'inventory.yaml', '--list-hosts')
  here.remove()
  assert.match(stdout + stderr, 'none')
})

test('what the package has not is reported as missing', async () => {
  const here = project({ 'inventory.yaml': INVENTORY })
  const { code, stderr } = await here.mailrun('playbooks/site.ts', '-i', 'inventory.yaml')
  here.remove()
  assert.is(code, 1)
  assert.match(stderr, 'playbooks/site.ts: there is no such playbook')
})

for (const name of ['dkim', 'mail-auth', 'mail-host'])
  test(`mailrun ${name} runs it by its name`, async () => {
    const here = project({ 'inventory.yaml': MAIL })
    const { code, stdout, stderr } = await here.mailrun(name, '-i', 'inventory.yaml', '--list-tasks')
    here.remove()
    assert.is(code, 0, stderr)
    assert.match(stdout, 'postfix')
  })

test('a name stands for the project’s own playbook before the package’s', async () => {
  const here = project({
    'inventory.yaml': INVENTORY,
    'playbooks/dkim.ts': own('none'),
    'playbooks/site.mts': own('no'),
  })
  const dkim = await here.mailrun('dkim', '-i', 'inventory.yaml', '--list-hosts')
  const site = await here.mailrun('site', '-i', 'inventory.yaml', '--list-hosts')
  here.remove()
  assert.match(dkim.stderr, /playbooks\/dkim\.ts.*none/)
  assert.match(site.stderr, /playbooks\/site\.mts.*no/)
})

test('a mistyped name is reported the nearest playbook', async () => {
  const here = project({ 'inventory.yaml': INVENTORY, 'playbooks/relays.ts': own('mail') })
  const shipped = await here.mailrun('mail-aut', '-i', 'inventory.yaml')
  const its = await here.mailrun('relay', '-i', 'inventory.yaml')
  const audit = await here.mailrun('audti', '-i', 'inventory.yaml')
  here.remove()
  assert.match(shipped.stderr, 'there is no playbook mail-aut, and no such command: did you mean mail-auth?')
  assert.match(its.stderr, 'did you mean relays?')
  assert.match(audit.stderr, 'did you mean audit?')
})

test('a copy of a playbook takes the template of the project, else that of the package', async () => {
  const copy = readFileSync(join(ROOT, 'playbooks/dkim.ts'), 'utf8')
  const here = project({ 'inventory.yaml': INVENTORY, 'playbooks/mine.ts': copy })
  const without = await here.mailrun('mine', '-i', 'inventory.yaml', '--list-tasks')
  here.remove()
  const changed = project({
    'inventory.yaml': INVENTORY,
    'playbooks/mine.ts': copy,
    'templates/opendkim.conf.ejs': '<%= not_there %>',
  })
  const own = await changed.mailrun('mine', '-i', 'inventory.yaml', '--list-tasks')
  changed.remove()
  assert.is(without.code, 0, without.stderr)
  assert.match(own.stderr, /templates\/opendkim\.conf\.ejs:1: not_there is not /)
})

/** Everything that is exported, as a playbook of one's own has it. */
const OF_PARTS = `import { playbook, v } from 'mailrun'
import { file } from 'mailrun/tasks'
import dkim, { dkimVars, guardTasks, selectorProblems, signingTasks } from 'mailrun/playbooks/dkim'
import { mailAuthProblems, mailAuthTasks, mailAuthVars } from 'mailrun/playbooks/mail-auth'
import { mailHostTasks, mailHostVars } from 'mailrun/playbooks/mail-host'

if (dkim.name !== 'dkim') throw new Error('the playbook itself is the default export')
const whole = playbook({
  name: 'whole', hosts: 'mail', vars: v.object(mailAuthVars), fleet: mailAuthProblems, tasks: mailAuthTasks,
  publish: true,
})
if (whole.hosts !== 'mail') throw new Error('not the same playbook')
export default playbook({
  name: 'site',
  hosts: 'mail',
  vars: v.object({ ...mailHostVars, ...dkimVars, motd: v.optional(v.string(), 'hello') }),
  fleet: selectorProblems,
  tasks: (input) => [
    ...guardTasks(input),
    ...mailHostTasks(input),
    ...signingTasks(input),
    file({ path: '/etc/motd', content: input.vars.motd }),
  ],
})
`

test('a playbook of one’s own is built of their parts, typed', async () => {
  const here = project({ 'inventory.yaml': INVENTORY, 'playbooks/site.ts': OF_PARTS })
  const { code, stdout, stderr } = await here.mailrun('site', '-i', 'inventory.yaml', '--list-tasks')
  const wrong = messagesOfFiles([join(here.folder, 'playbooks/site.ts')])
  here.remove()
  assert.is(code, 0, stderr)
  assert.match(stdout, /hostname mx1\.example\.org\n[^]*file \/etc\/motd/)
  assert.equal(wrong, [])
})

test('what is wrong with a task of theirs is reported at the line that takes it', async () => {
  const twice = OF_PARTS.replace('...signingTasks(input),', '...signingTasks(input),\n    ...signingTasks(input),')
  const here = project({ 'inventory.yaml': INVENTORY, 'playbooks/site.ts': twice })
  const { code, stderr } = await here.mailrun('site', '-i', 'inventory.yaml', '--list-tasks')
  here.remove()
  assert.is(code, 1)
  assert.match(stderr, /playbooks\/site\.ts:\d+: host mx1\.example\.org: .*playbooks\/site\.ts:\d+\) decides already/)
})

test.run()
