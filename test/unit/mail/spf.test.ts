// SPF records: read by the grammar, merged, looked at; what is merged lets those send that are to, by mailauth's word.
import { spf } from 'mailauth/lib/spf/index.js'
import * as assert from 'uvu/assert'
import { lintSpf, lintSpfCoverage, lintSpfSet } from '../../../src/mail/records/spf/lint.ts'
import { mergeSpf, type SpfSenders } from '../../../src/mail/records/spf/merge.ts'
import { parseSpf, parseSpfTerm } from '../../../src/mail/records/spf/parse.ts'
import { renderSpf } from '../../../src/mail/records/spf/record.ts'
import { suite } from '../../suite.ts'
import { mailauthResolver, type Answers } from './zone-of-answers.ts'
import { dice } from './words.ts'

const test = suite('spf')
const merge = (existing: string | undefined, senders: Partial<SpfSenders>): string =>
  renderSpf(
    mergeSpf(existing === undefined ? undefined : parseSpf(existing), { networks: [], includes: [], ...senders })
      .record,
  )

test('a record is read and written back as it was', () => {
  for (const text of [
    'v=spf1',
    'v=spf1 -all',
    'v=spf1 a mx ip4:192.0.2.1 include:_spf.google.com ~all',
    'v=spf1 A/24 MX:Example.ORG//64 +a:mail.example.org/24//64 ?ALL',
    'V=SPF1 exists:%{i}.%{h}.example.org -all',
    'v=spf1 include:%{d2r-}._spf.%{o} redirect=_spf.example.org',
    'v=spf1 exists:%%_%_%-.example.org exp=explain._spf.%{d} x-other=%{i}%%',
    'v=spf1 a:%_ include:x%- mx:%{d}/24',
    'v=spf1 ptr ptr:example.org ip6:2001:db8::/32 ip6:::1 a:xn--bcher-kva.example. -all',
  ])
    assert.is(renderSpf(parseSpf(text)).toLowerCase(), text.toLowerCase())
})

for (const [record, term] of [
  ['v=spf1 ip4:192.0.2.256 -all', 'ip4:192.0.2.256'],
  ['v=spf1 ip4:192.0.2.1/33', 'ip4:192.0.2.1/33'],
  ['v=spf1 ip4:192.0.02.1', 'ip4:192.0.02.1'],
  ['v=spf1 ip4:2001:db8::1', 'ip4:2001:db8::1'],
  ['v=spf1 ip6:192.0.2.1', 'ip6:192.0.2.1'],
  ['v=spf1 ip4', 'ip4'],
  ['v=spf1 include -all', 'include'],
  ['v=spf1 include: -all', 'include:'],
  ['v=spf1 include:localhost', 'include:localhost'],
  ['v=spf1 include:example.1', 'include:example.1'],
  ['v=spf1 a/33', 'a/33'],
  ['v=spf1 a//129', 'a//129'],
  ['v=spf1 a/024', 'a/024'],
  ['v=spf1 mx: -all', 'mx:'],
  ['v=spf1 ipv4:192.0.2.1', 'ipv4:192.0.2.1'],
  ['v=spf1 -all:example.org', '-all:example.org'],
  ['v=spf1 --all', '--all'],
  ['v=spf1 all.', 'all.'],
  ['v=spf1 redirect=', 'redirect='],
  ['v=spf1 redirect=a.example redirect=b.example', 'redirect=b.example'],
  ['v=spf1 exists:%{x}.example.org', 'exists:%{x}.example.org'],
  ['v=spf1 exists:%{c}.example.org', 'exists:%{c}.example.org'],
  ['v=spf1 exists:%(i).example.org', 'exists:%(i).example.org'],
  ['v=spf1 exists:50%.example.org', 'exists:50%.example.org'],
  ['v=spf1 x=%{', 'x=%{'],
  ['v=spf1 x=%{c}', 'x=%{c}'],
  ['v=spf1 a:example%%_', 'a:example%%_'],
] as const) {
  test(`${record}: the term is named`, () =>
    assert.throws(
      () => parseSpf(record),
      (error: { term?: string; message: string }) => error.term === term && error.message.startsWith('SPF record: '),
    ))
}

for (const none of [
  '',
  'v=spf10 -all',
  'v=spf1-all',
  ' v=spf1 -all',
  'spf1 -all',
  'v=spf1\t-all',
  'v=spf1 ip4:192.0.2.1\n-all',
  'v=spf1 include:bücher.example',
]) {
  test(`${JSON.stringify(none)} is no SPF record`, () => assert.throws(() => parseSpf(none), /SPF record/))
}

test('a new record has own hosts first, then services, then ~all', () => {
  assert.is(
    merge(undefined, { networks: ['192.0.2.1', '2001:DB8::0:1'], includes: ['_spf.google.com'] }),
    'v=spf1 ip4:192.0.2.1 ip6:2001:db8::1 include:_spf.google.com ~all',
  )
  assert.is(merge(undefined, { networks: ['192.0.2.1'], all: '-all' }), 'v=spf1 ip4:192.0.2.1 -all')
})

