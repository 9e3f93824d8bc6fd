// What the lab's small internet is computed from: names, zones, and how the receiver's verdicts are read.
import * as assert from 'uvu/assert'
import { parseAuthenticationResults } from '../../../src/mail/messages/authentication-results.ts'
import { ipv6, reverseNames, reverseZone, reverseZone6 } from '../../../lab/internet/names.ts'
import { parseMail } from '../../../lab/internet/received-mail.ts'
import { zoneNames, zoneText } from '../../../lab/internet/zones.ts'
import { suite } from '../../suite.ts'

const test = suite('lab: internet, computed')

test('reverse names are the addresses backwards, in the zones of the subnet', () => {
  assert.is(ipv6('10.231.26', 11), 'fd6d:6c61:6200:1a::b')
  assert.is(reverseZone('10.231.26'), '26.231.10.in-addr.arpa')
  assert.is(reverseZone6('10.231.26'), 'a.1.0.0.0.0.2.6.1.6.c.6.d.6.d.f.ip6.arpa')
  assert.equal(reverseNames('10.231.26', 11), [
    '11.26.231.10.in-addr.arpa',
    'b.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.a.1.0.0.0.0.2.6.1.6.c.6.d.6.d.f.ip6.arpa',
  ])
})

test('every zone has a serial, both name servers, and no more than ASCII on a line', () => {
  for (const zone of zoneNames('10.231.0')) {
    const text = zoneText(zone, '10.231.0', 1_800_000_000)
    assert.match(text, ' 1800000000 ')
    for (const server of ['ns1', 'ns2']) assert.match(text, `@ NS ${server}.fleet.test.\n`)
    assert.not.match(text, /undefined|NaN|[^\x20-\x7e\n]/)
  }
})

test('Authentication-Results are read as RFC 8601 has them: comments, quoted strings, versions, folds', () => {
  const read = parseAuthenticationResults(
    'receiver.test 1;\n' +
      '\tdkim=fail reason="key; (not) \\"found\\"" header.d=a.test (a (nested \\) one)) header.s = s1;\n' +
      '\tDMARC/1=Pass (p=reject; dis=none) header.from=a.test; spf=none',
  )
  assert.equal(read, {
    authservId: 'receiver.test',
    results: [
      {
        method: 'dkim',
        result: 'fail',
        properties: { reason: 'key; (not) "found"', 'header.d': 'a.test', 'header.s': 's1' },
      },
      { method: 'dmarc', result: 'pass', properties: { 'header.from': 'a.test' } },
      { method: 'spf', result: 'none', properties: {} },
    ],
  })
  assert.equal(parseAuthenticationResults('receiver.test; none').results, [])
  assert.equal(parseAuthenticationResults('').authservId, '')
})

test('a message shows the stamps of the receiver and of nobody else, and no header field of its body', () => {
  const mail = parseMail(
    '1',
    'Authentication-Results: receiver.test; spf=pass smtp.mailfrom=a.test\n' +
      'Authentication-Results: evil.test; dkim=pass\n' +
      'Subject: a\n b\nMESSAGE-id: <1@x>\n' +
      '\nAuthentication-Results: receiver.test; dkim=pass\n',
  )
  assert.is(mail.messageId, '<1@x>')
  assert.equal(mail.header('subject'), ['a b'])
  assert.equal(
    mail.results('spf').map(({ result }) => result),
    ['pass'],
  )
  assert.equal(mail.results('dkim'), [])
})

test.run()
