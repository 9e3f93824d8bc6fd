// mailrun adopt as it is called: which hosts, which file, and hosts that cannot be reached.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { suite } from '../../suite.ts'
import { project, type Project } from './mailrun.ts'

const test = suite('cli/adopt')
let here: Project
test.before(() => {
  here = project({
    'inventory.yaml':
      'mail:\n  hosts:\n    mx1: { ansible_host: 127.0.0.1, ansible_port: 1, ansible_ssh_retries: 0 }\n',
    'there.yaml': 'mail:\n',
  })
})
test.after(() => here.remove())

for (const [words, says] of [
  [[], /no host was named; wanted: mailrun adopt \[user@\]host/],
  [['inventory.yaml'], /inventory\.yaml is no host; an inventory goes behind -i/],
  [['mx1', '-i', 'inventory.yaml'], /where an inventory is given, --limit names hosts of it/],
  [['-i', 'inventory.yaml', '--write', 'there.yaml/x'], /--write there\.yaml\/x: the file cannot be/],
] as const)
  test(`adopt ${words.join(' ')} is refused`, async () => {
    const { code, stdout, stderr } = await here.mailrun('adopt', ...words)
    assert.equal([code, stdout], [1, ''])
    assert.match(stderr, says)
  })

test('a host that cannot be reached is told, and no file is left behind', async () => {
  const { code, stdout, stderr } = await here.mailrun('adopt', '-i', 'inventory.yaml', '--write', 'new/hosts.yaml')
  assert.equal([code, stdout], [4, ''])
  assert.match(stderr, 'mailrun: mx1 is left out, for it is unreachable')
  assert.not.ok(existsSync(join(here.folder, 'new/hosts.yaml')))
})

test('as JSON it is one document', async () => {
  const { code, stdout } = await here.mailrun('adopt', '-i', 'inventory.yaml', '--format', 'json')
  assert.is(code, 4)
  const { hosts, vars, check } = JSON.parse(stdout) as Record<string, unknown>
  assert.equal([vars, check], [{}, null])
  const [{ name, status, error }] = hosts as [Record<string, unknown>]
  assert.equal([name, status], ['mx1', 'unreachable'])
  assert.match(String(error), 'connect')
})

test('a file that is there stays as it is', async () => {
  const { code } = await here.mailrun('adopt', '-i', 'inventory.yaml', '--write', 'there.yaml')
  assert.is(code, 4)
  assert.is(readFileSync(join(here.folder, 'there.yaml'), 'utf8'), 'mail:\n')
})

test.run()
