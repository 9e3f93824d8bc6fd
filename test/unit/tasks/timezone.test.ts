// timezone: the link and the name, and a zone that is not there.
import * as assert from 'uvu/assert'
import { checkCase } from '../../../src/testing/check-case.ts'
import { timezone } from '../../../tasks/timezone.ts'
import { suite } from '../../suite.ts'
import { absent, folder, link, text } from './states.ts'

const test = suite('timezone')
const args = { timezone: 'Europe/Berlin' }
const zone = text('TZif2')
const LINKS = '/etc/localtime leads to /usr/share/zoneinfo/Europe/Berlin'

test('link and name are changed, each where it differs', () => {
  const fit = link('/usr/share/zoneinfo/Europe/Berlin')
  const utc = link('/usr/share/zoneinfo/Etc/UTC')
  checkCase(timezone, { args, now: { link: utc, name: text('Etc/UTC\n'), zone }, expect: [LINKS, '/etc/timezone'] })
  checkCase(timezone, { args, now: { link: fit, name: text('Etc/UTC\n'), zone }, expect: ['/etc/timezone'] })
  checkCase(timezone, { args, now: { link: absent, name: text('Europe/Berlin\n'), zone }, expect: [LINKS] })
  checkCase(timezone, { args, now: { link: fit, name: text('Europe/Berlin\n'), zone }, expect: [] })
})

test('the relative link of timedatectl(1) is the same, and no name is written where there is none', () => {
  const relative = link('../usr/share/zoneinfo/Europe/Berlin')
  checkCase(timezone, { args, now: { link: relative, name: absent, zone }, expect: [] })
})

test('a zone that is not there, and a directory in the way, block', () => {
  const none = { link: absent, name: absent, zone: absent }
  checkCase(timezone, { args, now: none, expect: { blocked: 'install tzdata' } })
  checkCase(timezone, { args, now: { ...none, zone: folder() }, expect: { blocked: 'install tzdata' } })
  checkCase(timezone, { args, now: { ...none, zone, link: folder() }, expect: { blocked: 'is a directory' } })
})

test('what is no zone is refused', () => {
  for (const name of ['', '../passwd', 'Europe/../x', '/etc/passwd', 'a b', 'x\n', 'Europe//Berlin', 'a/b/c/d', '-x'])
    assert.throws(() => timezone({ timezone: name }), /timezone must be such as/, JSON.stringify(name))
  for (const name of ['UTC', 'Etc/GMT+1', 'America/Argentina/Buenos_Aires', 'America/Port-au-Prince'])
    assert.is(timezone({ timezone: name }).name, name)
})

test.run()
