// Files, directories and links on what a host answers:
// numbers as owners, bits that chown clears, directories above, what is there already.
import * as assert from 'uvu/assert'
import type { PathFact } from '../../../src/core/task/fact.ts'
import { pathProbe, type PathState } from '../../../src/resources/files/path.ts'
import { ownershipProbe } from '../../../src/resources/files/ownership.ts'
import { checkCase } from '../../../src/testing/check-case.ts'
import { planOf } from '../../../src/testing/plan-of.ts'
import { directory } from '../../../tasks/directory.ts'
import { file } from '../../../tasks/file.ts'
import { owner } from '../../../tasks/owner.ts'
import { symlink } from '../../../tasks/symlink.ts'
import { suite } from '../../suite.ts'

const test = suite('paths')
const there = (is: PathFact, names?: PathState['names']): PathState => ({
  is,
  parent: 'directory',
  missing: [],
  ...(names ? { names } : {}),
})
const fileOf = (mode: string, account = 'root'): PathFact => ({
  kind: 'file',
  owner: account,
  group: account,
  mode,
  sha256: 'x',
  mtime: '1',
})

test('a number is reported by its name, and compared so', () => {
  const probe = pathProbe({ path: '/a', wanted: 'nothing', owner: '8', group: '4321' })
  if (!('family' in probe.question)) throw new Error('paths are a family')
  const { family, item } = probe.question
  const stdout =
    'd\0/a\0f\0mail\x004321\x00644\x001.0000000000\x000\0\0' + 'FILES\0USERS\0mail:x:8:8::/:/bin/sh\n\0GROUPS\0\0\0end'
  const now = probe.parse(family.split({ code: 0, stdout, stderr: '' }, [item])[0]!)
  assert.equal([now.names, now.missing], [{ owner: 'mail', group: '4321' }, []])
  checkCase(file, { args: { path: '/a', owner: '8', group: '4321' }, now, expect: [] })
  checkCase(file, { args: { path: '/a', owner: '0' }, now: there(fileOf('0644'), { owner: 'root' }), expect: [] })
  checkCase(directory, {
    args: { path: '/a', owner: '8' },
    now: there({ kind: 'directory', owner: 'root', group: 'root', mode: '0755' }, { owner: 'mail' }),
    expect: ['owner root → mail'],
  })
})

test('a file of a foreseen owner, where another is wanted by number', () => {
  const deviating = (wanted: string, answerTo: string) =>
    ownershipProbe({ path: '/a', owner: wanted, group: undefined, recursive: false }).foresee(
      { there: false, deviating: [], more: false, missing: [], names: { owner: wanted === '0' ? 'root' : 'mail' } },
      { resource: 'path:/a', value: fileOf('0644', answerTo) },
    )?.deviating
  assert.equal(
    [deviating('0', 'root'), deviating('0', 'mail'), deviating('8', 'root'), deviating('8', 'mail')],
    [[], ['/a'], ['/a'], []],
  )
})

test('setuid and setgid bits outlast a change of owner', () => {
  const now = there(fileOf('4755'))
  const args = { path: '/a', owner: 'daemon' }
  checkCase(file, { args, now, expect: ['owner root → daemon'] })
  const plan = planOf(file(args), now, {})
  assert.ok(plan.kind === 'change' && plan.then.is.kind === 'file')
  assert.is(plan.then.is.mode, '4755')
  assert.ok(plan.changes[0]!.apply.text.includes(' strict=1'))
  const plain = planOf(file(args), there(fileOf('0755')), {})
  assert.ok(plain.kind === 'change' && !plain.changes[0]!.apply.text.includes('strict'))
})

test('chown touches only what deviates', () => {
  checkCase(owner, {
    args: { path: '/a', owner: 'daemon', recursive: true },
    now: { there: true, deviating: ['/a/b'], more: false, missing: [] },
    expect: ['chown daemon: /a/b'],
  })
})

test('directories above are made where they lack, and foreseen', () => {
  const above = [
    there({ kind: 'directory', owner: 'root', group: 'root', mode: '0755' }),
    there({ kind: 'absent' }),
    { ...there({ kind: 'absent' }), parent: 'absent' as const },
  ]
  const now = { is: { kind: 'absent' }, parent: 'absent', missing: [], above } as const
  const args = { path: '/srv/a/b/c', parents: true } as const
  checkCase(directory, { args, now, expect: ['create, and above it /srv/a, /srv/a/b'] })
  const plan = planOf(directory(args), now, {})
  assert.equal(
    plan.kind === 'change' &&
      directory(args)
        .probe.facts(plan.then)
        .map(({ resource }) => resource),
    ['path:/srv/a/b/c', 'path:/srv', 'path:/srv/a', 'path:/srv/a/b'],
  )
  checkCase(directory, {
    args: { path: '/srv/a/b/c' },
    now: { is: { kind: 'absent' }, parent: 'absent', missing: [] },
    expect: { blocked: 'or say parents: true' },
  })
  checkCase(directory, {
    args,
    now: { ...now, above: [above[0]!, { ...above[1]!, parent: 'other' }, above[2]!] },
    expect: { blocked: 'what is above /srv/a/b/c is not a directory' },
  })
  assert.throws(
    () => directory({ path: '/a', parents: true, state: 'absent' }),
    /parents does not go with state: absent/,
  )
})

test('a link takes the place of anything but a directory, when asked to', () => {
  checkCase(symlink, {
    args: { path: '/a', target: 'b', force: true },
    now: there({ kind: 'other' }),
    expect: ['special file → link to b'],
  })
  checkCase(symlink, {
    args: { path: '/a', target: 'b' },
    now: there({ kind: 'other' }),
    expect: { blocked: 'force: true puts the link in its place' },
  })
  checkCase(symlink, {
    args: { path: '/a', target: 'b', force: true },
    now: there({ kind: 'directory', owner: 'root', group: 'root', mode: '0755' }),
    expect: { blocked: '/a is a directory' },
  })
})

test('file takes validate and backup with a content, only', () => {
  const plan = planOf(
    file({ path: '/a', content: 'x', validate: ['visudo', '-cf', '%s'], backup: true }),
    there(fileOf('0644')),
    {},
  )
  assert.match(
    plan.kind === 'change' ? plan.changes[0]!.apply.text : '',
    / put \/a backup=\/a\.mailrun-backup -- visudo -cf %s /,
  )
  assert.throws(() => file({ path: '/a', content: 'x', validate: ['true'] }), /validate must name the new file by %s/)
  assert.throws(
    () => (file as (args: object) => unknown)({ path: '/a', backup: true }),
    /validate and backup go with content or source/,
  )
})

test.run()
