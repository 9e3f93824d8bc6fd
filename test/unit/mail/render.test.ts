// Records as zone fragment, JSON, octoDNS, DNSControl and text: read back they are the same, whatever is in them.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { runInNewContext } from 'node:vm'
import { Ajv2020 } from 'ajv/dist/2020.js'
import * as assert from 'uvu/assert'
import { parse } from 'yaml'
import { dnscontrolJs } from '../../../src/mail/formats/dnscontrol.ts'
import { octodnsYaml } from '../../../src/mail/formats/octodns.ts'
import { parseZone } from '../../../src/mail/formats/parse-zone.ts'
import { parseRecordsJson, recordsJson } from '../../../src/mail/formats/records-json.ts'
import { webFormText } from '../../../src/mail/formats/web-form.ts'
import { zoneFragment, zoneFragments } from '../../../src/mail/formats/zone-fragment.ts'
import { characterStrings } from '../../../src/mail/formats/dns-text.ts'
import { inZones } from '../../../src/mail/formats/zones.ts'
import { suite } from '../../suite.ts'
import { hostileZone, record } from './hostile-zone.ts'

const test = suite('mail render')

test('a zone fragment is read back as the same records', () => {
  for (let seed = 1; seed <= 1500; seed += 1) {
    const { zone, records } = hostileZone(seed)
    const text = zoneFragment({ zone, records })
    assert.equal(
      parseZone(text, 'fragment', undefined),
      records.map(({ name, type, ttl, value }) => ({ name, type, ttl, value })),
      text,
    )
  }
})

test('JSON is read back as the same, and is as docs/records.schema.json says', () => {
  const schema = JSON.parse(
    readFileSync(join(import.meta.dirname, '../../../../docs/records.schema.json'), 'utf8'),
  ) as object
  const valid = new Ajv2020({ strict: true }).compile(schema)
  for (let seed = 1; seed <= 300; seed += 1) {
    const zones = [hostileZone(seed), hostileZone(seed + 1000)]
    const text = recordsJson(zones)
    assert.equal(parseRecordsJson(text, 'x'), zones)
    assert.ok(valid(JSON.parse(text)), JSON.stringify(valid.errors))
  }
})

for (const [text, message] of [
  ['{', /^records\.json: no JSON/],
  ['3', /^records\.json: the document: /],
  ['{"zones":[{"zone":"a b","records":[]}]}', /^records\.json: zones\.0\.zone: a name in DNS is wanted/],
  ['{"zones":[{"zone":"a.example","records":[{"name":"a.example"}]}]}', /^records\.json: zones\.0\.records\.0\.type/],
] as const) {
  test(`JSON ${text} is refused with its place`, () =>
    assert.throws(() => parseRecordsJson(text, 'records.json'), message))
}

test('strings have 255 bytes at most, and no escape counts as more than its byte', () => {
  for (const filler of ['"', '\\', 'é', 'x', '\0']) {
    for (const length of [0, 253, 254, 255, 256, 510, 511]) {
      const value = filler.repeat(length)
      const strings = characterStrings(value)
      assert.is(strings.length, Math.max(1, Math.ceil(Buffer.byteLength(value) / 255)))
      assert.equal(parseZone(`a.example. 1 IN TXT ${strings.join(' ')}`, 'x', undefined)[0]!.value, value)
    }
  }
  assert.equal(characterStrings('\x7f~ '), ['"\\127~ "'])
  assert.throws(() => characterStrings('\ud800'), /cannot be written in UTF-8/)
})

test('a whole zone is read: directives, classes, times in any order, parentheses, names left out, other types', () => {
  const text = String.raw`$TTL 1h30m ; ninety minutes
$ORIGIN Example.ORG.
@ IN SOA ns1 hostmaster ( 1 ; serial
   2 3 4 5 )
  NS ns1
  300 IN TXT ("a" ; one
    b) c\;d
mx1 IN 60 txt "x y"
*._domainkey TXT v=DKIM1\;\032p=
other.example. MX 10 mx1
$ORIGIN sub
@ MX 5 .
`
  assert.equal(parseZone(text, 'x', undefined), [
    { name: 'example.org', type: 'TXT', ttl: 300, value: 'abc;d' },
    { name: 'mx1.example.org', type: 'TXT', ttl: 60, value: 'x y' },
    { name: '*._domainkey.example.org', type: 'TXT', ttl: 5400, value: 'v=DKIM1; p=' },
    { name: 'other.example', type: 'MX', ttl: 5400, value: '10 mx1.example.org.' },
    { name: 'sub.example.org', type: 'MX', ttl: 5400, value: '5 .' },
  ])
  assert.equal(parseZone('@ 1 TXT x', 'x', 'example.org'), [{ name: 'example.org', type: 'TXT', ttl: 1, value: 'x' }])
})

