// The command on real hosts: statuses, exit statuses, formats, lists, Ctrl-C. Has a lab of its own.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import * as assert from 'uvu/assert'
import type { RunDocument } from '../../src/report/run/json.ts'
import { suite } from '../suite.ts'
import { project, ROOT, type Ended, type Project } from '../unit/cli/mailrun.ts'
import { DEBIAN_VERSION, RELEASE, nameLab } from './own-lab.ts'

nameLab('cli')
const lab = await import('../../lab/index.ts')

const test = suite('lab: the command line')
const valid = new Ajv2020({ strict: true }).compile(
  JSON.parse(readFileSync(join(ROOT, 'docs/run.schema.json'), 'utf8')) as object,
)

const PLAYBOOK = `
import { playbook } from 'mailrun'
import { command, directory, file } from 'mailrun/tasks'
import * as v from 'valibot'

export default playbook({
  name: 'try',
  hosts: 'mail',
  vars: v.object({ fails_on: v.optional(v.string(), ''), sleeps: v.optional(v.boolean(), false) }),
  tasks: ({ host, vars }) => [
    directory({ path: '/etc/try', mode: '0750' }),
    file({ path: '/etc/try/motd', content: 'hello\\n' }),
    vars.sleeps && command({ run: 'sleep 3; touch /etc/try/slept', creates: '/etc/try/slept' }),
    vars.fails_on === host.name && command({ run: 'echo cannot do that >&2; exit 7', creates: '/etc/try/never' }),
    file({ path: '/etc/try/last', content: 'x' }),
  ],
})
`

let here: Project
test.before(async () => {
  await lab.labUp({ size: 3, tools: false, wire: undefined })
  here = project({ 'try.mjs': PLAYBOOK, 'ping/try.mjs': PLAYBOOK })
})
test.after(async () => {
  await lab.labDown()
  here.remove()
})
test.before.each(async () => {
  for (const host of ['mx1', 'mx2', 'mx3']) await lab.hostExec(host, 'rm -rf /etc/try')
})

const fleet = ['-i', lab.inventoryPath, '--become-password-file', lab.becomePasswordFile]
const mailrun = (...words: readonly string[]): Promise<Ended> => here.mailrun(...words, ...fleet)
function documentOf({ stdout }: Ended): RunDocument {
  const document: unknown = JSON.parse(stdout)
  assert.ok(valid(document), JSON.stringify(valid.errors))
  return document as RunDocument
}

test('ping tells who answers, and with which system', async () => {
  const { code, stdout } = await mailrun('ping')
  assert.is(code, 0)
  for (const host of ['mx1', 'mx2', 'mx3'])
    assert.match(stdout, new RegExp(`^${host} +ok .* debian ${DEBIAN_VERSION} \\(${RELEASE}\\)$`, 'm'))
})

test('ping without the sudo password ends with 4 and says which flag is missing', async () => {
  const { code, stdout } = await here.mailrun('ping', '-i', lab.inventoryPath)
  assert.is(code, 4)
  assert.match(stdout, '--become-password-file')
})

test('a check ends with 2 and changes nothing, the run with 0, the check after it with 0', async () => {
  const check = await mailrun('try.mjs', '--check', '--format', 'json')
  assert.is(check.code, 2, check.stdout + check.stderr)
  assert.equal(
    documentOf(check).hosts.map(({ status }) => status),
    ['would-change', 'would-change', 'would-change'],
  )
  assert.is((await lab.hostExec('mx1', 'ls -d /etc/try')).code, 2)
  const run = await mailrun('try.mjs', '--format', 'json')
  assert.is(run.code, 0)
  assert.equal(
    documentOf(run).hosts.map(({ status }) => status),
    ['changed', 'changed', 'changed'],
  )
  const again = await mailrun('try.mjs', '--check', '--format', 'json')
  assert.is(again.code, 0)
  assert.equal(
    documentOf(again).hosts.map(({ status, trips }) => [status, trips]),
    [
      ['ok', 1],
      ['ok', 1],
      ['ok', 1],
    ],
  )
})

test('a host that fails does not stop the others: 3, and the text names host, task and output', async () => {
  const { code, stdout } = await mailrun('try.mjs', '-e', 'fails_on=mx2')
  assert.is(code, 3)
  assert.match(stdout, 'failed\n  mx2: command')
  assert.match(stdout, '\n    cannot do that\n')
  assert.match(stdout, '3 hosts: 2 changed, 1 failed')
})

test('--max-fail 0 starts nothing more after a failure', async () => {
  const run = await mailrun('try.mjs', '-e', 'fails_on=mx1', '--serial', '1', '--max-fail', '0', '--format', 'json')
  assert.is(run.code, 3)
  assert.equal(
    documentOf(run).hosts.map(({ status }) => status),
    ['failed', 'not-reached', 'not-reached'],
  )
})

test('Ctrl-C lets the change in hand finish, starts nothing more, and ends with 130', async () => {
  const { code, stdout } = await here.interrupted(
    'SIGINT',
    '"kind":"change-start","host":"mx1","task":"sleep',
    'try.mjs',
    '-l',
    'mx1',
    '-e',
    '{"sleeps": true}',
    '--format',
    'ndjson',
    ...fleet,
  )
  assert.is(code, 130)
  assert.match(stdout, '"kind":"interrupted","busy":["mx1"]')
  assert.is((await lab.hostExec('mx1', 'test -e /etc/try/slept && ! test -e /etc/try/last')).code, 0)
  assert.is((await lab.hostExec('mx1', 'ls /tmp | grep mailrun')).stdout, '')
})

test('the lists connect to no host', async () => {
  assert.equal(
    await here.mailrun(
      'try.mjs',
      '-i',
      lab.inventoryPath,
      '--list-hosts',
      '-l',
      'mx*:!mx2',
      '--known-hosts',
      '/dev/null',
    ),
    { code: 0, stdout: 'mx1\nmx3\n', stderr: '' },
  )
  const { stdout } = await here.mailrun('ping/try.mjs', '-i', lab.inventoryPath, '--list-tasks')
  assert.match(stdout, /^mx1, mx2 and mx3:\n {2}directory \/etc\/try\n/)
})

test.run()
