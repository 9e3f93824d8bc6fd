// Domain names and selectors: which are taken, and how they are written.
import * as assert from 'uvu/assert'
import { milterOf } from '../../../src/resources/milters/endpoint.ts'
import { isSelector, mailDomain } from '../../../src/mail/names/names.ts'
import { suite } from '../../suite.ts'

const test = suite('mail names')

test('domains come out in lower case and A-labels', () => {
  assert.is(mailDomain('Example.ORG'), 'example.org')
  assert.is(mailDomain('bücher.example'), 'xn--bcher-kva.example')
  assert.is(mailDomain('xn--bcher-kva.example'), 'xn--bcher-kva.example')
  assert.is(mailDomain('a-b.c1.example'), 'a-b.c1.example')
})

for (const wrong of [
  '',
  'localhost',
  'a b.example',
  "it's.example",
  '$(id).example',
  '`id`.example',
  'a\nb.example',
  '-x.example',
  'x-.example',
  'a..example',
  '.example',
  'example.',
  'a/b.example',
  '../etc.example',
  'a:b.example',
  'user@example.org',
  '192.0.2.1',
  '[::1]',
  `${'a'.repeat(64)}.example`,
  `${'abc.'.repeat(80)}example`,
  'a_b.example',
  '*.example.org',
  'a\0.example',
  'a%00.example',
]) {
  test(`${JSON.stringify(wrong)} is no domain`, () => assert.is(mailDomain(wrong), undefined))
}

test('selectors are one or more labels, in either case', () => {
  for (const good of ['mx1', 'default', '20261124a', 'mx1.eu', 'MX1', 'Mail_2023', '_a_'])
    assert.ok(isSelector(good), good)
  for (const wrong of ['', 'a b', '-a', 'a-', 'a..b', '$(id)', 'a\n', 'ä', 'a'.repeat(64), '../a', 'a/b'])
    assert.not(isSelector(wrong), wrong)
})

test("OpenDKIM's socket as Postfix writes it", () => {
  assert.is(milterOf('local:/var/spool/postfix/opendkim/opendkim.sock'), 'unix:opendkim/opendkim.sock')
  assert.is(milterOf('local:/run/opendkim/opendkim.sock'), 'unix:/run/opendkim/opendkim.sock')
  assert.is(milterOf('inet:8892@localhost'), 'inet:127.0.0.1:8892')
  assert.is(milterOf('inet:8892@[::1]'), 'inet:[::1]:8892')
})

test.run()
