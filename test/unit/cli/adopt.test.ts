// mailrun adopt as it is called: which hosts, which file, and hosts that cannot be reached.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import * as assert from 'uvu/assert'
import { suite } from '../../suite.ts'
import { project, ROOT, type Project } from './mailrun.ts'

const test = suite('cli/adopt')
const schemaOf = (name: string): object =>
  JSON.parse(readFileSync(join(ROOT, `docs/${name}.schema.json`), 'utf8')) as object
const valid = new Ajv2020({ strict: true }).addSchema(schemaOf('run'), 'run.schema.json').compile(schemaOf('adopt'))

let here: Project
test.before(() => {
  here = project({
    'inventory.yaml':
      'mail:\n  hosts:\n    mx1: { ansible_host: 127.0.0.1, ansible_port: 1, ansible_ssh_retries: 0 }\n',
    'there.yaml': 'mail:\n',
    'whole.yaml': 'mail: { vars: { dmarc: { p: none }, aliases: { postmaster: root } } }\n',
  })
})
test.after(() => here.remove())

for (const [words, says] of [
  [[], /no host was named; wanted: mailrun adopt \[user@\]host/],
  [['inventory.yaml'], /inventory\.yaml is no host; an inventory goes behind -i/],
  [['mx1', '--playbook', 'playbooks/dkin.ts'], /playbooks\/dkin\.ts: there is no such playbook/],
  [['mx1', '-i', 'inventory.yaml'], /where an inventory is given, --limit names hosts of it/],
  [['-i', 'inventory.yaml', '--write', 'there.yaml/x'], /--write there\.yaml\/x: the file cannot be/],
] as const)
  test(`adopt ${words.join(' ')} is refused`, async () => {
    const { code, stdout, stderr } = await here.mailrun('adopt', ...words)
    assert.equal([code, stdout], [1, ''])
    assert.match(stderr, says)
  })

test('a host that cannot be reached is reported, and no file is left behind', async () => {
  const { code, stdout, stderr } = await here.mailrun('adopt', '-i', 'inventory.yaml', '--write', 'new/hosts.yaml')
  assert.equal([code, stdout], [4, ''])
  assert.match(stderr, 'mailrun: mx1 is left out, for it is unreachable')
  assert.not.ok(existsSync(join(here.folder, 'new/hosts.yaml')))
})

test('as JSON it is one document, as the schema says', async () => {
  const { code, stdout } = await here.mailrun('adopt', '-i', 'inventory.yaml', '--format', 'json')
  assert.is(code, 4)
  const document = JSON.parse(stdout) as Record<string, unknown>
  assert.ok(valid(document), JSON.stringify(valid.errors))
  const { hosts, vars, check, playbook } = document
  assert.equal([vars, check, playbook], [{}, null, 'playbooks/dkim.ts'])
  const [{ name, status, error }] = hosts as [Record<string, unknown>]
  assert.equal([name, status], ['mx1', 'unreachable'])
  assert.match(String(error), 'connect')
})

test('as JSON too, what could not start is said as the schema says', async () => {
  const { code, stdout } = await here.mailrun('adopt', '--format', 'json')
  assert.is(code, 1)
  assert.ok(valid(JSON.parse(stdout)), JSON.stringify(valid.errors))
})

test('the check is of the playbook that the inventory has the vars of, or of one that is named', async () => {
  const playbookOf = async (...words: readonly string[]): Promise<unknown> => {
    const { stdout } = await here.mailrun('adopt', '--format', 'json', ...words)
    return (JSON.parse(stdout) as Record<string, unknown>)['playbook']
  }
  const words = ['-i', 'inventory.yaml', '-i', 'whole.yaml']
  assert.is(await playbookOf(...words), 'playbooks/mail-auth.ts')
  assert.is(await playbookOf(...words, '--playbook', 'playbooks/mail-host.ts'), 'playbooks/mail-host.ts')
})

test('a file that is there stays as it is', async () => {
  const { code } = await here.mailrun('adopt', '-i', 'inventory.yaml', '--write', 'there.yaml')
  assert.is(code, 4)
  assert.is(readFileSync(join(here.folder, 'there.yaml'), 'utf8'), 'mail:\n')
})

test.run()
