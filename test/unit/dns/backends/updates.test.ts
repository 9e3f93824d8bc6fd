// Updates as nsupdate reads them, what it says of them, and how name servers are written.
import { spawnSync } from 'node:child_process'
import * as assert from 'uvu/assert'
import * as v from 'valibot'
import { dnsVar, zoneSettings } from '../../../../src/dns/dns-vars.ts'
import { parseServer } from '../../../../src/dns/lookup/name-server.ts'
import { framed } from '../../../../src/engine/one-script.ts'
import { partsScript } from '../../../../src/dns/backends/host-parts.ts'
import { updatePart } from '../../../../src/dns/backends/bind-on-host/push-by-host.ts'
import { knotOutcome, transaction } from '../../../../src/dns/backends/knot/push-by-knotc.ts'
import { mxRdata, txtRdata } from '../../../../src/dns/lookup/rrset.ts'
import { isNewer } from '../../../../src/dns/lookup/serial-of.ts'
import { updateOutcome } from '../../../../src/dns/backends/nsupdate/nsupdate-words.ts'
import { updateScript } from '../../../../src/dns/backends/nsupdate/update-script.ts'
import { isServed, wantedChange, type RrsetChange } from '../../../../src/dns/plan/wanted-change.ts'
import { writtenChange, type WrittenChange } from '../../../../src/dns/backends/written-change.ts'
import { addressText } from '../../../../src/mail/dns-text/dns-text.ts'
import type { MailRecord } from '../../../../src/mail/dns-record.ts'
import { suite } from '../../../suite.ts'

const test = suite('dns/updates')

const spf: MailRecord = {
  name: 'example.org',
  type: 'TXT',
  ttl: 3600,
  value: 'v=spf1 ip4:192.0.2.1 ~all',
  purpose: 'spf',
  domain: 'example.org',
  publishedBy: 'fleet',
  why: [],
}
const key: MailRecord = { ...spf, name: 'mx1._domainkey.example.org', value: 'v=DKIM1; p=', purpose: 'dkim' }
const written = (change: RrsetChange): WrittenChange => writtenChange(change, 'example.org')
const strings = (...texts: readonly string[]) => txtRdata(texts.map((each) => Buffer.from(each)))

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

test('a TTL alone is a change where the set is ours, and a key that serves stays as it is written', () => {
  const there = { ttl: 60, rdata: [strings('v=DKIM1;p=')] }
  const change = wantedChange(key, there)!
  assert.equal([change.add.map(({ text }) => text), change.remove, change.ttl], [['"v=DKIM1;p="'], [], 3600])
  assert.is(wantedChange(key, { ...there, ttl: 3600 }), undefined)
  assert.is(wantedChange(spf, { ttl: 60, rdata: [strings('site=1'), strings(spf.value)] }), undefined)
})

