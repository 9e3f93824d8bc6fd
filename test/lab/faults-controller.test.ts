// The machine that mailrun runs on fails: killed, stopped, its terminal closed, its disk full. The run's work is not
// lost, and what is lost is said. Has a lab of its own.
import { spawn, type ChildProcess } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import * as assert from 'uvu/assert'
import type { RunDocument } from '../../src/report/run/json.ts'
import { suite } from '../suite.ts'
import { MAIN, project, type Ended, type Project } from '../unit/cli/mailrun.ts'
import { nameLab } from './own-lab.ts'

nameLab('faultsctl')
const lab = await import('../../lab/index.ts')
const test = suite('lab: faults of the controller')
const PLAYBOOK = `
import { playbook, v } from 'mailrun'
import { command, directory, file } from 'mailrun/tasks'
export default playbook({
  name: 'faults', hosts: 'mail',
  vars: v.object({ text: v.string(), lasts: v.optional(v.number(), 0), within: v.optional(v.number(), 60) }),
  tasks: ({ vars: { text, lasts, within } }) => [
    directory({ path: '/srv/here' }),
    command({
      run: 'echo "$TEXT" >> /srv/count; touch "/srv/begins $TEXT"; sleep ' + lasts,
      env: { TEXT: text },
      timeoutSeconds: within,
    }),
    file({ path: '/srv/here/last', content: text }),
  ],
})
`
const HOSTS = ['mx1', 'mx2', 'mx3'] as const
/** For a shell. */
const MAILRUN = [
  `"${process.execPath}" "${MAIN}" "\${PLAYBOOK:-faults.mjs}"`,
  `-i "\${INVENTORY:-${lab.inventoryPath}}"`,
  `--known-hosts "${join(lab.stateDir, 'known_hosts')}"`,
  `--become-password-file "${lab.becomePasswordFile}"`,
].join(' ')
let here: Project
let stopped: Running
let stoppedAt = 0

interface Running {
  readonly child: ChildProcess
  readonly ended: Promise<Ended>
}
/** A shell on this machine, in the project, in which `mailrun …` is the command under test on the lab's fleet. */
const shell = (script: string, env: Readonly<Record<string, string | undefined>> = {}): Running => {
  const { FORCE_COLOR: _, ...inherited } = process.env
  const prelude = `mailrun() { ${MAILRUN} "$@"; }\n`
  const child = spawn('bash', ['-c', prelude + script], {
    cwd: here.folder,
    env: { ...inherited, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  })
  let [stdout, stderr] = ['', '']
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()))
  return { child, ended: new Promise((resolve) => child.on('close', (code) => resolve({ code, stdout, stderr }))) }
}
const vars = (text: string, more: object = {}): string => `-e '${JSON.stringify({ text, ...more })}'`
const path = (host: string, name: string): string => join(lab.hostFiles(host), 'srv', name)
const times = (text: string): readonly number[] =>
  HOSTS.map((host) =>
    existsSync(path(host, 'count'))
      ? readFileSync(path(host, 'count'), 'utf8')
          .split('\n')
          .filter((line) => line === text).length
      : 0,
  )
const last = (): readonly string[] =>
  HOSTS.map((host) => (existsSync(path(host, 'here/last')) ? readFileSync(path(host, 'here/last'), 'utf8') : ''))
const begun = async (text: string): Promise<void> => {
  for (let tenth = 0; !HOSTS.every((host) => existsSync(path(host, `begins ${text}`))); tenth += 1) {
    assert.ok(tenth < 300, `the changes of ${text} did not begin within 30 s`)
    await sleep(100)
  }
}
/** The next run does what is left. */
const converges = async (text: string): Promise<void> => {
  const { code, stdout, stderr } = await shell(`mailrun --format json ${vars(text)}`).ended
  assert.is(code, 0, stdout + stderr)
  assert.equal(
    (JSON.parse(stdout) as RunDocument).hosts.map(({ status }) => status),
    ['changed', 'changed', 'changed'],
  )
  assert.equal(last(), [text, text, text])
}
const everyHost = (value: string | number): readonly (string | number)[] => [value, value, value]
/** A file system of so many KiB, full but for `free` bytes. */
const smallDisk = async (name: string, free: number): Promise<string> => {
  const folder = join(here.folder, name)
  mkdirSync(folder)
  const { code, stderr } = await shell(
    `mount -t tmpfs -o size=64k none '${folder}' && head -c ${65536 - free} /dev/zero > '${folder}/filler'`,
  ).ended
  assert.is(code, 0, stderr)
  return folder
}