test('further mechanisms stand once, as they are written', () => {
  assert.is(
    merge('v=spf1 MX -all', {
      networks: ['192.0.2.1'],
      mechanisms: ['a', 'mx', 'exists:%{i}.x.example'],
      includes: ['s.example'],
    }),
    'v=spf1 ip4:192.0.2.1 MX a exists:%{i}.x.example include:s.example -all',
  )
  assert.throws(() => merge(undefined, { mechanisms: ['-all'] }), /no mechanism that may stand before all/)
})

test('a record that is there keeps the terms of others, in their order and as they are written', () => {
  assert.is(
    merge('v=spf1 a MX include:_spf.other.example ?all', { networks: ['192.0.2.1'], includes: ['_spf.google.com'] }),
    'v=spf1 ip4:192.0.2.1 a MX include:_spf.other.example include:_spf.google.com ?all',
  )
  assert.is(
    merge('v=spf1 exists:%{i}._spf.%{d2} x-note=%{d} -all exp=why.example.org', { networks: ['192.0.2.1'] }),
    'v=spf1 ip4:192.0.2.1 exists:%{i}._spf.%{d2} -all x-note=%{d} exp=why.example.org',
  )
})

test('what is there already is not said again, however it is written', () => {
  assert.is(
    merge('v=spf1 a ip4:192.0.2.0/24 ip6:2001:DB8:0::1 include:_SPF.google.com. -all', {
      networks: ['192.0.2.1', '2001:db8::1'],
      includes: ['_spf.google.com'],
    }),
    'v=spf1 a ip4:192.0.2.0/24 ip6:2001:DB8:0::1 include:_SPF.google.com. -all',
  )
  assert.is(
    merge('v=spf1 ip4:192.0.2.1 +ip4:192.0.2.1/32 a +a -all', { networks: ['192.0.2.1', '192.0.2.1'] }),
    'v=spf1 ip4:192.0.2.1 a -all',
  )
})

test('all is one and the last; what stood after it was without effect, and must not come to life', () => {
  const { record, notes } = mergeSpf(parseSpf('v=spf1 a -all ip4:203.0.113.0/24 +all'), {
    networks: ['192.0.2.1'],
    includes: [],
  })
  assert.is(renderSpf(record), 'v=spf1 ip4:192.0.2.1 a -all')
  assert.equal(notes, [
    'ip4:203.0.113.0/24 goes: it had no effect beside all',
    '+all goes: it had no effect beside all',
  ])
  assert.is(merge('v=spf1 ip4:192.0.2.1', {}), 'v=spf1 ip4:192.0.2.1 ~all')
  assert.is(merge('v=spf1 +all', { all: '-all' }), 'v=spf1 -all')
  assert.is(merge('v=spf1 -ALL', { all: '-all' }), 'v=spf1 -ALL')
})

test('redirect stays what ends the record, and goes where all made it void', () => {
  assert.is(
    merge('v=spf1 redirect=_spf.example.net', { networks: ['192.0.2.1'], all: '-all' }),
    'v=spf1 ip4:192.0.2.1 redirect=_spf.example.net',
  )
  assert.is(merge('v=spf1 redirect=_spf.example.net ~all', { networks: ['192.0.2.1'] }), 'v=spf1 ip4:192.0.2.1 ~all')
})

test('what sends no more goes, and nothing like it', () => {
  assert.is(
    merge('v=spf1 ip4:192.0.2.1 ip4:192.0.2.0/24 -ip4:192.0.2.9 include:a.example -all', {
      retired: ['192.0.2.1', 'A.example', '192.0.2.9'],
    }),
    'v=spf1 ip4:192.0.2.0/24 -ip4:192.0.2.9 -all',
  )
})

test('a record that shuts out who is to send is reported, and not overruled', () => {
  assert.throws(
    () => merge('v=spf1 -ip4:192.0.2.0/24 -all', { networks: ['192.0.2.1'] }),
    /has -ip4:192\.0\.2\.0\/24, and 192\.0\.2\.1 is to send/,
  )
  assert.is(
    merge('v=spf1 ip4:192.0.2.1 -ip4:192.0.2.0/24 -all', { networks: ['192.0.2.1'] }),
    'v=spf1 ip4:192.0.2.1 -ip4:192.0.2.0/24 -all',
  )
  assert.throws(() => merge(undefined, { networks: ['mx1.example.org'] }), /no address or network/)
})

