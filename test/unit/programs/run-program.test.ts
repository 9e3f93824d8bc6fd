// Programs of this machine: what reaches them, what is read of them, and how each ends.
import * as assert from 'uvu/assert'
import { runProgram, type ProgramAnswer, type ProgramOptions } from '../../../src/programs/run-program.ts'
import { suite } from '../../suite.ts'

const test = suite('programs')

const BOUNDS = { seconds: 20, bytes: 1 << 20 }
const shell = (script: string, options: Partial<ProgramOptions> = {}): Promise<ProgramAnswer> =>
  runProgram('sh', ['-c', script], { ...BOUNDS, ...options })

test('words reach it as they are', async () => {
  const words = ['', ' a  b', '$(id)', "it's", '"', '\n', '*', '-n', 'ä']
  const { stdout } = await runProgram('printf', ['%s|', ...words], BOUNDS)
  assert.is(stdout, words.map((word) => `${word}|`).join(''))
})

test('both streams, the exit status, and an environment of its own', async () => {
  const answer = await shell('echo "$WHO"; echo no >&2; exit 3', { env: { ...process.env, WHO: 'me' } })
  assert.equal(answer, { code: 3, stdout: 'me\n', stderr: 'no\n' })
})

test('both streams in one, as they came', async () => {
  const script = 'echo 1; sleep 0.1; echo 2 >&2; sleep 0.1; echo 3'
  assert.equal(await shell(script, { together: true }), { code: 0, stdout: '1\n2\n3\n', stderr: '' })
})

test('it is given input, or none: it does not wait for some', async () => {
  assert.is((await shell('cat', { input: 'ä\0b' })).stdout, 'ä\0b')
  assert.equal(await shell('cat'), { code: 0, stdout: '', stderr: '' })
})

test('it may end before it has read all', async () => {
  assert.is((await shell('exit 0', { input: 'x'.repeat(4 << 20) })).code, 0)
})

test('a letter that comes in two pieces is one', async () => {
  assert.is((await shell("printf '\\303'; sleep 0.1; printf '\\244'")).stdout, 'ä')
})

test('what cannot be started is reported by the code of the system', async () => {
  for (const [program, code] of [
    ['no-such-program', 'ENOENT'],
    ['/etc/passwd', 'EACCES'],
  ] as const) {
    const error = await runProgram(program, [], BOUNDS).catch((reason: unknown) => reason)
    assert.is((error as NodeJS.ErrnoException).code, code)
  }
})

test('one that a signal ends has no exit status', async () => {
  assert.equal(await shell('kill -SEGV $$'), { code: undefined, stdout: '', stderr: '', ended: 'was ended by SIGSEGV' })
})

for (const [what, script] of [
  ['waits', 'exec sleep 30'],
  ['ignores SIGTERM', "trap '' TERM; sleep 30; sleep 30"],
  ['has started one in a session of its own', 'setsid sleep 30 & sleep 30'],
] as const)
  test(`one that takes too long is ended: it ${what}`, async () => {
    const before = Date.now()
    const { ended, stdout } = await shell(`echo so far; ${script}`, { seconds: 0.3 })
    assert.equal([ended, stdout], ['did not end within 0.3 s', 'so far\n'])
    assert.ok(Date.now() - before < 10_000)
  })

test('one that leaves a process behind that holds its output has ended when its time is over', async () => {
  assert.equal(await shell('sleep 30 & echo all; exit 3', { seconds: 0.5 }), { code: 3, stdout: 'all\n', stderr: '' })
})

test('one that takes too long may tidy up', async () => {
  const { ended, stdout } = await shell("trap 'echo tidy; exit 1' TERM; sleep 5 & wait", { seconds: 0.3 })
  assert.equal([ended, stdout], ['did not end within 0.3 s', 'tidy\n'])
})

for (const where of ['', ' >&2'])
  test(`one that says too much is ended, and little of it is kept:${where || ' >&1'}`, async () => {
    const before = process.memoryUsage().rss
    const { ended, code } = await shell(`trap '' TERM; while :; do echo xxxxxxxxxxxxxxxx${where}; done`)
    assert.equal([ended, code], ['said more than 1 MB', undefined])
    assert.ok(process.memoryUsage().rss - before < 100 << 20)
  })

test.run()
