// The lab itself: its hosts are what the other tests take them for. Has a lab of its own, so that it may break it.
import { execFile, spawn } from 'node:child_process'
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { setTimeout as sleep } from 'node:timers/promises'
import * as assert from 'uvu/assert'
import { suite } from '../suite.ts'
import { inHost } from './in-host.ts'
import { POSTFIX_UNIT, nameLab } from './own-lab.ts'

// Before the lab is imported: its library works on the lab that this names.
nameLab('selftest')
const LAB = process.env['MAILRUN_LAB_NAME']!
const lab = await import('../../lab/index.ts')

const SIZE = 4
const UP = { size: SIZE, tools: false, wire: undefined } as const
const hosts = Array.from({ length: SIZE }, (_, index) => `mx${index + 1}`)
const main = new URL('../../lab/main.js', import.meta.url).pathname
const run = promisify(execFile)

const test = suite('lab: the hosts')

test.before(() => lab.labUp(UP))
test.after(() => lab.labDown())

const onAll = (script: string): Promise<readonly string[]> => Promise.all(hosts.map((host) => inHost(host, script)))

test('hosts run systemd as PID 1, with nothing failed', async () => {
  assert.equal(
    await onAll('cat /proc/1/comm; systemctl is-system-running'),
    hosts.map(() => 'systemd\nrunning'),
  )
})

test('hosts know their names', async () => {
  assert.equal(
    await onAll('hostname; hostname -f'),
    hosts.map((host) => `${host}\n${host}.fleet.test`),
  )
  assert.is(await inHost('mx2', 'getent hosts mx4.fleet.test | cut -d" " -f1'), await lab.address('mx4'))
})

test('hosts have no Python and no way out', async () => {
  await onAll('! command -v python3 python && test -z "$(ls /usr/bin/python* 2>/dev/null)"')
  await onAll('test -z "$(ip route show default)" && ! timeout 5 bash -c "exec 3<>/dev/tcp/1.1.1.1/53" 2>/dev/null')
})

test('odd hosts have a running Postfix with its host name, even ones neither Postfix nor OpenDKIM', async () => {
  assert.is(
    await inHost('mx1', 'postconf -h myhostname; systemctl is-active ' + POSTFIX_UNIT),
    'mx1.fleet.test\nactive',
  )
  assert.is(
    await inHost('mx3', 'postconf -h myhostname; systemctl is-active ' + POSTFIX_UNIT),
    'mx3.fleet.test\nactive',
  )
  for (const host of ['mx2', 'mx4']) await inHost(host, '! command -v postconf && ! command -v opendkim')
})

test('ssh reaches each host as its user, with the key known beforehand', async () => {
  const users = await Promise.all(
    hosts.map(async (host) => (await run('node', [main, '--name', LAB, 'ssh', host, 'id -un'])).stdout.trim()),
  )
  assert.equal(users, ['root', 'ops', 'admin', 'root'])
})

test('sudo is free on mx2, and on mx3 wants the password of the file, which only root reads', async () => {
  assert.is(await inHost('mx2', 'runuser -u ops -- sudo -n id -u'), '0')
  assert.is((await lab.hostExec('mx3', 'runuser -u admin -- sudo -n id -u')).code, 1)
  const password = (await readFile(lab.becomePasswordFile, 'utf8')).trim()
  assert.is(await inHost('mx3', `printf '%s\\n' ${password} | runuser -u admin -- sudo -S -p '' id -u`), '0')
  assert.is((await stat(lab.becomePasswordFile)).mode & 0o777, 0o600)
})

test('packages install from the local repository, with a debconf answer', async () => {
  const script = `echo 'mailrun-canary mailrun-canary/colour select blue' | debconf-set-selections
    DEBIAN_FRONTEND=noninteractive apt-get install -y mailrun-canary=1.0 >/dev/null 2>&1
    cat /etc/mailrun-canary.colour; systemctl is-active mailrun-canary
    apt-get install -s postfix opendkim opendkim-tools >/dev/null && echo resolvable`
  assert.is(await inHost('mx4', script), 'blue\nactive\nresolvable')
})

test('packages of the release that the local repository does not have come from the mirror', async () => {
  assert.is.not((await lab.hostExec('mx4', 'apt-get -qqy install ed </dev/null')).code, 0)
  await lab.hostInstall('mx4', ['ed'])
  assert.is(await inHost('mx4', 'dpkg-query -W -f "${db:Status-Status}" ed; ls /var/opt'), 'installed')
  const before = await lab.treeHash('mx4', { exclude: [] })
  await lab.hostInstall('mx4', ['ed'])
  assert.is(await lab.treeHash('mx4', { exclude: [] }), before)
  const failure = await lab.hostInstall('mx4', ['no-such-package']).catch((error: unknown) => error)
  assert.match(String(failure), 'Unable to locate package no-such-package')
})

test('a second up leaves running hosts alone', async () => {
  const before = await onAll('cat /proc/sys/kernel/random/boot_id /proc/1/stat | tr "\\n" " " | cut -d" " -f1,23')
  await lab.labUp(UP)
  assert.equal(
    await onAll('cat /proc/sys/kernel/random/boot_id /proc/1/stat | tr "\\n" " " | cut -d" " -f1,23'),
    before,
  )
})

