// The question about paths, over a real shell on this machine.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { localConnect } from '../../../src/connection/local.ts'
import { makeTrip, newMark } from '../../../src/engine/make-trip.ts'
import { pathFamily, pathItem, type PathTold } from '../../../src/probes/path-family.ts'
import { pathProbe } from '../../../src/probes/path.ts'
import { suite } from '../../suite.ts'

const test = suite('paths')

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

test('a path that cannot be looked at is told of by itself, the others are answered', async () => {
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

test('a file that changes while it is read is told of by itself, whatever stands beside it', () => {
  const dir = mkdtempSync(join(tmpdir(), 'mailrun-path-'))
  const items = ['a', 'b', 'c'].map((name) => {
    writeFileSync(join(dir, name), `content of ${name}`)
    return pathItem({ path: join(dir, name), wanted: name === 'b' ? 'needed' : 'shown' })
  })
  const stdout = execFileSync('sh', ['-c', pathFamily.script(items).text], { encoding: 'latin1' })
  const told = (printed: string): readonly PathTold[] =>
    pathFamily.split({ code: 0, stdout: printed, stderr: '' }, items).map((part) => JSON.parse(part.stdout) as PathTold)
  assert.equal(
    told(stdout).map(({ content, problem }) => content ?? problem),
    ['content of a', 'content of b', 'content of c'],
  )
  for (const name of ['a', 'b', 'c']) {
    for (const now of ['', 'x', `more, and content of ${name}, and more`, 'content of X']) {
      assert.equal(
        told(stdout.replace(`content of ${name}`, now)).map(({ content, problem }) => problem ?? content),
        ['a', 'b', 'c'].map((each) =>
          each === name ? `${join(dir, name)} changed while it was read` : `content of ${each}`,
        ),
        `${name}: ${now}`,
      )
    }
    // As it was when its digest was made.
    assert.equal(
      told(stdout.replace(`content of ${name}`, `content of ${name}, and more`)).map(({ content }) => content),
      ['a', 'b', 'c'].map((each) => `content of ${each}`),
    )
  }
})

test.run()