test('merging again changes nothing; and by mailauth own hosts always pass, others get what all says', async () => {
  const roll = dice(4)
  const verdict = async (record: string, ip: string): Promise<string> => {
    const answers: Answers = {
      'example.org TXT': [record],
      'other.example TXT': ['v=spf1 ip4:198.51.100.1 ?all'],
      'example.org A': ['198.51.100.2'],
      'example.org MX': ['10 mx.other.example'],
      'mx.other.example A': ['198.51.100.3'],
    }
    return (
      await spf({
        sender: 'a@example.org',
        ip,
        helo: 'mx1.example.org',
        resolver: mailauthResolver(answers) as never,
        mta: 'test',
      })
    ).status.result
  }
  for (let round = 0; round < 150; round += 1) {
    const terms = roll.many(0, 5, () =>
      roll.pick([
        'a',
        'MX',
        '?ip4:203.0.113.0/24',
        'ip4:192.0.2.7',
        'ip6:2001:db8::/64',
        'include:other.example',
        'exists:%{i}.example.org',
        '-all',
        '~all',
        '?ALL',
        'x-y=%{d}',
        '-ip4:203.0.113.9',
      ]),
    )
    const networks = roll.many(0, 3, () => roll.pick(['192.0.2.1', '192.0.2.7', '2001:db8::5', '2001:db8:1::5']))
    const all = roll.pick(['-all', '~all', undefined] as const)
    const once = merge(['v=spf1', ...terms].join(' '), { networks, includes: ['other.example'], all })
    assert.is(merge(once, { networks, includes: ['other.example'], all }), once)
    assert.is(once.match(/[+?~-]?all\b/gi)?.length, 1, once)
    for (const ip of networks) assert.is(await verdict(once, ip), 'pass', `${once} ${ip}`)
    assert.is(await verdict(once, '198.51.100.1'), 'pass', once)
    assert.is(
      await verdict(once, '198.18.0.1'),
      { '-': 'fail', '~': 'softfail', '?': 'neutral' }[/([~?-])all/i.exec(once)![1]!],
      once,
    )
  }
})

const ids = (record: string): readonly string[] => lintSpf(parseSpf(record)).map(({ id }) => id)
test('what is risky in a record is reported', () => {
  assert.equal(ids('v=spf1 ip4:192.0.2.1 include:_spf.google.com ~all'), [])
  assert.equal(ids('v=spf1 redirect=_spf.example.org'), [])
  assert.equal(ids('v=spf1 a mx ip4:192.0.2.1 -all'), ['spf-a-mx'])
  assert.equal(ids('v=spf1 +all'), ['spf-pass-all'])
  assert.equal(ids('v=spf1 ?all'), ['spf-neutral-all'])
  assert.equal(ids('v=spf1 ip4:192.0.2.1'), ['spf-no-all'])
  assert.equal(ids('v=spf1 ptr -all'), ['spf-ptr'])
  assert.equal(ids('v=spf1 ip4:0.0.0.0/1 ip6:2000::/3 -all'), ['spf-wide-network'])
  assert.equal(ids('v=spf1 -all mx redirect=a.example'), ['spf-unreached'])
  assert.equal(ids(`v=spf1 ${Array.from({ length: 30 }, (_, index) => `ip4:192.0.2.${100 + index}`).join(' ')} -all`), [
    'spf-long',
  ])
})

test('one SPF record is right, none and two are reported; other TXT records do not count', () => {
  assert.equal(lintSpfSet(['google-site-verification=x', 'v=spf1 -all']), [])
  assert.equal(
    lintSpfSet(['v=spf10 -all']).map(({ id }) => id),
    ['spf-none'],
  )
  assert.equal(
    lintSpfSet(['v=spf1 -all', 'V=spf1']).map(({ id }) => id),
    ['spf-many'],
  )
  assert.equal(
    lintSpfSet(['v=spf1 mx -all']).map(({ id }) => id),
    ['spf-a-mx'],
  )
  assert.equal(
    lintSpfSet(['v=spf1 ip4:x -all']).map(({ id, message }) => [id, message.includes('"ip4:x"')]),
    [['spf-syntax', true]],
  )
})

test('addresses that no term names are reported with the term that is missing', () => {
  const findings = lintSpfCoverage(parseSpf('v=spf1 ip4:192.0.2.0/24 -all ip6:2001:db8::1'), [
    '192.0.2.9',
    '198.51.100.1',
    '2001:db8::1',
  ])
  assert.equal(
    findings.map(({ id, remedy }) => [id, remedy]),
    [
      ['spf-missing-ip4', 'add ip4:198.51.100.1'],
      ['spf-missing-ip6', 'add ip6:2001:db8::1'],
    ],
  )
})

test('a term by itself', () => {
  assert.equal(parseSpfTerm('mx:example.org/24//64'), {
    text: 'mx:example.org/24//64',
    qualifier: '+',
    name: 'mx',
    domain: 'example.org',
    prefix4: 24,
    prefix6: 64,
  })
  assert.equal(parseSpfTerm('~include:%{d1r/}.example.org'), {
    text: '~include:%{d1r/}.example.org',
    qualifier: '~',
    name: 'include',
    domain: '%{d1r/}.example.org',
  })
})

test.run()