test('a tree is the same twice, and sees content, mode, owner, links and removal', async () => {
  const list = (): Promise<import('../../lab/index.ts').Tree> => lab.treeList('mx1', { exclude: [] })
  const before = await list()
  assert.equal(lab.treeDifference(before, await list()), [])
  for (const change of [
    'chmod 600 /etc/passwd',
    'chown ops /etc/issue',
    'printf x >>/etc/motd',
    'ln -sf nowhere /etc/issue.net',
    'rm /etc/debian_version',
    'touch /usr/bin/env',
  ]) {
    const now = await list()
    await inHost('mx1', change)
    const path = /\/\S+$/.exec(change)?.[0] ?? ''
    assert.ok(
      lab.treeDifference(now, await list()).some((line) => line.slice(2).startsWith(`${path} `)),
      change,
    )
  }
  assert.is.not(await lab.treeHash('mx1', { exclude: [] }), await lab.treeHash('mx1', { exclude: ['/etc'] }))
})

test('a stopped host answers nothing; started, it has its files', async () => {
  await inHost('mx2', 'echo kept >/root/kept')
  await lab.hostStop('mx2')
  assert.is((await lab.labStatus()).hosts.find(({ name }) => name === 'mx2')?.system, 'down')
  await lab.hostStart('mx2')
  assert.is(await inHost('mx2', 'cat /root/kept; systemctl is-system-running'), 'kept\nrunning')
})

test('reset gives a fresh host with the same key, address and machine id', async () => {
  const identity = 'cat /etc/ssh/ssh_host_ed25519_key.pub /etc/machine-id; ip -4 -brief address show host0'
  const before = await inHost('mx2', identity)
  await inHost('mx2', 'touch /root/written')
  await lab.labReset(['mx2'])
  assert.is(await inHost('mx2', identity), before)
  await inHost('mx2', 'test ! -e /root/written')
})

test('a round-trip time can be set and taken away again', async () => {
  // A greeting takes one round trip for TCP and half of one for its line.
  const greeting = async (): Promise<number> => {
    const began = performance.now()
    await run('bash', ['-c', `exec 3<>/dev/tcp/${await lab.address('mx1')}/22; head -c 4 <&3`])
    return performance.now() - began
  }
  const straight = Math.min(await greeting(), await greeting(), await greeting())
  await lab.setRtt(300)
  const far = Math.min(await greeting(), await greeting())
  await lab.setRtt(0)
  const again = Math.min(await greeting(), await greeting(), await greeting())
  assert.ok(far >= 300, `${far} ms`)
  assert.ok(Math.max(straight, again) < far, `${straight}, ${far}, ${again} ms`)
})

test('an up that was killed in the middle is finished by the next, and a dead host is corrected', async () => {
  await lab.labDown()
  const killed = spawn('node', [main, '--name', LAB, 'up', String(SIZE)], { stdio: 'ignore' })
  await sleep(700)
  killed.kill('SIGKILL')
  await lab.labUp(UP)
  await lab.hostExec('mx1', 'kill -9 -1; systemctl --force --force poweroff')
  await lab.labUp(UP)
  assert.equal(
    await onAll('systemctl is-system-running'),
    hosts.map(() => 'running'),
  )
})

test('a host that outlived its systemd-nspawn is not left beside the new one', async () => {
  const { stdout } = await run('pgrep', ['-f', `^systemd-nspawn .*--directory=${lab.stateDir}/hosts/mx2/root`])
  process.kill(Number(stdout.trim()), 'SIGKILL')
  await lab.labUp(UP)
  // The old sshd would hold the port.
  assert.equal(
    await onAll('systemctl is-system-running'),
    hosts.map(() => 'running'),
  )
})

test('commands fail with a message, not a stack', async () => {
  for (const args of [
    ['ssh', 'nosuch'],
    ['up', '0'],
    ['up', 'x'],
    ['rtt', '-1'],
    ['status', '--name', 'nosuchlab'],
  ]) {
    const failure = await run('node', [main, '--name', LAB, ...args]).then(
      () => undefined,
      (error: { code: number; stderr: string }) => error,
    )
    assert.is(failure?.code, 1, args.join(' '))
    assert.not.match(failure?.stderr ?? '', /\n\s+at /)
  }
})

test('labs that come up at the same time take networks of their own, wherever their state is', async () => {
  const shared = dirname(lab.stateDir)
  const elsewhere = await mkdtemp(join(tmpdir(), 'mailrun-lab-'))
  const labs = ['one', 'two', 'three', 'four', 'five'].map((word, index) => ({
    name: `${LAB}-${word}`,
    root: index < 3 ? shared : join(elsewhere, word),
  }))
  const each = (...words: readonly string[]): Promise<unknown> =>
    Promise.all(
      labs.map(({ name, root }) =>
        run(process.execPath, [main, ...words, `--name=${name}`], { env: { ...process.env, MAILRUN_LAB_STATE: root } }),
      ),
    )
  try {
    await each('up', '1')
    const states = await Promise.all(labs.map(({ name, root }) => readFile(join(root, name, 'state.json'), 'utf8')))
    const subnets = states.map((text) => (JSON.parse(text) as { readonly subnet: string }).subnet)
    assert.is(new Set(subnets).size, labs.length, subnets.join())
  } finally {
    await each('down')
    await rm(elsewhere, { recursive: true })
  }
})

test.run()
