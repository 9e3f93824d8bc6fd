// Facts, answers and the order between hosts on real hosts: over each connection, with noisy logins and hosts that say
// nonsense. Has a lab of its own.
import * as assert from 'uvu/assert'
import type { HostDocument, RunDocument } from '../../src/report/run/json.ts'
import { suite } from '../suite.ts'
import { project, type Project } from '../unit/cli/mailrun.ts'
import { inHost } from './in-host.ts'
import { nameLab, RELEASE } from './own-lab.ts'

nameLab('facts')
const lab = await import('../../lab/index.ts')
const test = suite('lab: facts')

const FACTS = `
import { playbook } from 'mailrun'
import { file } from 'mailrun/tasks'
export default playbook({
  name: 'facts',
  hosts: 'mail',
  facts: [
    'hostname', 'release', 'kernel', 'architecture', 'processors', 'memory', 'disks', 'addresses', 'postfixVersion',
  ],
  tasks: ({ host: { facts } }) => [
    file({
      path: '/etc/facts',
      content:
        [facts.hostname, facts.release, facts.kernel, facts.processors, String(facts.postfixVersion)].join(' ') + '\\n',
    }),
  ],
})
`
const BESIDE = `
import { playbook } from 'mailrun'
import { file } from 'mailrun/tasks'
export default playbook({ name: 'beside', hosts: 'mx2', tasks: () => [file({ path: '/etc/beside', content: 'x' })] })
`
const TOKEN = `
import { commandOutput, playbook } from 'mailrun'
import { command, file } from 'mailrun/tasks'
export default playbook({
  name: 'token',
  hosts: 'mail',
  runOnce: {
    on: 'mx2',
    tasks: () => [command({ run: 'umask 077; head -c 20 /dev/urandom | base64 > /etc/token', creates: '/etc/token' })],
    outputs: () => ({ token: commandOutput({ run: 'cat /etc/token', reads: ['path:/etc/token'] }) }),
  },
  tasks: ({ once }) => [file({ path: '/etc/peer-token', content: once.token.secret(), mode: '0600' })],
})
`
let here: Project
const mailrun = async (...words: readonly string[]): Promise<RunDocument> => {
  const { stdout, stderr } = await here.mailrun(...words, '--format', 'json', '-i', lab.inventoryPath)
  assert.ok(stdout !== '', stderr)
  return JSON.parse(stdout) as RunDocument
}
const shown = ({ hosts }: RunDocument) => hosts.map(({ name, status, trips }) => [name, status, trips])
const of = ({ hosts }: RunDocument, name: string): HostDocument => hosts.find((host) => host.name === name)!
const NOTHING_TO_DO = [
  ['mx1', 'ok', 1],
  ['mx2', 'ok', 1],
]

test.before(async () => {
  await lab.labUp({ size: 2, tools: false, wire: undefined })
  here = project({ 'facts.mjs': FACTS, 'beside.mjs': BESIDE, 'token.mjs': TOKEN })
})
test.after(async () => {
  await lab.labDown()
  here.remove()
})

test('what hosts say is true, a check is exact, and nothing to do is one trip', async () => {
  const check = await mailrun('facts.mjs', '--check')
  assert.equal(shown(check), [
    ['mx1', 'would-change', 1],
    ['mx2', 'would-change', 1],
  ])
  assert.equal(shown(await mailrun('facts.mjs')), [
    ['mx1', 'changed', 2],
    ['mx2', 'changed', 2],
  ])
  for (const name of ['mx1', 'mx2']) {
    const postfix = await inHost(name, 'postconf -dh mail_version 2>/dev/null || :')
    const [host, release, kernel, , version] = (await inHost(name, 'cat /etc/facts')).split(' ')
    assert.equal(
      [host, release, kernel, version],
      [name, RELEASE, await inHost(name, 'uname -r'), postfix === '' ? 'null' : postfix],
    )
  }
  assert.equal(shown(await mailrun('facts.mjs', 'beside.mjs', '--limit', 'mx1')), [['mx1', 'ok', 1]])
})

