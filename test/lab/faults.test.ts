// One host with a fault: the right status, a message that says what to do, and the others go on. Has a lab of its own.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import type { RunDocument } from '../../src/report/run/json.ts'
import { suite } from '../suite.ts'
import { project, type Project } from '../unit/cli/mailrun.ts'
import { HOLDER_GONE, lockHeld } from './apt-lock.ts'
import { inHost } from './in-host.ts'
import { nameLab } from './own-lab.ts'

nameLab('faults')
const lab = await import('../../lab/index.ts')
const test = suite('lab: faults')
const PLAYBOOK = `
import { playbook, v } from 'mailrun'
import { apt, directory, file } from 'mailrun/tasks'
export default playbook({
  name: 'faults', hosts: 'mail',
  vars: v.object({ slow: v.optional(v.boolean(), false), text: v.optional(v.string(), 'x') }),
  tasks: ({ vars }) => [
    directory({ path: '/srv/here' }),
    file({ path: '/srv/here/file', content: vars.text }),
    vars.slow && apt({ packages: ['mailrun-canary'], lockSeconds: 60 }),
  ],
})
`
let here: Project
const mailrun = async (
  ...words: readonly string[]
): Promise<{
  readonly code: number | null
  readonly document: RunDocument
  readonly status: Readonly<Record<string, string>>
  error(host: string): string
}> => {
  const { code, stdout, stderr } = await here.mailrun(
    'faults.mjs',
    '--format',
    'json',
    '--timeout',
    '8',
    '--become-password-file',
    lab.becomePasswordFile,
    ...words,
  )
  assert.ok(stdout !== '', stderr)
  const document = JSON.parse(stdout) as RunDocument
  return {
    code,
    document,
    status: Object.fromEntries(document.hosts.map(({ name, status }) => [name, status])),
    error: (host) => document.hosts.find(({ name }) => name === host)?.error ?? '',
  }
}
const fleet = ['-i', lab.inventoryPath]

test.before(async () => {
  await lab.labUp({ size: 3, tools: false, wire: undefined })
  here = project({ 'faults.mjs': PLAYBOOK })
})
test.after(async () => {
  await lab.labDown()
  here.remove()
})

test('a host that is down is unreachable, the others converge', async () => {
  await lab.hostStop('mx1')
  const { code, status } = await mailrun(...fleet)
  await lab.hostStart('mx1')
  assert.is(code, 4)
  assert.equal(status, { mx1: 'unreachable', mx2: 'changed', mx3: 'changed' })
})

test('a changed host key is refused with both fingerprints, before anything is sent', async () => {
  const known = readFileSync(join(lab.stateDir, 'known_hosts'), 'utf8')
  const other = known
    .split('\n')
    .find((line) => line.includes(' '))!
    .split(' ')[2]!
  const swapped = join(lab.stateDir, 'known_hosts.swapped')
  const address = await lab.address('mx2')
  writeFileSync(
    swapped,
    known
      .split('\n')
      .map((line) => (line.split(' ')[0]!.split(',').includes(address) ? line.replace(/ AAAA\S+/, ` ${other}`) : line))
      .join('\n'),
  )
  const { code, status, error } = await mailrun(...fleet, '--known-hosts', swapped)
  assert.is(code, 4)
  assert.is(status['mx2'], 'unreachable')
  assert.match(error('mx2'), /CHANGED[\s\S]*SHA256:[\s\S]*SHA256:/)
  assert.is(status['mx3'], 'ok')
})

test('a host that refuses the key is unreachable, and says for whom and which key', async () => {
  await inHost('mx2', 'mv /home/ops/.ssh/authorized_keys /home/ops/.ssh/away')
  const { code, error } = await mailrun(...fleet)
  await inHost('mx2', 'mv /home/ops/.ssh/away /home/ops/.ssh/authorized_keys')
  assert.is(code, 4)
  assert.match(error('mx2'), /permission denied for ops \(tried .*id_ed25519\)/)
})

test('a wrong sudo password is said at once', async () => {
  const wrong = join(lab.stateDir, 'wrong-password')
  writeFileSync(wrong, 'not it\n', { mode: 0o600 })
  const { stdout, code } = await here.mailrun(
    'faults.mjs',
    '--format',
    'json',
    '--become-password-file',
    wrong,
    ...fleet,
  )
  assert.is(code, 4)
  assert.match(stdout, 'the password of admin was refused')
  assert.not.match(stdout, 'not it')
})

const NOISE = 'printf "echo noise; echo more >&2\\n"'
test('a noisy login shell does no harm', async () => {
  await inHost(
    'mx2',
    `${NOISE} | cat - /home/ops/.bashrc > /tmp/rc 2>/dev/null || ${NOISE} > /tmp/rc
cp /tmp/rc /home/ops/.bashrc
chown ops /home/ops/.bashrc`,
  )
  const { code, status } = await mailrun(...fleet)
  assert.is(code, 0)
  assert.is(status['mx2'], 'ok')
})

const USERS = [
  ['mx1', 'root'],
  ['mx2', 'ops'],
  ['mx3', 'admin'],
] as const
/** From now on the user logs in to that shell. */
const loginShell = (shell: string, path: string, user: string): string => `apt-get -qq update &&
  DEBIAN_FRONTEND=noninteractive apt-get -qq -y --no-install-recommends install ${shell} >/dev/null 2>&1
usermod -s ${path} ${user}`
for (const [shell, path] of [
  ['tcsh', '/bin/tcsh'],
  ['fish', '/usr/bin/fish'],
] as const) {
  test(`${shell} as login shell does no harm, to root and through sudo`, async () => {
    for (const [host, user] of USERS) await inHost(host, loginShell(shell, path, user))
    const text = `by ${shell}: $HOME "q" it's !! \n`
    const { code, status, error } = await mailrun(...fleet, '-e', JSON.stringify({ text }))
    assert.is(code, 0, ['mx1', 'mx2', 'mx3'].map(error).join('\n'))
    assert.equal(status, { mx1: 'changed', mx2: 'changed', mx3: 'changed' })
    for (const host of ['mx1', 'mx2', 'mx3']) assert.is((await lab.hostExec(host, 'cat /srv/here/file')).stdout, text)
    for (const [host, user] of USERS) await inHost(host, `usermod -s /bin/bash ${user}`)
  })
}

test('a held dpkg lock is waited for', async () => {
  await inHost('mx3', lockHeld('/var/lib/dpkg/lock-frontend', 6))
  const { code, status } = await mailrun(...fleet, '--limit', 'mx3', '-e', 'slow=true')
  assert.is(code, 0)
  assert.is(status['mx3'], 'changed')
  assert.is(await inHost('mx3', HOLDER_GONE), 'gone')
})

for (const text of ['it\'s $(touch /srv/executed) `id` "q" \\ ; & |', 'zwölf 日本', '-n --leading', 'two\nlines\n']) {
  test(`a value is carried exactly and never executed: ${JSON.stringify(text)}`, async () => {
    const { code } = await mailrun(...fleet, '--limit', 'mx1', '-e', JSON.stringify({ text }))
    assert.is(code, 0)
    assert.is((await lab.hostExec('mx1', 'cat /srv/here/file')).stdout, text)
    assert.is(await inHost('mx1', 'test ! -e /srv/executed; echo no'), 'no')
  })
}

test.run()
