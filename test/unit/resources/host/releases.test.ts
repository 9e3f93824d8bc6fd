// The table of Debian releases, and what is reported for a host of none of them.
import * as assert from 'uvu/assert'
import { POSTFIX_INSTANCES, RELEASES, releaseFacts, unknownRelease } from '../../../../src/resources/host/releases.ts'
import { suite } from '../../../suite.ts'

const test = suite('resources/host/releases')

test('each release has another version and another unit of Postfix', () => {
  assert.equal(
    RELEASES.map((release) => releaseFacts(release)),
    [
      { version: '12', postfixUnit: 'postfix@-.service', libopendmarc: 'libopendmarc2' },
      { version: '13', postfixUnit: 'postfix.service', libopendmarc: 'libopendmarc2t64' },
    ],
  )
  assert.equal(POSTFIX_INSTANCES, ['postfix@-.service'])
})

test('of a release that is known nothing is reported', () => {
  assert.is(unknownRelease({ id: 'debian', versionId: '12', codename: 'bookworm' }), undefined)
  assert.is(unknownRelease({ id: 'debian', versionId: '13', codename: 'trixie' }), undefined)
})

for (const [os, name] of [
  [{ id: 'debian', versionId: '14', codename: 'forky' }, 'debian 14 (forky)'],
  [{ id: 'debian', versionId: '11', codename: 'bullseye' }, 'debian 11 (bullseye)'],
  [{ id: 'debian', versionId: '', codename: 'forky' }, 'debian (forky)'],
  [{ id: 'ubuntu', versionId: '24.04', codename: 'noble' }, 'ubuntu 24.04 (noble)'],
  [{ id: 'raspbian', versionId: '12', codename: 'bookworm' }, 'raspbian 12 (bookworm)'],
  [{ id: '', versionId: '', codename: '' }, 'a system that does not say its name'],
  [{ id: 'x'.repeat(5000), versionId: '', codename: '' }, 'x'.repeat(60)],
] as const) {
  test(`${name.slice(0, 40)} is treated as the newest release that is known`, () => {
    const note = `${name} is not tested: it is treated as Debian 13 (mailrun self-test tries it)`
    assert.is(unknownRelease(os), note)
  })
}

test.run()