for (const [text, message] of [
  ['a 1 IN TXT x', /^zone:1: a is relative, and no \$ORIGIN/],
  ['\n\na. 1 IN TXT "x', /^zone:3: a quote that is not closed/],
  ['a. 1 IN TXT (\n"x"', /^zone:2: a parenthesis that is not closed/],
  ['a. 1 IN TXT )', /^zone:1: a parenthesis that was not opened/],
  ['a. 1 IN TXT', /^zone:1: a TXT record without a string/],
  ['a. IN TXT x', /^zone:1: a record without a TTL/],
  [' 1 IN TXT x', /^zone:1: a record without a name/],
  ['a. 1 CH TXT x', /^zone:1: class CH/],
  ['a. 1 IN TXT \\256', /^zone:1: \\256 is no byte/],
  ['a. 1 IN TXT \\255', /^zone:1: a TXT record that is no text/],
  [`a. 1 IN TXT ${'x'.repeat(256)}`, /^zone:1: a string of 256 bytes/],
  ['$INCLUDE other', /^zone:1: \$INCLUDE other cannot be read here/],
  ['$TTL x', /^zone:1: \$TTL x/],
  ['a. 1 IN MX mx1.', /^zone:1: an MX record is/],
  ['a. 1 IN', /^zone:1: a record without a type/],
  ['a. 1 IN TXT x\\', /^zone:1: a backslash at the end/],
  ['a. 2147483648 IN TXT x', /^zone:1: a TTL of 2147483648, and 2147483647/],
  ['$TTL 9999w', /^zone:1: a TTL of 9999w/],
] as const) {
  test(`zone ${JSON.stringify(text)} is refused with its line`, () =>
    assert.throws(() => parseZone(text, 'zone', undefined), message))
}

const SAMPLE = [
  record('example.org', 'v=spf1 ip4:192.0.2.1 ~all'),
  record('_dmarc.example.org', 'v=DMARC1; p=none; rua=mailto:d@example.org', {
    purpose: 'dmarc',
    why: ['example.org'],
  }),
  record('mx10._domainkey.example.org', `v=DKIM1; k=rsa; p=${'A'.repeat(392)}`, { purpose: 'dkim' }),
  record('mx2._domainkey.example.org', 'v=DKIM1; p=', { purpose: 'dkim' }),
  record('example.org._report._dmarc.reports.example', 'v=DMARC1;', { purpose: 'dmarc-report', publishedBy: 'other' }),
  record('mx1.hosting.example', 'v=spf1 -all', { purpose: 'spf-helo', domain: 'mx1.hosting.example' }),
  record('parked.example', '0 .', { type: 'MX', purpose: 'null-mx', domain: 'parked.example' }),
]
const domains = ['example.org', 'parked.example'].map((domain) => ({ domain })) as never
const zones = inZones(SAMPLE, { zones: [], domains })

test('records go into the nearest zone that is named, else into that of the domain, else where their name says', () => {
  const names = (given: readonly string[]): readonly string[] =>
    inZones(SAMPLE, { zones: given, domains }).map(({ zone, records }) => `${zone} ${records.length}`)
  assert.equal(names([]), ['example.org 4', 'hosting.example 1', 'parked.example 1', 'reports.example 1'])
  assert.equal(names(['example']), ['example 3', 'example.org 4'])
  assert.equal(names(['org', '_domainkey.example.org']), [
    '_domainkey.example.org 2',
    'hosting.example 1',
    'org 2',
    'parked.example 1',
    'reports.example 1',
  ])
})