test.before(async () => {
  await lab.labUp({ size: 3, tools: false, wire: undefined })
  // What a killed test left would count.
  await lab.labReset('all')
  here = project({ 'faults.mjs': PLAYBOOK })
  // It waits beside the other tests; the last one sees how it ended.
  stopped = shell(`exec ${MAILRUN} --format json ${vars('stopped', { lasts: 1, within: 5 })}`)
  await begun('stopped')
  stopped.child.kill('SIGSTOP')
  stoppedAt = performance.now()
})
test.after(async () => {
  try {
    await shell(`for each in full nearly cache; do umount -q '${here.folder}'/$each; done`).ended
    here.remove()
  } finally {
    await lab.labDown()
  }
})

const FULL_DISK =
  'standard output is a full disk: the run goes on to its end, says so on standard error, and ends with 5'
test(FULL_DISK, async () => {
  for (const format of ['text', 'json', 'ndjson']) {
    const text = `full ${format}`
    const { code, stderr } = await shell(`mailrun --format ${format} ${vars(text)} > /dev/full`).ended
    assert.equal([last(), times(text)], [everyHost(text), everyHost(1)])
    assert.match(stderr, /^mailrun: the output could not be written: .*no space left on device.*\n/i)
    assert.not.match(stderr, /bug/)
    assert.is(code, 5)
  }
})

test('standard output is a disk that fills up within a write: nothing is cut off in silence', async () => {
  const folder = await smallDisk('nearly', 4096)
  const begun = 'head -c 3000 /dev/zero'
  const { code, stderr } = await shell(`{ ${begun}; mailrun --format ndjson ${vars('nearly')}; } > nearly/report`).ended
  assert.equal([last(), times('nearly')], [everyHost('nearly'), everyHost(1)])
  assert.match(stderr, /output could not be written: .*no space left/i)
  assert.is(code, 5)
  assert.is(readFileSync(join(folder, 'report')).length, 4096)
  await converges('nearly')
})

test('standard output is read no further: the run goes on, and its exit status is its own', async () => {
  const { stdout, stderr } = await shell(`mailrun --format ndjson ${vars('head')} | head -1; echo "\${PIPESTATUS[0]}"`)
    .ended
  assert.match(stdout, /"run-start".*\n0\n$/)
  assert.is(stderr, '')
  assert.equal([last(), times('head')], [everyHost('head'), everyHost(1)])
})

test('no standard streams at all', async () => {
  const { code } = await shell(`mailrun ${vars('closed')} <&- >&- 2>&-`).ended
  assert.equal([code, last()], [0, everyHost('closed')])
  const full = await shell(`mailrun ${vars('closed 2')} > /dev/full 2> /dev/full`).ended
  assert.equal([full.code, last()], [5, everyHost('closed 2')])
})

test('no room for temporary and cached files, or none that may be written: the run does without', async () => {
  await smallDisk('full', 0)
  for (const [name, env] of Object.entries({
    'a full disk': {
      TMPDIR: join(here.folder, 'full'),
      XDG_CACHE_HOME: join(here.folder, 'full'),
      HOME: join(here.folder, 'full'),
    },
    'a read-only one': { TMPDIR: '/sys', XDG_CACHE_HOME: '/sys', HOME: '/sys' },
    none: { TMPDIR: '/nowhere', XDG_CACHE_HOME: undefined, HOME: '/nowhere' },
    'no HOME': { XDG_CACHE_HOME: undefined, HOME: undefined },
  })) {
    const { code, stdout, stderr } = await shell(`mailrun ${vars(name)}`, env).ended
    assert.equal([code, last(), stderr], [0, everyHost(name), ''], stdout + stderr)
  }
})

test('a disk that fills up while the compiled playbook is kept: the playbook is read without', async () => {
  const folder = await smallDisk('cache', 8192)
  writeFileSync(join(here.folder, 'long.ts'), `${PLAYBOOK}\nexport const filler = [${"'0123456789', ".repeat(4000)}]\n`)
  for (const text of ['cache 1', 'cache 2']) {
    const { code, stdout, stderr } = await shell(`mailrun ${vars(text)}`, {
      XDG_CACHE_HOME: folder,
      PLAYBOOK: 'long.ts',
    }).ended
    assert.equal([code, last()], [0, everyHost(text)], stdout + stderr)
  }
})