test('over the own client and the system ssh, as root and through sudo, su and a login that prints', async () => {
  await inHost('mx2', "echo 'echo noise; echo noise >&2' >> ~ops/.bashrc; printf 'root:root-Kw7\\n' | chpasswd")
  await inHost('mx1', "echo 'echo noise; echo noise >&2' >> /root/.bashrc")
  for (const connection of ['ssh', 'openssh']) {
    assert.equal(shown(await mailrun('facts.mjs', '-c', connection)), NOTHING_TO_DO, connection)
    for (const vars of [
      { ansible_become_method: 'su', ansible_become_password: 'root-Kw7' },
      { ansible_become_method: 'sudo', ansible_become_flags: '-i' },
    ]) {
      const result = await mailrun('facts.mjs', '-c', connection, '-l', 'mx2', '-e', JSON.stringify(vars))
      assert.equal(shown(result), [['mx2', 'ok', 1]], JSON.stringify([connection, vars, result.hosts[0]!.error]))
    }
  }
})

const standIn = (program: string, script: string): string => `cat > /usr/local/sbin/${program} <<'END'
#!/bin/sh
${script}
END
chmod 755 /usr/local/sbin/${program}`

test('a host that says nonsense, or without end, fails alone, and nothing is changed there', async () => {
  for (const [script, why] of [
    ['echo two words', /cannot tell processors/],
    ["printf '4\\n\\033[31m'", /cannot tell processors/],
    ['yes 4 | head -c 20000000', /cannot tell processors|sent more than/],
    ['exit 1', /cannot tell processors/],
  ] as const) {
    await inHost('mx1', `rm -f /etc/facts; ${standIn('nproc', script)}`)
    const result = await mailrun('facts.mjs')
    assert.is(of(result, 'mx1').status, 'failed', script)
    assert.match(of(result, 'mx1').error!, why)
    assert.is(of(result, 'mx2').status, 'ok', script)
    assert.is(await inHost('mx1', 'ls /etc/facts 2>/dev/null || :'), '')
  }
  await inHost('mx1', 'rm /usr/local/sbin/nproc')
})

test('a connection that is lost while facts are said is made once more', async () => {
  const once = `[ -e /run/lost ] || { : > /run/lost; pkill -KILL -f 'sshd.*: root@notty'; sleep 5; }
exec /usr/bin/nproc`
  await inHost('mx1', standIn('nproc', once))
  const result = await mailrun('facts.mjs', '-l', 'mx1')
  assert.is(of(result, 'mx1').status, 'changed', of(result, 'mx1').error)
  assert.is(await inHost('mx1', 'ls /run/lost'), '/run/lost')
  await inHost('mx1', 'rm /usr/local/sbin/nproc')
})

test('what one host makes reaches the others, and is shown nowhere; playbooks share trip and recap', async () => {
  const check = await mailrun('facts.mjs', 'beside.mjs', 'token.mjs', '--check')
  assert.equal(
    of(check, 'mx1').tasks.map(({ type, status }) => [type, status]),
    [
      ['file', 'ok'],
      ['file', 'assumed'],
    ],
  )
  const { stdout, stderr, code } = await here.mailrun(
    'facts.mjs',
    'beside.mjs',
    'token.mjs',
    '-vD',
    '-i',
    lab.inventoryPath,
  )
  assert.is(code, 0, stdout + stderr)
  const token = await inHost('mx2', 'cat /etc/token')
  assert.match(token, /^[\w+/]{27}=$/)
  for (const name of ['mx1', 'mx2']) assert.is(await inHost(name, 'cat /etc/peer-token'), token)
  assert.not.ok((stdout + stderr).includes(token))
  assert.is(stdout.match(/^2 hosts: /gm)?.length, 1)
  assert.equal(shown(await mailrun('facts.mjs', 'beside.mjs', 'token.mjs')), [...NOTHING_TO_DO].reverse())
})

test.run()