test('octoDNS: semicolons escaped, keys in natural order, the apex as an empty name, foreign TXT values kept', () => {
  const yaml = octodnsYaml(zones[0]!, (name) => (name === 'example.org' ? ['v=spf1 a', 'site=1;2'] : ['junk']))
  const read = parse(yaml, { uniqueKeys: true }) as Readonly<
    Record<string, readonly { readonly type: string; readonly ttl: number; readonly values: readonly string[] }[]>
  >
  assert.equal(Object.keys(read), ['', '_dmarc', 'mx2._domainkey', 'mx10._domainkey'])
  assert.equal(read[''], [{ ttl: 3600, type: 'TXT', values: ['v=spf1 ip4:192.0.2.1 ~all', 'site=1\\;2'] }])
  assert.equal(read['_dmarc']![0]!.values, ['v=DMARC1\\; p=none\\; rua=mailto:d@example.org'])
  assert.equal(parse(octodnsYaml(zones[2]!, () => [])), {
    '': [{ ttl: 3600, type: 'MX', values: [{ exchange: '.', preference: 0 }] }],
  })
  for (const value of ['a"b', 'a\\b', 'é'])
    assert.throws(
      () => octodnsYaml({ zone: 'example.org', records: [record('example.org', value)] }, () => []),
      /octoDNS cannot be given/,
    )
})

/** Runs the JavaScript as DNSControl does, with its functions as witnesses. */
function dnscontrol(text: string): readonly unknown[] {
  const said: unknown[] = []
  const context = {
    D_EXTEND: (...args: unknown[]) => said.push(args),
    TXT: (...args: unknown[]) => ['TXT', ...args],
    MX: (...args: unknown[]) => ['MX', ...args],
    TTL: (seconds: number) => ({ ttl: seconds }),
  }
  runInNewContext(text, context)
  return JSON.parse(JSON.stringify(said)) as unknown[]
}

test('DNSControl: values arrive as they are', () => {
  assert.equal(dnscontrol(dnscontrolJs(zones.slice(0, 3))), [
    [
      'example.org',
      ...zones[0]!.records.map(({ name, value }) => [
        'TXT',
        name === 'example.org' ? '@' : name.replace('.example.org', ''),
        value,
        { ttl: 3600 },
      ]),
    ],
    ['hosting.example', ['TXT', 'mx1', 'v=spf1 -all', { ttl: 3600 }]],
    ['parked.example', ['MX', '@', 0, '.', { ttl: 3600 }]],
  ])
  for (let seed = 1; seed <= 300; seed += 1) {
    const zone = hostileZone(seed)
    const text = dnscontrolJs([zone])
    assert.not.match(text, /[\u2028\u2029]/)
    const [[name, ...records]] = dnscontrol(text) as [[string, ...unknown[][]]]
    assert.is(name, zone.zone)
    assert.equal(
      records.map((each) => (each[0] === 'TXT' ? each[2] : `${each[2] as number} ${each[3] as string}`)),
      zone.records.map(({ value }) => value),
    )
  }
})

test('a reason cannot become a record', () => {
  assert.equal(
    parseZone(
      zoneFragment({
        zone: 'example.org',
        records: [record('example.org', 'x', { why: ['a\nevil 1 IN TXT x', 'b\revil 1 IN TXT x'] })],
      }),
      'x',
      undefined,
    ).length,
    1,
  )
})

test('a zone fragment for people', () => {
  assert.is(
    zoneFragment({ zone: 'example.org', records: zones[0]!.records.slice(0, 2) }),
    '$ORIGIN example.org.\n; a reason\n' +
      '@ 3600 IN TXT "v=spf1 ip4:192.0.2.1 ~all"\n' +
      '; example.org\n' +
      '_dmarc 3600 IN TXT "v=DMARC1; p=none; rua=mailto:d@example.org"\n',
  )
  assert.is(zoneFragments(zones).match(/^\$ORIGIN /gm)?.length, 4)
})

test('the text for a web form names what to type and warns where two records would be one too many', () => {
  const text = webFormText(zones)
  assert.match(text, 'Name:   @  (the domain itself: some forms want it empty, or example.org)')
  assert.match(text, 'Name:   _dmarc  (in full: _dmarc.example.org)')
  assert.match(text, 'two of them count as none')
  assert.match(text, 'Priority: 0\n   Server: .\n')
  assert.match(text, 'reports.example: ask whoever runs this zone for')
  assert.is(text.match(/Paste the value as one line/g)?.length, 1)
  assert.not.match(
    webFormText([{ zone: 'example.org', records: [record('example.org', 'x', { why: ['a\n2. forged'] })] }]),
    /^2\./m,
  )
})

test.run()
