// Updates as nsupdate(1) reads them, and what it says of them.
import * as assert from 'uvu/assert'
import { updateOutcome } from '../../../../../src/dns/backends/nsupdate/nsupdate-words.ts'
import { updateScript } from '../../../../../src/dns/backends/nsupdate/update-script.ts'
import { wantedChange } from '../../../../../src/dns/plan/wanted-change.ts'
import { addressText } from '../../../../../src/mail/formats/dns-text.ts'
import { suite } from '../../../../suite.ts'
import { key, spf, strings, written } from '../../mail-changes.ts'

const test = suite('dns/backends: nsupdate')

test('what is new may not be there yet, nor an alias; a change requires every value as it was read', () => {
  assert.equal(
    updateScript(
      written(wantedChange(key, undefined)!),
      { address: addressText('192.0.2.53'), port: 5353 },
      undefined,
    ).split('\n'),
    [
      'server 192.0.2.53 5353',
      'zone example.org.',
      'prereq nxrrset mx1._domainkey.example.org. CNAME',
      'prereq nxrrset mx1._domainkey.example.org. TXT',
      'update add mx1._domainkey.example.org. 3600 TXT "v=DKIM1; p="',
      'send',
      'answer',
      '',
    ],
  )
  const change = wantedChange(spf, { ttl: 60, rdata: [strings('a"b\\c', 'é'), strings('v=spf1 ', '-all')] })!
  assert.equal(updateScript(written(change), undefined, undefined).split('\n'), [
    'zone example.org.',
    'prereq yxrrset example.org. TXT "a\\"b\\\\c" "\\195\\169"',
    'prereq yxrrset example.org. TXT "v=spf1 " "-all"',
    'update delete example.org. TXT "v=spf1 " "-all"',
    'update add example.org. 60 TXT "v=spf1 ip4:192.0.2.1 ~all"',
    'send',
    'answer',
    '',
  ])
})

test('a line end in a value of others cannot become a command', () => {
  const change = wantedChange(spf, { ttl: 60, rdata: [strings('x\nupdate delete example.org.\n')] })!
  assert.not.match(updateScript(written(change), undefined, undefined), /^update delete example\.org\.$/m)
})

test('what nsupdate 9.18 says, in words that say what to do; its exit status alone is no success', () => {
  const why = (code: number, output: string): string => {
    const outcome = updateOutcome({ code, output })
    return outcome.kind === 'done' ? 'done' : `${outcome.kind} ${outcome.why}`
  }
  assert.is(why(0, 'Answer:\n;; ->>HEADER<<- opcode: UPDATE, status: NOERROR, id:  9\n'), 'done')
  assert.match(why(2, 'update failed: YXRRSET\n'), /^outdated .*plan again/)
  assert.match(why(2, 'update failed: NXRRSET\n'), /^outdated /)
  assert.match(why(2, 'update failed: REFUSED\n'), /^failed REFUSED: .*update-policy/)
  assert.match(
    why(2, '; TSIG error with server: tsig indicates error\nupdate failed: NOTAUTH(BADSIG)\n'),
    'another secret',
  )
  assert.match(
    why(2, '; TSIG error with server: tsig indicates error\nupdate failed: NOTAUTH(BADKEY)\n'),
    'does not know the key',
  )
  assert.match(why(2, 'update failed: NOTAUTH(BADTIME)\n'), 'clocks')
  assert.match(why(2, 'update failed: NOTAUTH\n'), 'not the primary')
  assert.match(
    why(2, '; Communication with 192.0.2.53#53 failed: timed out\n'),
    /^failed no answer from 192\.0\.2\.53#53/,
  )
  // Seen: it goes on without a signature, and quotes the file.
  const unread = why(
    2,
    "25-Nov-2026 12:00:00.000 /x.key:1: unknown option 'c2VjcmV0'\n" +
      'could not read key from /x.{private,key}: unexpected token\n' +
      'update failed: REFUSED\n',
  )
  assert.match(unread, /^failed the key cannot be read/)
  assert.not.match(unread, 'c2VjcmV0')
  assert.is(why(0, ''), 'failed nsupdate ended with 0 and said nothing')
})

test.run()
