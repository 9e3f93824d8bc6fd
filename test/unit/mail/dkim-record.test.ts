// DKIM key records: written and read back, compared by their keys, looked at; ADSP on request.
import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import * as assert from 'uvu/assert'
import { lintAdspSet, parseAdsp, renderAdsp } from '../../../src/mail/records/adsp.ts'
import { publicKeyOf, sameDkimKey } from '../../../src/mail/records/dkim/key.ts'
import { lintDkim, lintDkimSet } from '../../../src/mail/records/dkim/lint.ts'
import {
  dkimValue,
  parseDkim,
  renderDkim,
  REVOKED_DKIM,
  type DkimKeyRecord,
} from '../../../src/mail/records/dkim/record.ts'
import type { MailRecord } from '../../../src/mail/records/dns-record.ts'
import { serves, supersedes } from '../../../src/mail/records/served-record.ts'
import { suite } from '../../suite.ts'
import { dice } from './words.ts'

const test = suite('dkim record')
const rsa = (bits: number): KeyObject => generateKeyPairSync('rsa', { modulusLength: bits }).publicKey
const der = (key: KeyObject, type: 'spki' | 'pkcs1'): string =>
  key.export({ format: 'der', type: type as 'spki' }).toString('base64')
const key = rsa(2048)
const ed25519 = generateKeyPairSync('ed25519').publicKey

test('what is written is read back, with all tags', () => {
  const roll = dice(7)
  const maybe = <Value>(value: Value): Value | undefined => (roll.below(2) === 0 ? value : undefined)
  for (let round = 0; round < 500; round += 1) {
    const given = {
      h: maybe(['sha256']),
      k: maybe(roll.pick(['rsa', 'ed25519'])),
      n: maybe('a note = with "quotes"'),
      p: roll.pick(['', der(key, 'spki'), 'AAAA', 'AA==']),
      s: maybe(['email', '*']),
      t: maybe(roll.pick([['y'], ['y', 's']])),
      others: maybe([['zz', 'a=b']] as const),
    }
    const record = Object.fromEntries(
      Object.entries(given).filter(([, value]) => value !== undefined),
    ) as unknown as DkimKeyRecord
    assert.equal(parseDkim(renderDkim(record)), record)
  }
})

test('blanks and folds are no part of a record, and v may be missing', () => {
  assert.equal(parseDkim(' v = DKIM1 ;\tk=rsa; p=AA\r\n AA ; '), { k: 'rsa', p: 'AAAA' })
  assert.equal(parseDkim('p='), { p: '' })
})

for (const [text, problem] of [
  ['', 'has no p='],
  ['v=DKIM1', 'has no p='],
  ['v=DKIM1; p=A', 'is no base64'],
  ['v=DKIM1; p=AAAA; p=AAAA', 'is there twice'],
  ['k=rsa; v=DKIM1; p=', 'is not v=DKIM1 at the beginning'],
  ['v=DKIM2; p=', 'is not v=DKIM1'],
  ['v=DKIM1; p', 'is no tag'],
  ['v=DKIM1;; p=', 'is no tag'],
  ['v=DKIM1; p="AAAA"', 'is no base64'],
] as const) {
  test(`${JSON.stringify(text)} is refused`, () =>
    assert.throws(
      () => parseDkim(text),
      (error: Error) => error.message.startsWith('DKIM record: ') && error.message.includes(problem),
    ))
}

test('a key becomes a record of its own type', () => {
  assert.is(dkimValue(der(key, 'spki')), `v=DKIM1; h=sha256; k=rsa; p=${der(key, 'spki')}`)
  const record = parseDkim(dkimValue(der(ed25519, 'spki')))
  assert.is(record.k, 'ed25519')
  assert.is(Buffer.from(record.p, 'base64').length, 32)
  assert.is(publicKeyOf(record), der(ed25519, 'spki'))
})

test('keys are compared, not texts', () => {
  const ours = parseDkim(dkimValue(der(key, 'spki')))
  assert.ok(sameDkimKey(ours, parseDkim(`p=${der(key, 'pkcs1').replace(/(.{60})/g, '$1 ')}`)))
  assert.not(sameDkimKey(ours, parseDkim(dkimValue(der(rsa(1024), 'spki')))))
  assert.not(sameDkimKey(ours, parseDkim(REVOKED_DKIM)))
  assert.ok(sameDkimKey(parseDkim('p='), parseDkim(REVOKED_DKIM)))
  assert.not(sameDkimKey(parseDkim('p=AAAA'), parseDkim('p=AAAA')), 'what is no key is no key twice')
})