test('too few files may be open for mailrun itself: said, with what to do, before any host is touched', async () => {
  for (const files of [22, 64, 95]) {
    const { code, stdout, stderr } = await shell(`ulimit -n ${files}; mailrun ${vars('few')}`).ended
    assert.equal([code, stdout], [1, ''], stderr)
    assert.match(
      stderr,
      /^mailrun: .*this machine lets the process open .* files, .*ulimit -n 1024.*\n$/,
      `${files}: ${stderr}`,
    )
  }
  assert.equal(times('few'), everyHost(0))
  await converges('few')
})

test('too few files may be open for so many hosts at once: fewer are worked on at once', async () => {
  const names = HOSTS.flatMap((host) => Array.from({ length: 20 }, (_, index) => [`${host}-${index}`, host] as const))
  const addresses = Object.fromEntries(
    await Promise.all(HOSTS.map(async (host) => [host, await lab.address(host)] as const)),
  )
  const users: Readonly<Record<string, string>> = { mx1: 'root', mx2: 'ops', mx3: 'admin' }
  const fleet = {
    mail: {
      hosts: Object.fromEntries(
        names.map(([name, host]) => [
          name,
          {
            ansible_host: addresses[host],
            ansible_user: users[host],
            ansible_ssh_private_key_file: join(lab.stateDir, 'id_ed25519'),
          },
        ]),
      ),
    },
  }
  writeFileSync(join(here.folder, 'many.yaml'), JSON.stringify(fleet))
  const { code, stdout, stderr } = await shell(
    `ulimit -n 100; mailrun --check --forks 60 --format json ${vars('few')}`,
    { INVENTORY: 'many.yaml' },
  ).ended
  assert.is(code, 2, stderr)
  assert.is(stderr, '')
  assert.equal(
    [...new Set((JSON.parse(stdout) as RunDocument).hosts.map(({ status, error }) => error ?? status))],
    ['would-change'],
  )
})

test('the terminal is closed in a change: it ends, no other begins, the next run does the rest', async () => {
  const text = 'terminal'
  const before = last()
  writeFileSync(join(here.folder, 'in-terminal'), `${MAILRUN} ${vars(text, { lasts: 3 })}\necho $? > ended\n`)
  const { child, ended } = shell('exec script -qfec "bash in-terminal" /dev/null')
  await begun(text)
  child.kill('SIGKILL')
  await ended
  for (let tenth = 0; !existsSync(join(here.folder, 'ended')) && tenth < 100; tenth += 1) await sleep(100)
  assert.equal([last(), times(text)], [before, everyHost(1)])
  await converges(text)
  assert.equal(times(text), everyHost(2))
})

test('killed in a change: the next run says for whom it waits, and does the rest', async () => {
  const text = 'killed'
  const { child, ended } = shell(`exec ${MAILRUN} ${vars(text, { lasts: 5 })}`)
  await begun(text)
  child.kill('SIGKILL')
  await ended
  const next = await shell(`mailrun --format ndjson ${vars(text)}`).ended
  assert.is(next.code, 0, next.stdout + next.stderr)
  const waits = next.stdout.split('\n').filter((line) => line.includes('"host-waiting"'))
  assert.is(waits.length, 3, next.stdout)
  for (const line of waits)
    assert.match(line, new RegExp(`"holder":"\\w+@\\S+, process ${child.pid}, since \\d{4}-\\d\\d-\\d\\dT`))
  assert.equal([last(), times(text)], [everyHost(text), everyHost(2)])
})

test('two runs at once: the second says who holds each host since when, and waits', async () => {
  const text = 'two'
  const first = shell(`exec ${MAILRUN} ${vars(text, { lasts: 3 })}`)
  await begun(text)
  const second = await shell(`mailrun ${vars('two, then')}`).ended
  assert.is(second.code, 0, second.stdout + second.stderr)
  for (const host of HOSTS)
    assert.match(second.stdout, new RegExp(`${host}.*process ${first.child.pid}, since \\d{4}-`))
  assert.is((await first.ended).code, 0)
  assert.equal([last(), times(text), times('two, then')], [everyHost('two, then'), everyHost(1), everyHost(1)])
})

test('stopped for 70 s or more and continued: neither the connection nor the change is taken for dead', async () => {
  await sleep(Math.max(0, stoppedAt + 70_000 - performance.now()))
  stopped.child.kill('SIGCONT')
  const { code, stdout, stderr } = await stopped.ended
  assert.is(code, 0, stdout + stderr)
  assert.equal(
    (JSON.parse(stdout) as RunDocument).hosts.map(({ status, trips }) => [status, trips]),
    everyHost('').map(() => ['changed', 2]),
  )
  assert.equal(times('stopped'), everyHost(1))
})

test.run()
