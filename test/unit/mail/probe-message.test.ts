// The message that milters are asked about.
import * as assert from 'uvu/assert'
import { filledTemplate, probeTemplate, withFields } from '../../../src/mail/messages/probe-message.ts'
import { suite } from '../../suite.ts'

const test = suite('mail/probe-message')
const message = filledTemplate(probeTemplate(new Date(Date.UTC(2026, 0, 2, 3, 4, 5))), 'example.org', 'local', 'abc')

test('it has what RFC 5322 wants, lines end with CRLF, and no placeholder is left', () => {
  for (const field of [
    'From: mailrun <postmaster@example.org>',
    'Date: Fri, 02 Jan 2026 03:04:05 +0000',
    'Message-ID: <abc.local@example.org>',
    'Subject: mailrun verify, local',
    'List-Unsubscribe-Post: List-Unsubscribe=One-Click',
  ])
    assert.ok(message.includes(`${field}\r\n`), field)
  assert.not.match(message, /[^\r]\n|@[A-Z]+@/)
})

test('fields go where the milter says, one after the other, folded by CRLF', () => {
  const lines = withFields(message, [
    { index: 0, name: 'A', value: ' 1' },
    { index: 0, name: 'B', value: ' 2;\n\t3' },
    { index: 2, name: 'C', value: ' 4' },
    { name: 'D', value: ' 5' },
    { index: 99, name: 'E', value: '6' },
  ]).split('\r\n')
  assert.equal(lines.slice(0, 5), ['B: 2;', '\t3', 'A: 1', 'C: 4', 'From: mailrun <postmaster@example.org>'])
  assert.equal(lines.slice(lines.indexOf('') - 2, lines.indexOf('') + 1), ['D: 5', 'E:6', ''])
})

test.run()
