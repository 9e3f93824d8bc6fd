// unarchive: the stamp decides; what is of no archive is not replaced.
import { createHash } from 'node:crypto'
import * as assert from 'uvu/assert'
import { UNKNOWN } from '../../../src/core/unknown.ts'
import type { PathState } from '../../../src/resources/files/path.ts'
import { checkCase } from '../../../src/testing/check-case.ts'
import { planOf } from '../../../src/testing/plan-of.ts'
import { unarchive, type UnarchiveState } from '../../../tasks/unarchive.ts'
import { suite } from '../../suite.ts'
import { absent, folder, link, text } from './states.ts'

const test = suite('unarchive')
const sources = { 'x.tar': 'bytes' }
const sha256 = createHash('sha256').update('bytes').digest('hex')
const args = { src: 'x.tar', dest: '/srv/x' } as const
const none = { ...absent, parent: 'absent' } as const
const nothing: UnarchiveState = { dest: absent, stamp: none, holds: 'absent' }
const stamped = (stamp: string): UnarchiveState => ({ dest: folder(), stamp: text(stamp), holds: 'full' })
const fit = `${sha256} strip=0 owner=root group=root\n`

test('nothing is done while the stamp is right, whatever else is there', () => {
  checkCase(unarchive, { args, sources, now: stamped(fit), expect: [] })
  checkCase(unarchive, { args, sources, now: { ...stamped(fit), dest: folder('mail', '0700') }, expect: [] })
})

test('another archive, strip, owner or group replaces what is there', () => {
  const again = ['unpack, in the place of another']
  checkCase(unarchive, { args, sources: { 'x.tar': 'other' }, now: stamped(fit), expect: again })
  checkCase(unarchive, { args: { ...args, strip: 1 }, sources, now: stamped(fit), expect: again })
  checkCase(unarchive, { args: { ...args, owner: 'mail' }, sources, now: stamped(fit), expect: again })
  checkCase(unarchive, { args: { ...args, group: 'mail' }, sources, now: stamped(fit), expect: again })
})

test('where nothing is, and in an empty directory, it is unpacked as a new one', () => {
  for (const now of [nothing, { ...nothing, dest: folder(), holds: 'empty' } as const]) {
    checkCase(unarchive, { args, sources, now, expect: ['unpack'] })
    const plan = planOf(unarchive(args), now, sources)
    assert.match(plan.kind === 'change' ? plan.changes[0]!.apply.text : '', /'?new=1'?/)
  }
  const plan = planOf(unarchive(args), stamped('another'), sources)
  assert.not.match(plan.kind === 'change' ? plan.changes[0]!.apply.text : '', /new=1/)
})

test('files of no archive, and what is no directory, block', () => {
  const blocked = (now: UnarchiveState, why: string): void =>
    checkCase(unarchive, { args, sources, now, expect: { blocked: why } })
  blocked({ dest: folder(), stamp: absent, holds: 'full' }, 'holds files of no archive')
  blocked({ ...nothing, dest: text('x') }, 'is a file')
  blocked({ ...nothing, dest: link('/srv/y') }, 'symbolic link')
  blocked({ ...nothing, dest: { ...absent, parent: 'absent' } }, 'make it with directory')
  blocked({ ...nothing, dest: { ...absent, missing: ['user vmail'] } }, 'there is no user vmail')
})

test('an archive of the host must be there, unless it is unpacked already', () => {
  const given = { path: '/srv/x.tar', sha256: sha256.toUpperCase(), dest: '/srv/x' } as const
  checkCase(unarchive, {
    args: given,
    now: { ...nothing, archive: absent },
    expect: { blocked: 'bring it with download' },
  })
  checkCase(unarchive, { args: given, now: { ...nothing, archive: text('bytes') }, expect: ['unpack'] })
  checkCase(unarchive, { args: given, now: { ...stamped(fit), archive: absent }, expect: [] })
})

test('an archive of the host that is another one blocks, as far as that is known', () => {
  const given = { path: '/srv/x.tar', sha256, dest: '/srv/x' } as const
  const other = text('other')
  checkCase(unarchive, {
    args: given,
    now: { ...nothing, archive: other },
    expect: { blocked: 'has the SHA-256 d9298a' },
  })
  checkCase(unarchive, { args: given, now: { ...stamped(fit), archive: other }, expect: [] })
  assert.is(other.is.kind, 'file')
  const unknown = { ...other, is: { ...other.is, sha256: UNKNOWN } } as PathState
  checkCase(unarchive, { args: given, now: { ...nothing, archive: unknown }, expect: ['unpack'] })
  assert.match(unarchive(given).probe.key, /x\.tar\\*",\\*"wanted\\*":\\*"digest/)
})

test('what is copied of an archive of the host has a limit', () => {
  const given = { path: '/srv/x.tar', sha256, dest: '/srv/x', maxBytes: 4711 } as const
  const plan = planOf(unarchive(given), { ...nothing, archive: text('bytes') }, {})
  assert.match(plan.kind === 'change' ? plan.changes[0]!.apply.text : '', / copy .*\bmost=4711\b/)
})

test('what is below dest is its own', () => {
  assert.equal(unarchive(args).owns, ['content:/srv/x', 'directory:/srv/x', 'tree:/srv/x'])
})

test('what a change has verified is what is unpacked', () => {
  const given = { path: '/srv/x.tar', sha256, dest: '/srv/x' } as const
  const plan = planOf(unarchive(given), { ...nothing, archive: text('bytes') }, {})
  const script = plan.kind === 'change' ? plan.changes[0]!.apply.text : ''
  const [, staged] = /source=(\/var\/cache\/mailrun\/\S+?)'? /.exec(script.slice(script.indexOf(' unpack '))) ?? []
  assert.ok(staged)
  assert.ok(script.includes(`sha256sum < ${staged}`) && script.includes(sha256))
})

test('its facts tell nothing of what is below, so that others wait', () => {
  assert.equal(unarchive(args).probe.facts(stamped(fit)), [])
})

test('arguments that do not go together, or lead elsewhere, are refused', () => {
  const refused = (given: object, message: RegExp): void => assert.throws(() => unarchive(given as never), message)
  refused({ dest: '/srv/x' }, /src is wanted, or path and sha256/)
  refused({ dest: '/srv/x', path: '/x' }, /src is wanted, or path and sha256/)
  refused({ ...args, path: '/x', sha256 }, /not both/)
  refused({ dest: '/srv/x', path: 'x', sha256 }, /absolute path/)
  refused({ dest: '/srv/x', path: '/x', sha256: 'x' }, /64 hexadecimal digits/)
  refused({ ...args, dest: '/' }, /refuses to replace \//)
  refused({ ...args, dest: '/srv/../etc' }, /must not hold/)
  for (const strip of [-1, 0.5, 101]) refused({ ...args, strip }, /strip must be/)
  for (const maxBytes of [0, -1, 2 ** 60]) refused({ ...args, maxBytes }, /maxBytes must be/)
  refused({ ...args, maxFiles: 0 }, /maxFiles must be/)
})

test.run()