test('a null MX takes the place of all others', () => {
  const change = wantedChange(
    { ...spf, type: 'MX', value: '0 .', purpose: 'null-mx' },
    { ttl: 3600, rdata: [mxRdata(10, 'mx.example.org')] },
  )!
  assert.equal(
    [change.add.map(({ text }) => text), change.remove.map(({ text }) => text)],
    [['0 .'], ['10 mx.example.org.']],
  )
  assert.not.ok(
    isServed(
      { ...spf, type: 'MX', value: '0 .', purpose: 'null-mx' },
      {
        ttl: 1,
        rdata: [mxRdata(0, ''), mxRdata(10, 'mx.example.org')],
      },
    ),
  )
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

test('the script for a name server host is POSIX shell, and whole or nothing', () => {
  const change = wantedChange(spf, { ttl: 60, rdata: [strings("it's $(x) `y` \\ MARK"), strings('v=spf1 -all')] })!
  const changes = [change, wantedChange(key, undefined)!]
  for (const parts of [
    changes.map((each) => updatePart(written(each), [addressText('127.0.0.1')], 'mailrun-mark')),
    changes.map((each) => transaction(written(each))),
  ]) {
    const script = framed('mailrun-mark', partsScript(parts, 'mailrun-mark'))
    assert.is(spawnSync('dash', ['-n'], { input: script }).status, 0, script)
    assert.is.not(spawnSync('dash', ['-n'], { input: script.slice(0, -3) }).status, 0)
  }
})

test('a transaction of Knot compares before it changes, and is aborted unless it is committed', () => {
  const change = wantedChange(spf, { ttl: 60, rdata: [strings("it's $(x)"), strings('v=spf1 ', '-all')] })!
  const lines = transaction(written(change)).split('\n')
  const at = (start: string): number => lines.findIndex((line) => line.trimStart().startsWith(start))
  const order = [
    'until begun=$(knot zone-begin',
    "trap 'knot zone-abort",
    'if now=$(knot zone-get',
    '[ "$now" = ',
    'drop TXT',
    'put 60 TXT',
    'knot zone-commit',
    'trap - EXIT',
  ].map(at)
  assert.not.ok(order.includes(-1), lines.join('\n'))
  assert.equal(
    [...order].sort((a, b) => a - b),
    order,
  )
  // Sorted by bytes, with TTL and type, as Knot prints them.
  assert.match(
    lines.slice(at('[ "$now" = '), at('drop TXT')).join('\n'),
    `'60 TXT "it'\\''s $(x)"\n60 TXT "v=spf1 " "-all"'`,
  )
  // Another TTL makes the whole set anew.
  const later = transaction(written(wantedChange(key, { ttl: 60, rdata: [strings('v=DKIM1;p=')] })!))
  assert.match(later, /^drop TXT\nput 3600 TXT '"v=DKIM1;p="'$/m)
})

test('what knotc 3.2 says, in words that say what to do', () => {
  const why = (code: number, output: string): string => {
    const outcome = knotOutcome({ code, output }, 'example.org')
    return outcome.kind === 'done' ? 'done' : `${outcome.kind} ${outcome.why}`
  }
  assert.is(why(0, 'OK\n[example.org.] +x 60 TXT "a"\nOK\n'), 'done')
  assert.match(why(12, 'OK\n'), /^outdated .*plan again/)
  assert.match(why(10, 'error: (no such zone found) [example.org.] \n'), 'Knot does not serve example.org there')
  assert.match(why(10, 'error: [example.org.] (too many transactions)\n'), 'has a transaction open on example.org')
  assert.match(why(10, "error: failed to connect to socket '/run/knot/knot.sock' (not exists)\n"), 'is it running')
  assert.match(
    why(14, 'OK\nerror: [example.org.] (semantic check)\n'),
    /^failed Knot refuses the change \(semantic check\): its log/,
  )
  assert.match(why(15, ''), 'set dns.host')
  assert.match(why(16, ''), 'apt install knot')
  assert.match(why(124, ''), /^failed knotc: /)
})

test('name servers are names or addresses, with a port where it is not 53', () => {
  assert.equal(parseServer('192.0.2.53'), { host: '192.0.2.53', port: 53 })
  assert.equal(parseServer('2001:db8::53'), { host: '2001:db8::53', port: 53 })
  assert.equal(parseServer('[2001:db8::53]:5353'), { host: '2001:db8::53', port: 5353 })
  assert.equal(parseServer('ns1.example.org:54'), { host: 'ns1.example.org', port: 54 })
  for (const wrong of ['', '192.0.2', '192.0.2.53.1', 'ns1 x', '-k', 'ns1:0', 'ns1:70000', '[ns1]:53', 'a;b'])
    assert.throws(() => parseServer(wrong), /a name server is wanted/, wrong)
})

test('the var dns: what is said for a zone wins; what does not go together is told', () => {
  const vars = v.parse(dnsVar, {
    key_file: 'key',
    zones: { 'example.org': { host: 'ns1', via: 'nsupdate-local' }, 'example.net': { via: 'none' } },
  })
  assert.equal(
    [
      zoneSettings(vars, 'x.org').backend?.via,
      zoneSettings(vars, 'example.org').backend?.via,
      zoneSettings(vars, 'example.net').backend?.via,
      zoneSettings({}, 'x.org').backend?.via,
    ],
    ['nsupdate', 'nsupdate-local', 'none', undefined],
  )
  assert.throws(() => zoneSettings(v.parse(dnsVar, { via: 'nsupdate' }), 'x.org'), /needs key_file/)
  for (const via of ['nsupdate-local', 'knotc'])
    assert.throws(() => zoneSettings(v.parse(dnsVar, { via }), 'x.org'), /needs host/)
  assert.not.ok(v.safeParse(dnsVar, { keyfile: 'x' }).success)
})

test('serials go round (RFC 1982)', () => {
  assert.ok(isNewer(2, 1) && isNewer(0, 0xffff_ffff) && isNewer(2026112500, 2026112499))
  assert.not.ok(isNewer(1, 1) || isNewer(1, 2) || isNewer(0xffff_ffff, 0))
})

test.run()
