// The package's own playbooks are found where a project has none of that name.
import * as assert from 'uvu/assert'
import { suite } from '../../suite.ts'
import { project } from '../cli/mailrun.ts'

const test = suite('playbooks of the package')
const INVENTORY = 'mail: { hosts: { mx1: { domains: [example.org] } } }\n'

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
  const own =
    "import { playbook, v } from 'mailrun'\nexport default playbook({ " +
    "name: 'own', hosts: 'none', vars: v.object({}), tasks: () => [] })\n"
  const here = project({ 'inventory.yaml': INVENTORY, 'playbooks/dkim.ts': own })
  const { stderr, stdout } = await here.mailrun('playbooks/dkim.ts', '-i', 'inventory.yaml', '--list-hosts')
  here.remove()
  assert.match(stdout + stderr, 'none')
})

test('what the package has not is told as missing', async () => {
  const here = project({ 'inventory.yaml': INVENTORY })
  const { code, stderr } = await here.mailrun('playbooks/site.ts', '-i', 'inventory.yaml')
  here.remove()
  assert.is(code, 1)
  assert.match(stderr, 'playbooks/site.ts: there is no such playbook')
})

test.run()
