// locale: what is listed, what is generated, and the default, each by itself.
import * as assert from 'uvu/assert'
import { partsAnswer } from '../../../src/core/probe/probe.ts'
import { checkCase } from '../../../src/testing/check-case.ts'
import { planOf } from '../../../src/testing/plan-of.ts'
import { locale, type LocaleState } from '../../../tasks/locale.ts'
import { suite } from '../../suite.ts'
import { absent, folder, link, text, textOf } from './states.ts'

const test = suite('locale')
const args = { locales: ['de_DE.UTF-8'], lang: 'de_DE.UTF-8' }
const fit: LocaleState = {
  installed: true,
  generated: ['de_DE.UTF-8'],
  list: text('# de_DE ISO-8859-1\nde_DE.UTF-8 UTF-8\n'),
  defaults: text('LANG=de_DE.UTF-8\nLC_TIME=C\n'),
  linked: absent,
}
const GENERATE = 'generate de_DE.UTF-8'

test('each of it is changed where it differs, and alone', () => {
  checkCase(locale, { args, now: fit, expect: [] })
  checkCase(locale, { args, now: { ...fit, generated: [] }, expect: [GENERATE] })
  const list = text('# de_DE.UTF-8 UTF-8\nen_GB.UTF-8 UTF-8\n')
  checkCase(locale, { args, now: { ...fit, list }, expect: ['/etc/locale.gen: content'] })
  const plan = planOf(locale(args), { ...fit, list }, {})
  assert.is(plan.kind === 'change' && textOf(plan.then.list), 'de_DE.UTF-8 UTF-8\nen_GB.UTF-8 UTF-8\n')
  const defaults = text('LANG=C\nLC_TIME=C\n')
  checkCase(locale, { args, now: { ...fit, defaults }, expect: ['/etc/default/locale: content'] })
  const set = planOf(locale(args), { ...fit, defaults }, {})
  assert.is(set.kind === 'change' && textOf(set.then.defaults), 'LANG=de_DE.UTF-8\nLC_TIME=C\n')
  checkCase(locale, { args: { locales: args.locales }, now: { ...fit, defaults }, expect: [] })
})

test('where the default is a link, what it leads to is edited', () => {
  const now = { ...fit, defaults: link('../locale.conf'), linked: text('LANG=C\n') }
  checkCase(locale, { args, now, expect: ['/etc/locale.conf: content'] })
})

test('what cannot be generated blocks, and what is always there needs no package', () => {
  const bare = { ...fit, installed: false, generated: [], list: absent, defaults: absent }
  checkCase(locale, { args, now: bare, expect: { blocked: 'install locales with apt' } })
  checkCase(locale, { args: { locales: ['C.UTF-8'] }, now: { ...bare, generated: ['C.UTF-8'] }, expect: [] })
  checkCase(locale, { args, now: { ...fit, list: folder() }, expect: { blocked: 'is a directory' } })
})

test('the answer is read by the names of the C library', () => {
  const { probe } = locale({ locales: ['de_DE.UTF-8', 'C.UTF-8', 'fr_FR.UTF-8'] })
  const file = { code: 0, stdout: JSON.stringify({ parent: 'd', missing: [] }), stderr: '' }
  const read = (stdout: string) => probe.parse(partsAnswer([{ code: 0, stdout, stderr: '' }, file, file, file]))
  assert.equal(read('yes\nde_DE.utf8\n\0end').generated, ['de_DE.UTF-8', 'C.UTF-8'])
  assert.throws(() => read('\0end'), /cannot be asked for/)
})

test('names that are no locales are refused', () => {
  for (const name of ['de', 'de_DE', 'de_DE.utf8', '../x', '-e', 'de_DE.UTF-8\n', "x'y"])
    assert.throws(() => locale({ locales: [name] }), /must be such as de_DE\.UTF-8/, name)
  assert.throws(() => locale({ locales: [] }), /locales is empty/)
  assert.throws(() => locale({ locales: ['de_DE.UTF-8'], lang: 'fr_FR.UTF-8' }), /lang must be one of locales/)
})

test.run()
