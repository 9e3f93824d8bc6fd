// Text for name servers is made of checked parts: the compiler refuses every other way, and the parts refuse what would
// leave its place.
import * as assert from 'uvu/assert'
import {
  addressText,
  commentLine,
  dataOf,
  dnsLine,
  dnsName,
  relativeDnsName,
  nameFromDns,
  typeOf,
  writtenData,
} from '../../../../src/mail/formats/dns-text.ts'
import { zoneFragment } from '../../../../src/mail/formats/zone-fragment.ts'
import { MailrunError } from '../../../../src/core/mailrun-error.ts'
import { zoneLines } from '../../../../src/report/run/zone-lines.ts'
import { messagesOfTexts } from '../../../compiled.ts'
import { suite } from '../../../suite.ts'

const test = suite('dns/checked text')

const HEAD = `import { addressText, dataOf, dnsLine, dnsName } from './mail/formats/dns-text.ts'
import type { Rdata } from './dns/lookup/rrset.ts'
import { updateScript } from './dns/backends/nsupdate/update-script.ts'
import type { WrittenChange } from './dns/backends/written-change.ts'
import { transaction } from './dns/backends/knot/push-by-knotc.ts'
import { pushFromHere } from './dns/backends/nsupdate/push-from-here.ts'
import { updatePart } from './dns/backends/bind-on-host/push-by-host.ts'
import { zoneLine } from './mail/formats/zone-line.ts'
declare const raw: string
declare const reported: { readonly text: string }
const name = dnsName('example.org')
const data = dataOf({ type: 'TXT', value: 'x' })
const address = addressText('192.0.2.1')
const nothing = { before: undefined, remove: [], ttl: 60 }
const change: WrittenChange = { zone: name, owner: name, type: 'TXT', add: [data], ...nothing }
`

/** How many errors the compiler has of each text. */
const refusals = (texts: readonly string[]): readonly number[] =>
  messagesOfTexts(
    texts.map((text) => HEAD + text),
    'src/checked',
  ).map(({ length }) => length)

const CHECKED = [
  'updateScript(change, { address, port: 53 }, undefined)',
  'transaction(change)',
  'pushFromHere([change], { name: raw, addresses: [] }, { kind: "file", path: raw })',
  'updatePart(change, [address], raw)',
  'dnsLine`update add ${name} ${60} TXT ${data}`',
  "zoneLine({ owner: name, ttl: undefined, type: 'TXT', data })",
]
const UNCHECKED = [
  'updateScript({ ...change, owner: raw }, undefined, undefined)',
  'updateScript({ ...change, zone: raw }, undefined, undefined)',
  'updateScript({ ...change, add: [raw] }, undefined, undefined)',
  'updateScript({ ...change, remove: [reported.text] }, undefined, undefined)',
  'updateScript({ ...change, before: { ttl: 60, data: [raw] } }, undefined, undefined)',
  'updateScript(change, { address: raw, port: 53 }, undefined)',
  'updateScript({ ...change, add: [`${data} ${raw}`] }, undefined, undefined)',
  'updateScript({ ...change, owner: `${name}` }, undefined, undefined)',
  'updateScript({ ...change, owner: data }, undefined, undefined)',
  'updateScript({ ...change, add: [name] }, undefined, undefined)',
  'transaction({ ...change, owner: raw })',
  'transaction({ ...change, zone: raw })',
  'transaction({ ...change, add: [raw] })',
  'updatePart(change, [raw], raw)',
  'pushFromHere([{ ...change, owner: raw }], { name: raw, addresses: [] }, { kind: "file", path: raw })',
  'dnsLine`update add ${raw} 60 TXT ${data}`',
  'dnsLine`update add ${name} ${raw} TXT ${data}`',
  'dnsLine`server ${raw} 53`',
  'dnsLine`key ${raw}`',
  'updateScript(change, undefined, raw)',
  'dnsLine`zone ${[name]}`',
  "zoneLine({ owner: raw, ttl: undefined, type: 'TXT', data })",
  'zoneLine({ owner: name, ttl: undefined, type: raw, data })',
  "zoneLine({ owner: name, ttl: undefined, type: 'TXT', data: raw })",
  'export const rdata: Rdata = { value: raw, text: raw }',
]

test('no line of an update, a transaction or a zone takes text that is not checked', () => {
  const found = refusals([...CHECKED, ...UNCHECKED])
  assert.equal(
    found.slice(0, CHECKED.length),
    CHECKED.map(() => 0),
    'what is checked compiles',
  )
  assert.equal(
    UNCHECKED.filter((_, index) => found[CHECKED.length + index] === 0),
    [],
    'what is not checked does not',
  )
})

const ODD = ['a b', 'a\nb', '(', 'mx2;', 'a"b', '$INCLUDE', '@', 'a..b', '-a', 'A', 'x'.repeat(64), 'ü', '\u202e', '']

test('each part refuses what would leave its place', () => {
  for (const odd of ODD) {
    assert.throws(() => dnsName(`${odd}.example.org`), /is no name for a record/, odd)
    assert.throws(() => addressText(odd), /is no address/, odd)
  }
  const wanted = (error: Error): boolean => error instanceof MailrunError
  // Of names that DNS said any byte may be there, written out.
  for (const odd of ODD.filter((each) => each !== '-a')) {
    assert.throws(() => nameFromDns(`${odd}.example.org`), /is no name of DNS/, odd)
    assert.throws(() => dataOf({ type: 'MX', value: `10 ${odd}.example.org.` }), wanted, odd)
  }
  for (const odd of ['', 'a b', 'TXT\n', 'txt', '$TTL']) assert.throws(() => typeOf(odd), /no type/, odd)
  for (const odd of ['', 'a\nb', 'a;b', '(', 'a)', '"a', 'a"b', '\\', '\u0000', 'é'])
    assert.throws(() => writtenData(odd), /no data/, odd)
  assert.is(writtenData('3 1 1 "a;(b\\"" 0aff'), '3 1 1 "a;(b\\"" 0aff')
  for (const odd of [-1, 1.5, NaN, Infinity, 2 ** 60]) assert.throws(() => dnsLine`${odd}`, /no whole number/)
  assert.is(addressText('fe80::1%eth0'), 'fe80::1%eth0')
  assert.throws(() => relativeDnsName('a.example.net', 'example.org'), /is not in the zone/)
  assert.is(commentLine('a\nb\u0085c'), '; a?b?c')
})

test('a selector that a host tells is no part of a zone but in a comment', () => {
  const value = 'v=DKIM1; p='
  for (const odd of ['(', 'mx2;', 'a\n$INCLUDE /etc/passwd', '$GENERATE', 'a"', '\u001b]52;c;eA==\u0007']) {
    const lines = zoneLines([{ name: `${odd}._domainkey.example.org`, type: 'TXT', value }])
    assert.is(lines.length, 1)
    assert.match(lines[0]!, /^; left out: "[ -~]*" is no name for a record in DNS: [ -~]*$/)
  }
  assert.equal(
    zoneLines([
      { name: 'a.test', type: 'TXT\n', value },
      { name: 'a.test', type: 'CAA', value: '0 issue ;' },
    ]),
    [
      '; left out: "TXT?" is no type of a record',
      '; left out: "0 issue ;" is no data of a record: words in printable ASCII are wanted, on one line',
    ],
  )
  const record = { name: '(.example.org', type: 'TXT', ttl: 60, value } as const
  assert.throws(() => zoneFragment({ zone: 'example.org', records: [record] }), /is no name for a record/)
})

test.run()
