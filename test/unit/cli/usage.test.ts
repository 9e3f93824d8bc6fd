// The command as it is called: help, version, usage errors, and what it says where something is missing.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { COMMAND_NAMES } from '../../../src/cli/program.ts'
import { suite } from '../../suite.ts'
import { project, ROOT, type Project } from './mailrun.ts'

const test = suite('cli/usage')
let here: Project
test.before(() => {
  here = project({
    'inventory.yaml':
      'mail:\n  hosts:\n' +
      '    mx1:\n      ansible_host: 127.0.0.1\n      ansible_port: 1\n' +
      '    mx2:\n      ansible_host: 127.0.0.1\n      ansible_port: 1\n',
    'inventory/more.yaml': 'web:\n  hosts:\n    www1:\n',
    'playbooks/motd.ts': 'export default 1\n',
    password: '\n',
  })
})
test.after(() => here.remove())

test('--version prints the version of package.json', async () => {
  const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string }
  assert.equal(await here.mailrun('--version'), { code: 0, stdout: `${version}\n`, stderr: '' })
  assert.equal(await here.mailrun('--version', '-C'), { code: 0, stdout: `${version}\n`, stderr: '' })
})

test('docs/cli.md contains the help of the command, word for word', async () => {
  const page = readFileSync(join(ROOT, 'docs/cli.md'), 'utf8')
  const help = await here.mailrun('--help')
  assert.is(help.code, 0)
  assert.ok(
    page.includes(`\`\`\`text\n${help.stdout}\`\`\``),
    'docs/cli.md is not up to date: paste the output of mailrun --help',
  )
})

test('ping has its own help', async () => {
  const { code, stdout } = await here.mailrun('ping', '--help')
  assert.is(code, 0)
  assert.match(stdout, 'mailrun ping -i <inventory>')
})

test('without a playbook it says what is wanted, and which playbooks there are', async () => {
  const { code, stderr, stdout } = await here.mailrun()
  assert.is(code, 1)
  assert.is(stdout, '')
  assert.match(stderr, 'mailrun <playbook.ts> -i <inventory>')
  assert.match(stderr, 'playbooks/motd.ts')
})

test('without an inventory it names those that lie there', async () => {
  const { code, stderr } = await here.mailrun('ping')
  assert.is(code, 1)
  assert.match(stderr, 'there is inventory.yaml, inventory/more.yaml')
})

test('an unknown flag suggests the nearest', async () => {
  const { code, stderr } = await here.mailrun('x.ts', '--chek')
  assert.is(code, 1)
  assert.match(stderr, "unknown option '--chek'")
  assert.match(stderr, 'Did you mean --check?')
})

test('a flag of Ansible that is not here is refused with what to say instead', async () => {
  // Those of ansible-playbook(1), ansible(1) and ansible-inventory(1), as of ansible-core 2.14 to 2.18, that mailrun
  // does not take.
  const flags = [
    '--ask-vault-pass',
    '--ask-vault-password',
    '-J',
    '--vault-id=x',
    '--vault-password-file=x',
    '--vault-pass-file=x',
    '--become-pass-file=x',
    '--conn-pass-file=x',
    '--flush-cache',
    '--force-handlers',
    '--inventory-file=x',
    '--key-file=x',
    '--list-tags',
    '-M',
    '--module-path=x',
    '--scp-extra-args=x',
    '--sftp-extra-args=x',
    '--start-at-task=x',
    '--step',
    '--syntax-check',
    '-m',
    '--module-name=x',
    '-a',
    '--args=x',
  ]
  for (const flag of flags) {
    const { code, stderr } = await here.mailrun('x.ts', flag)
    assert.is(code, 1)
    assert.not.match(stderr, 'tells all flags', flag)
  }
  for (const flag of ['-y', '--yaml', '--toml', '--export', '--vars', '--output=x'])
    assert.not.match((await here.mailrun('inventory', '--list', flag)).stderr, 'tells all flags', flag)
})

test('a wrong value says what was wanted', async () => {
  const { code, stderr } = await here.mailrun('x.ts', '--serial', '0')
  assert.is(code, 1)
  assert.match(stderr, 'wanted a number of hosts or a percentage')
})