test('what is weak, wrong or only a test is reported', () => {
  const ids = (text: string): readonly string[] => lintDkim(parseDkim(text)).map(({ id }) => id)
  assert.equal(ids(dkimValue(der(key, 'spki'))), [])
  assert.equal(ids(dkimValue(der(ed25519, 'spki'))), [])
  assert.equal(ids(REVOKED_DKIM), ['dkim-revoked'])
  assert.equal(ids(`v=DKIM1; t=y:s; h=sha1; s=tlsrpt; p=${der(rsa(1024), 'spki')}`), [
    'dkim-short-key',
    'dkim-test-mode',
    'dkim-hash',
    'dkim-service',
  ])
  assert.equal(ids(`v=DKIM1; p=${der(rsa(512), 'spki')}`), ['dkim-weak-key'])
  assert.equal(ids(`v=DKIM1; p=${der(rsa(4096), 'spki')}`), ['dkim-long-key'])
  assert.equal(ids(`v=DKIM1; k=dsa; p=AAAA`), ['dkim-key-type'])
  assert.equal(ids(`v=DKIM1; p=${der(key, 'spki').slice(0, 200)}`), ['dkim-bad-key'])
  assert.equal(ids(`v=DKIM1; k=rsa; p=${der(ed25519, 'spki')}`), ['dkim-bad-key'])
  assert.equal(ids(`v=DKIM1; k=ed25519; p=${der(key, 'spki')}`), ['dkim-bad-key'])
})

test('one record a selector: none, two and a bad one are reported', () => {
  const ids = (txt: readonly string[]): readonly string[] => lintDkimSet(txt).map(({ id }) => id)
  assert.equal(ids([]), ['dkim-none'])
  assert.equal(ids(['v=DKIM1; p=', 'v=DKIM1; p=']), ['dkim-many'])
  assert.equal(ids(['v=DKIM1; p=?']), ['dkim-syntax'])
  assert.equal(ids([dkimValue(der(key, 'spki'))]), [])
})

const wanted = (purpose: MailRecord['purpose'], value: string): MailRecord => ({
  name: 'x',
  type: 'TXT',
  ttl: 60,
  value,
  purpose,
  domain: 'x',
  publishedBy: 'fleet',
  why: [],
})
test('a key that is served counts however it is written, but not in test mode; others count by their text', () => {
  const record = wanted('dkim', dkimValue(der(key, 'spki')))
  assert.ok(serves(record, `k=rsa;p=${der(key, 'pkcs1')}`))
  assert.not(serves(record, `v=DKIM1; t=y; p=${der(key, 'spki')}`))
  assert.not(serves(record, `v=DKIM1; h=sha1; p=${der(key, 'spki')}`))
  assert.not(serves(record, REVOKED_DKIM))
  assert.not(serves(record, 'junk'))
  assert.ok(serves(wanted('dkim', REVOKED_DKIM), 'v=DKIM1;p='))
  assert.not(serves(wanted('spf', 'v=spf1 -all'), 'v=spf1 ~all'))
})

test('a record takes the place of its own kind alone', () => {
  assert.ok(supersedes(wanted('spf', ''), 'V=SPF1 a'))
  assert.not(supersedes(wanted('spf', ''), 'google-site-verification=x'))
  assert.ok(supersedes(wanted('dmarc', ''), 'v=dmarc1; p=none'))
  assert.not(supersedes(wanted('dmarc', ''), 'v=spf1 -all'))
  assert.ok(supersedes(wanted('dkim', ''), 'junk'))
})

test('ADSP', () => {
  for (const practice of ['unknown', 'all', 'discardable'] as const)
    assert.is(parseAdsp(renderAdsp(practice)), practice)
  for (const wrong of ['', 'dkim=none', 'v=DMARC1', 'dkim']) assert.throws(() => parseAdsp(wrong), /ADSP record/)
  assert.equal(
    lintAdspSet(['dkim=unknown']).map(({ id }) => id),
    ['legacy-adsp'],
  )
  assert.equal(lintAdspSet([]), [])
})

test.run()
