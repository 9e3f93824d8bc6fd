// The question about paths, over a real shell on this machine.
import { execFileSync, spawnSync } from 'node:child_process'
import { chmodSync, chownSync, mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { localConnect } from '../../../../src/ssh/local.ts'
import { makeTrip, newMark } from '../../../../src/engine/trip/make-trip.ts'
import { pathFamily, pathItem, SHOWN_BYTES, type PathAnswer } from '../../../../src/resources/files/path-family.ts'
import { pathProbe } from '../../../../src/resources/files/path.ts'
import { suite } from '../../../suite.ts'

const test = suite('paths')

const asked = (items: readonly string[]): string => pathFamily.script(items).text

test('equal questions of many hosts are one value, and no others', () => {
  const question = { path: '/etc/motd', wanted: 'shown', owner: 'opendkim' } as const
  assert.is(pathProbe({ ...question }), pathProbe({ ...question }))
  for (const other of [
    { path: '/etc/issue' },
    { wanted: 'digest' },
    { owner: 'mail' },
    { owner: undefined, group: 'root' },
  ] as const)
    assert.is.not(pathProbe({ ...question, ...other }), pathProbe(question))
  // However many there were meanwhile.
  const keys = new Set(
    Array.from({ length: 10_000 }, (_, index) => pathProbe({ path: `/srv/${index}`, wanted: 'nothing' }).key),
  )
  assert.is(keys.size, 10_000)
  assert.is(pathProbe({ path: '/srv/1', wanted: 'nothing' }).key, pathProbe({ path: '/srv/1', wanted: 'nothing' }).key)
})

test('a path that cannot be looked at is reported by itself, the others are answered', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'mailrun-path-'))
  symlinkSync('loop', join(dir, 'loop'))
  writeFileSync(join(dir, 'file'), 'x')
  const [looped, good] = [
    pathProbe({ path: join(dir, 'loop/x'), wanted: 'shown' }),
    pathProbe({ path: join(dir, 'file'), wanted: 'shown' }),
  ]
  const connection = await localConnect({})
  const never = new AbortController().signal
  const outcome = await makeTrip(
    connection,
    {
      mark: newMark(),
      steps: [],
      after: undefined,
      probes: [looped, good],
      questionsSeconds: 60,
      holder: undefined,
      lockSeconds: 1,
      beginSeconds: undefined,
      interrupt: never,
      abandon: never,
    },
    { waiting: () => {}, started: () => {}, progress: () => {}, done: () => {} },
  )
  connection.close()
  if (outcome.kind !== 'asked') throw new Error(outcome.kind)
  const answer = outcome.asked(looped)
  assert.match(
    'error' in answer ? answer.error : '',
    /loop\/x cannot be looked at: .*Too many levels of symbolic links/,
  )
  assert.ok('state' in outcome.asked(good))
})

test('a file that changes while it is read is reported by itself, whatever stands beside it', () => {
  const dir = mkdtempSync(join(tmpdir(), 'mailrun-path-'))
  const items = ['a', 'b', 'c'].map((name) => {
    writeFileSync(join(dir, name), `content of ${name}`)
    return pathItem({ path: join(dir, name), wanted: name === 'b' ? 'needed' : 'shown' })
  })
  const stdout = execFileSync('sh', ['-c', asked(items)], { encoding: 'latin1' })
  const reported = (printed: string): readonly PathAnswer[] =>
    pathFamily
      .split({ code: 0, stdout: printed, stderr: '' }, items)
      .map((part) => JSON.parse(part.stdout) as PathAnswer)
  assert.equal(
    reported(stdout).map(({ content, problem }) => content ?? problem),
    ['content of a', 'content of b', 'content of c'],
  )
  for (const name of ['a', 'b', 'c']) {
    assert.equal(
      reported(stdout.replace(`content of ${name}`, 'content of X')).map(({ content, problem }) => problem ?? content),
      ['a', 'b', 'c'].map((each) =>
        each === name ? `${join(dir, name)} changed while it was read` : `content of ${each}`,
      ),
    )
  }
})

test('many files are reported for, each with its own content, and a large one with its digest alone', () => {
  const dir = mkdtempSync(join(tmpdir(), 'mailrun-path-'))
  const names = Array.from({ length: 450 }, (_, index) => `f${index}`)
  for (const name of names) writeFileSync(join(dir, name), name === 'f7' ? 'x'.repeat(SHOWN_BYTES + 1) : `${name}\n`)
  const items = names.map((name) => pathItem({ path: join(dir, name), wanted: 'shown' }))
  const stdout = execFileSync('sh', ['-c', asked(items)], { encoding: 'latin1' })
  const reported = pathFamily
    .split({ code: 0, stdout, stderr: '' }, items)
    .map((part) => JSON.parse(part.stdout) as PathAnswer)
  assert.equal(
    reported.map(({ content }) => content),
    names.map((name) => (name === 'f7' ? undefined : `${name}\n`)),
  )
  assert.ok(reported.every(({ sha256 }) => sha256?.length === 64))
})

const asRoot = process.getuid?.() === 0 ? test : test.skip
asRoot('no link of others is read through, and no FIFO hangs', () => {
  const dir = mkdtempSync(join(tmpdir(), 'mailrun-path-'))
  for (const name of ['etc', 'home']) mkdirSync(join(dir, name))
  chmodSync(dir, 0o755)
  writeFileSync(join(dir, 'etc/shadow'), 'secret')
  symlinkSync('../etc', join(dir, 'home/dir'))
  execFileSync('mkfifo', [join(dir, 'home/fifo')])
  chownSync(join(dir, 'home'), 65_534, 65_534)
  const paths = ['home/dir/shadow', 'home/fifo', 'etc/shadow'].map((name) => join(dir, name))
  const items = paths.map((path) => pathItem({ path, wanted: 'shown' }))
  const { stdout, stderr } = spawnSync('sh', ['-c', asked(items)], {
    encoding: 'latin1',
    timeout: 20_000,
  })
  const reported = pathFamily
    .split({ code: 0, stdout, stderr }, items)
    .map((part) => JSON.parse(part.stdout) as PathAnswer)
  assert.match(
    reported[0]!.problem ?? '',
    /dir\/shadow cannot be looked at: .*is a symbolic link, and nobody can write/,
  )
  assert.equal(
    reported.map(({ sha256, content }) => [sha256 === undefined, content]),
    [
      [true, undefined],
      [true, undefined],
      [false, 'secret'],
    ],
  )
})

test.run()