for (const [words, says] of [
  [['vrify'], /no playbook vrify, and no such command: did you mean verify\?$/],
  [
    ['frobnicate', '-i', 'inventory.yaml'],
    /no such command: the commands are init, ping, exec, facts, self-test, inventory, .* adopt, verify, .*help$/,
  ],
  [['dns'], /nothing says what is to be done; wanted: mailrun dns plan\|push\|verify -i <inventory>$/],
  [['dns', '-i', 'inventory.yaml'], /nothing says what is to be done; wanted: mailrun dns plan/],
  [['dns', '-i', 'inventory.yaml', 'plan'], /plan goes before the flags; wanted: mailrun dns plan/],
  [['dns', 'pln', '-i', 'inventory.yaml'], /no mailrun dns pln: did you mean mailrun dns plan\?$/],
  [['dns', 'frobnicate'], /no mailrun dns frobnicate; wanted: mailrun dns plan\|push\|verify/],
] as const)
  test(`a command line that names no command: mailrun ${words.join(' ')}`, async () => {
    const { code, stdout, stderr } = await here.mailrun(...words)
    assert.equal([code, stdout], [1, ''])
    assert.match(stderr.trimEnd(), says)
  })

test('the commands that are named where one is wrong are those of the help', async () => {
  const { stdout } = await here.mailrun('--help')
  assert.equal(
    [...stdout.slice(stdout.indexOf('\nCommands:')).matchAll(/^  ([a-z-]+) /gm)].map(([, name]) => name),
    COMMAND_NAMES,
  )
})

test('in JSON what could not start is one document on standard output', async () => {
  for (const words of [
    ['--format', 'json', '--chek'],
    ['x.ts', '--format=json'],
    ['ping', '-i', 'none.yaml', '--format', 'json'],
  ]) {
    const { code, stdout, stderr } = await here.mailrun(...words)
    assert.is(code, 1)
    assert.is(stderr, '')
    const document = JSON.parse(stdout) as Record<string, unknown>
    assert.equal(Object.keys(document), ['error'])
    assert.type(document['error'], 'string')
  }
})

test('in NDJSON it is one line', async () => {
  const { code, stdout } = await here.mailrun('--format', 'ndjson', 'ping')
  assert.is(code, 1)
  assert.is((JSON.parse(stdout) as { kind: string }).kind, 'error')
  assert.is(stdout.trimEnd().split('\n').length, 1)
})

test('an empty or missing password file is refused; asking needs a terminal', async () => {
  const empty = await here.mailrun('ping', '-i', 'inventory.yaml', '--become-password-file', 'password')
  assert.is(empty.code, 1)
  assert.match(empty.stderr, 'its first line is empty')
  const missing = await here.mailrun('ping', '-i', 'inventory.yaml', '--become-password-file', 'none')
  assert.is(missing.code, 1)
  assert.match(missing.stderr, '--become-password-file none cannot be read')
  const asked = await here.mailrun('ping', '-i', 'inventory.yaml', '-K')
  assert.is(asked.code, 1)
  assert.match(asked.stderr, 'needs a terminal')
})

test('ping tells hosts that are not reached, one status each, and ends with 4', async () => {
  const { code, stdout } = await here.mailrun('ping', '-i', 'inventory.yaml')
  assert.is(code, 4)
  assert.match(stdout, /^mx1 +unreachable/m)
  assert.match(stdout, /^2 hosts: 2 unreachable, in /m)
})

test('a reader that goes away changes nothing about the exit status, and no error is printed', async () => {
  const { code, stderr } = await here.unread('ping', '-i', 'inventory.yaml')
  assert.is(code, 4)
  assert.is(stderr, '')
})

test('flags of the fleet may stand before ping or after it', async () => {
  const { code, stdout } = await here.mailrun(
    '--format',
    'json',
    '-i',
    'inventory.yaml',
    'ping',
    '-i',
    'inventory/more.yaml',
    '-l',
    'mx1',
  )
  assert.is(code, 4)
  const document = JSON.parse(stdout) as { playbook: string; hosts: { name: string; status: string }[] }
  assert.equal(
    document.hosts.map(({ name, status }) => [name, status]),
    [['mx1', 'unreachable']],
  )
})

test('a graph is refused in JSON', async () => {
  const { code, stderr, stdout } = await here.mailrun(
    'inventory',
    '-i',
    'inventory.yaml',
    '--graph',
    '--format',
    'json',
  )
  assert.is(code, 1)
  assert.match(stdout + stderr, '--list has the groups in JSON')
})

test.run()
