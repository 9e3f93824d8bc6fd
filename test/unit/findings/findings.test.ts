// Kinds and rules of findings: what a kind says once, what a finding may say otherwise, and which supersedes which.
import * as assert from 'uvu/assert'
import { catalogueOf } from '../../../src/findings/catalogue.ts'
import type { Finding } from '../../../src/findings/finding.ts'
import { findAll, findingOf, findingsIn, foundIf, kindsOf, rule } from '../../../src/findings/rule.ts'
import { byLive, byRecord, isSuperseded, type Superseding } from '../../../src/findings/superseded.ts'
import { suite } from '../../suite.ts'

const test = suite('findings')

const tooLong = rule({
  id: 'too-long',
  check: 'spf',
  severity: 'warning',
  means: 'It is long.',
  remedy: 'shorten it',
  find: (text: string) => foundIf(text.length > 3, { message: `${text.length} characters`, found: text }),
})
const empty = rule({ ...tooLong, id: 'empty', find: (text: string) => foundIf(text === '', { message: 'nothing' }) })

test('a rule says severity, check and remedy once, for all that it finds', () => {
  assert.equal(findAll([tooLong, empty], 'long'), [
    {
      id: 'too-long',
      severity: 'warning',
      check: 'spf',
      message: '4 characters',
      found: 'long',
      remedy: 'shorten it',
      subject: {},
    },
  ])
  assert.equal(
    findAll([tooLong, empty], '').map(({ id }) => id),
    ['empty'],
  )
  assert.equal(findAll([tooLong, empty], 'abc'), [])
})

test('a finding may say another severity, check or remedy', () => {
  const { severity, check, remedy } = findingOf(tooLong, {
    message: 'x',
    severity: 'note',
    check: 'dkim',
    remedy: 'leave it',
  })
  assert.equal([severity, check, remedy], ['note', 'dkim', 'leave it'])
})

test('kinds that no rule finds have their ids and their check from where they stand', () => {
  const kinds = kindsOf('names', { 'no-name': { severity: 'error', means: 'It has none.', remedy: 'give it one' } })
  assert.equal(kinds['no-name'].id, 'no-name')
  const { id, check, severity, remedy } = findingsIn(kinds)('no-name', 'it has no name')
  assert.equal([id, check, severity, remedy], ['no-name', 'names', 'error', 'give it one'])
})

test('a catalogue has each id once, and knows no other', () => {
  const catalogue = catalogueOf([tooLong, empty, { ...tooLong, find: () => [] }])
  assert.equal(catalogue.ids, ['too-long', 'empty'])
  assert.ok(catalogue.has('empty'))
  assert.not(catalogue.has('toString'))
  assert.is(catalogue.kindOf('empty').means, 'It is long.')
})

const on = (id: string, subject: Finding['subject'], more: Partial<Finding> = {}): Finding => ({
  ...findingOf(tooLong, { message: id, subject }),
  ...more,
  id,
})
const is = (finding: Finding, by: Superseding, live: readonly Finding[], dns: readonly Finding[] = []): boolean =>
  isSuperseded(finding, [by], { live, dns })
const RECORD = 'mx1._domainkey.example.org'

test('one cause is reported once: by a finding on the same record, domain or column', () => {
  const missing = on('record-missing', { domain: 'example.org', record: RECORD })
  const byKey = byLive('record', ['no-key'])
  assert.ok(is(missing, byKey, [on('no-key', { host: 'mx1', record: RECORD })]))
  assert.not(is(missing, byKey, [on('no-key', { host: 'mx1', record: 'mx2._domainkey.example.org' })]))
  assert.not(is(missing, byKey, [on('many-keys', { host: 'mx1', record: RECORD })]), 'another id')
  assert.not(is(missing, byKey, [], [on('no-key', { record: RECORD })]), 'seen on a record, not live')

  const inColumn = byLive('column', ['spf-none'])
  assert.ok(is(missing, inColumn, [on('spf-none', { domain: 'example.org' })]))
  assert.not(is(missing, inColumn, [on('spf-none', { domain: 'example.org' }, { check: 'dmarc' })]))
  assert.ok(is(missing, byLive('domain', ['x']), [on('x', { domain: 'example.org' }, { check: 'dmarc' })]))

  const whole = byRecord('whole domain', ['record-missing'])
  assert.ok(is(missing, whole, [], [on('record-missing', { domain: 'example.org' })]))
  assert.not(is(missing, whole, [], [missing]), 'not by itself')
})

test('of records that are there for something, a finding is superseded only where that is said', () => {
  const subject = { domain: 'example.org', record: 'mx1.example.org' }
  const helo = on('record-missing', subject, { purpose: 'spf-helo' })
  const byBounces = byLive('nothing', ['bounces-unauthenticated'], 'spf-helo')
  const bounces = on('bounces-unauthenticated', { host: 'mx1' })
  assert.ok(is(helo, byBounces, [bounces]))
  assert.not(is({ ...helo, purpose: 'spf' }, byBounces, [bounces]))
  assert.ok(is(helo, byLive('name', ['spf-none'], 'spf-helo'), [on('spf-none', { domain: 'mx1.example.org' })]))
  assert.not(isSuperseded(helo, undefined, { live: [bounces], dns: [] }))
})

test.run()
