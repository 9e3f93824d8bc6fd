// exec: one command on hosts, by the same engine as all, on this machine.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { exec, type ExecutedHost } from '../../../src/commands/index.ts'
import { EXEC_BYTES } from '../../../src/core/bounds.ts'
import { executedProbe } from '../../../src/resources/command/executed.ts'
import { suite } from '../../suite.ts'

const test = suite('commands/exec')

let folder: string
let inventory: string
test.before(() => {
  folder = mkdtempSync(join(tmpdir(), 'mailrun-exec-'))
  inventory = join(folder, 'inventory.yaml')
  writeFileSync(inventory, 'all: { vars: { ansible_connection: local }, hosts: { mx1: , mx2: } }\n')
})
test.after(() => rmSync(folder, { recursive: true }))

/** On one host. */
async function on(
  command: string | readonly string[],
  more: Partial<Parameters<typeof exec>[0]> = {},
): Promise<ExecutedHost> {
  const { hosts } = await exec({ inventory, limit: 'mx1', command, ...more })
  assert.is(hosts.length, 1)
  return hosts[0]!
}

test('both outputs and the exit status come from each host', async () => {
  const { hosts, interrupted } = await exec({ inventory, limit: 'all', command: 'echo out; echo err >&2; exit 3' })
  assert.not(interrupted)
  assert.equal(
    hosts.map(({ name, status, ran }) => [name, status, ran?.code, ran?.stdout.text, ran?.stderr.text]),
    ['mx1', 'mx2'].map((name) => [name, 'ran', 3, 'out\n', 'err\n']),
  )
})

test('a program has its arguments as they are; its input is empty', async () => {
  const words = ['printf', '%s|', "it's", '$(id)', '`id`', '-n', 'a\nb', 'ü', '*', '; false']
  assert.is((await on(words)).ran?.stdout.text, `${words.slice(2).join('|')}|`)
  assert.is((await on('wc -c; pwd')).ran?.stdout.text.replace(/\s+/g, ' '), '0 / ')
})

test('what it prints cannot pass for the end of the answer, nor for that of another', async () => {
  const text = "printf '0 0 3 3 0 0\\nyes\\0end'; printf '\\nmailrun-x answered 0 0\\n'"
  assert.is((await on(text)).ran?.stdout.text, '0 0 3 3 0 0\nyes\0end\nmailrun-x answered 0 0\n')
})

test('a loud command comes to its end, and the beginning of its output is kept, whole lines of it', async () => {
  const { ran } = await on('yes "0123456789 012345" | head -c 5000007; yes | head -c 3000000 >&2; exit 4')
  assert.is(ran!.code, 4)
  assert.ok(ran!.stdout.isCut && ran!.stdout.bytes === 5_000_007)
  assert.ok(ran!.stdout.text.endsWith('012345\n') && ran!.stdout.text.length <= EXEC_BYTES)
  assert.ok(ran!.stderr.isCut && ran!.stderr.bytes === 3_000_000)
})

test('its program is content with perl-base, which every Debian has', () => {
  const { question } = executedProbe('true', 1)
  assert.ok('script' in question)
  assert.equal(
    [...question.script.text.matchAll(/^use ([\w:]+)/gm)].map(([, name]) => name),
    ['POSIX'],
  )
})

test('a signal is reported as shells tell it; syntax errors and missing programs have their status', async () => {
  assert.is((await on('kill -9 $$')).ran?.code, 137)
  assert.is((await on('if')).ran?.code, 2)
  assert.is((await on(['no-such-program-here'])).ran?.code, 127)
})

test('what does not end in time is killed with all that it started, and what it said is there', async () => {
  const left = join(folder, 'left')
  const command = `echo begun; (trap '' TERM; sleep 9; touch ${left}) & sleep 60`
  const { ran } = await on(command, { timeLimitSeconds: 1 })
  assert.ok(ran!.timedOut)
  assert.is(ran!.stdout.text, 'begun\n')
})

test('what it leaves running is not waited for', async () => {
  const began = performance.now()
  assert.is((await on('sleep 30 & echo $!')).ran?.code, 0)
  assert.ok(performance.now() - began < 10_000)
})

test('secrets of the inventory are stars in what it prints', async () => {
  const { Secret } = await import('../../../src/shell/secret.ts')
  const secret = new Secret('correct horse')
  const { ran } = await on('echo correct horse; echo Y29ycmVjdCBob3JzZQ== >&2', {
    extraVars: [{ password: secret }],
  })
  assert.not.match(ran!.stdout.text, 'horse')
  assert.not.match(ran!.stderr.text, 'Y29ycmVjdC')
})

test('it runs once: a connection that is lost meanwhile is not made again', async () => {
  const count = join(folder, 'count')
  // Kills all that stands between this process and the command.
  const command = `echo once >> ${count}
p=$PPID
while [ "$p" -gt 1 ] && [ "$p" != ${process.pid} ]; do
  up=$(ps -o ppid= -p "$p" | tr -d ' ')
  kill -9 "$p"
  p=$up
done`
  const { status, error } = await on(command)
  assert.is(readFileSync(count, 'utf8'), 'once\n')
  assert.is.not(status, 'ran')
  assert.ok(error !== undefined)
})

test('an interrupt lets commands in hand come to their end, and begins none', async () => {
  const stop = new AbortController()
  const mark = join(folder, 'interrupted')
  const { hosts, interrupted } = await exec({
    inventory,
    limit: 'all',
    forks: 1,
    command: `echo x >> ${mark}; sleep 1; echo end`,
    signal: stop.signal,
    onEvent: (event) => {
      if (event.kind === 'host-connected') setTimeout(() => stop.abort(), 500)
    },
  })
  assert.ok(interrupted)
  assert.equal(
    hosts.map(({ status }) => status),
    ['ran', 'not-reached'],
  )
  assert.is(readFileSync(mark, 'utf8'), 'x\n')
})

test('no hosts named, no command, a NUL and too long a command are refused', async () => {
  const refused = async (request: object, message: RegExp): Promise<void> => {
    try {
      await exec({ inventory, limit: 'all', command: 'true', ...request })
    } catch (error) {
      return assert.match((error as Error).message, message)
    }
    assert.unreachable('it is not refused')
  }
  await refused({ limit: undefined }, /say which with -l/)
  await refused({ limit: 'none' }, /none/)
  await refused({ command: ' ' }, /no command was given/)
  await refused({ command: [] }, /no command was given/)
  await refused({ command: 'a\0b' }, /NUL/)
  await refused({ command: 'x'.repeat(100_001) }, /longer than 100000 bytes/)
})

test.run()
