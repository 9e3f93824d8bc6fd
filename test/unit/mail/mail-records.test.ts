// From vars, hosts and keys to every record of a fleet; what contradicts itself is refused with names.
import { generateKeyPairSync } from 'node:crypto'
import * as v from 'valibot'
import * as assert from 'uvu/assert'
import { mailFleet, settledFleet, type MailMember } from '../../../src/mail/fleet/mail-fleet.ts'
import { mailRecords, type MailRecords, type PublishedTxt } from '../../../src/mail/fleet/mail-records.ts'
import { mailVars, type MailVars } from '../../../src/mail/fleet/mail-vars.ts'
import { domain } from '../../../src/mail/fleet/schemas.ts'
import { keyTableLines, signingTableLines } from '../../../src/signers/opendkim/files/signing-table.ts'
import { pattern } from '../../pattern.ts'
import { suite } from '../../suite.ts'

const test = suite('mail records')
const spki = (): string =>
  generateKeyPairSync('ed25519').publicKey.export({ format: 'der', type: 'spki' }).toString('base64')
const vars = (given: object): MailVars =>
  v.parse(v.object({ domains: v.array(domain), ...mailVars }), { domains: ['example.org'], ...given })
const member = (name: string, given: object, more: Partial<MailMember> = {}): MailMember => ({
  name,
  vars: vars(given),
  addresses: ['192.0.2.1'],
  keys: [],
  ...more,
})
const recordsOf = (members: readonly MailMember[], published: PublishedTxt = () => []): MailRecords =>
  mailRecords(mailFleet(members), published)
const shown = ({ records }: MailRecords): readonly string[] =>
  records.map(({ name, type, value }) => `${name} ${type} ${value}`)

test("two hosts and two domains: one SPF record a domain, one of each host's name, a key each", () => {
  const keys = (selector: string) =>
    ['example.org', 'example.net'].map((each) => ({ domain: each, selector, publicKey: spki() }))
  const given = {
    domains: ['example.org', 'example.net'],
    spf: { includes: ['_spf.google.com'], all: '-all' },
    dmarc: { p: 'none', rua: 'dmarc@example.org' },
    dns_ttl: 300,
  }
  const [one, two] = [keys('mx1'), keys('mx2')]
  const result = recordsOf([
    member('mx1.example.org', given, { keys: one }),
    member('mx2.example.org', given, { addresses: ['192.0.2.2', '2001:db8::2'], keys: two }),
  ])
  const spf = 'v=spf1 ip4:192.0.2.1 ip4:192.0.2.2 ip6:2001:db8::2 include:_spf.google.com -all'
  const ed25519 = (key: string): string => Buffer.from(key, 'base64').subarray(-32).toString('base64')
  const dkim = (domainName: string, selector: string, key: string): string =>
    `${selector}._domainkey.${domainName} TXT v=DKIM1; h=sha256; k=ed25519; p=${ed25519(key)}`
  assert.equal(shown(result), [
    `example.net TXT ${spf}`,
    '_dmarc.example.net TXT v=DMARC1; p=none; rua=mailto:dmarc@example.org',
    dkim('example.net', 'mx1', one[1]!.publicKey),
    dkim('example.net', 'mx2', two[1]!.publicKey),
    `example.org TXT ${spf}`,
    '_dmarc.example.org TXT v=DMARC1; p=none; rua=mailto:dmarc@example.org',
    'example.net._report._dmarc.example.org TXT v=DMARC1;',
    dkim('example.org', 'mx1', one[0]!.publicKey),
    dkim('example.org', 'mx2', two[0]!.publicKey),
    'mx1.example.org TXT v=spf1 ip4:192.0.2.1 -all',
    'mx2.example.org TXT v=spf1 ip4:192.0.2.2 ip6:2001:db8::2 -all',
  ])
  assert.ok(result.records.every(({ ttl, publishedBy }) => ttl === 300 && publishedBy === 'fleet'))
  assert.equal(result.findings, [])
  assert.equal(result.records[0]!.why, [
    'mx1.example.org sends for example.net',
    'mx2.example.org sends for example.net',
    '_spf.google.com sends for example.net',
  ])
})

test('a domain that neither sends nor receives says so in every way', () => {
  assert.equal(
    shown(
      recordsOf([
        member('mx1', { dmarc: { p: 'none', allow_none_without_rua: true }, null_domains: ['parked.example'] }),
      ]),
    ).filter((each) => each.includes('parked')),
    [
      'parked.example MX 0 .',
      'parked.example TXT v=spf1 -all',
      '_dmarc.parked.example TXT v=DMARC1; p=reject',
      '*._domainkey.parked.example TXT v=DKIM1; p=',
    ],
  )
})

test('a domain that receives and does not send keeps its MX; what is said for one domain wins', () => {
  const result = recordsOf([
    member('mx1', {
      domains: ['example.org', 'in.example'],
      spf: { all: '-all' },
      dmarc: { p: 'reject', rua: 'd@example.org' },
      mail_domains: {
        'in.example': { sends: false },
        'example.org': {
          spf: { networks: ['198.51.100.0/24'] },
          dmarc: {
            p: 'quarantine',
            t: true,
            rua: ['d@reports.example', 'https://x.example/'],
            ruf: 'f@example.org',
            fo: '1:d',
          },
        },
      },
    }),
  ])
  assert.equal(shown(result), [
    'in.example TXT v=spf1 -all',
    '_dmarc.in.example TXT v=DMARC1; p=reject',
    '*._domainkey.in.example TXT v=DKIM1; p=',
    'example.org._report._dmarc.reports.example TXT v=DMARC1;',
    'example.org TXT v=spf1 ip4:192.0.2.1 ip4:198.51.100.0/24 -all',
    '_dmarc.example.org TXT v=DMARC1; p=quarantine; rua=mailto:d@reports.example,https://x.example/; ' +
      'ruf=mailto:f@example.org; fo=1:d; t=y',
  ])
  assert.equal(
    result.records.filter(({ publishedBy }) => publishedBy === 'other').map(({ name }) => name),
    ['example.org._report._dmarc.reports.example'],
  )
})

test('reports within the organization need no consent', () => {
  assert.not.match(
    shown(
      recordsOf([
        member('mx1', {
          domains: ['example.org', 'sub.example.org'],
          dmarc: { p: 'none', rua: 'd@reports.example.org' },
        }),
      ]),
    ).join('\n'),
    '_report',
  )
})

test('SPF is merged into what is there, DMARC takes its place; weaker than before is reported', () => {
  const there: Readonly<Record<string, readonly string[]>> = {
    'example.org': ['site-verification=1', 'v=spf1 a include:other.example -all mx'],
    '_dmarc.example.org': ['v=DMARC1; p=reject'],
    'mx1.example.org': ['v=spf1 a -all'],
  }
  const result = recordsOf(
    [member('mx1.example.org', { dmarc: { p: 'none', rua: 'd@example.org' } })],
    (name) => there[name] ?? [],
  )
  assert.equal(shown(result), [
    'example.org TXT v=spf1 ip4:192.0.2.1 a include:other.example -all',
    '_dmarc.example.org TXT v=DMARC1; p=none; rua=mailto:d@example.org',
    'mx1.example.org TXT v=spf1 ip4:192.0.2.1 a -all',
  ])
  assert.equal(
    result.findings.map(({ id, message }) => [id, message]),
    [
      ['spf-merge', 'example.org: mx goes: it had no effect beside all'],
      ['dmarc-weakens', 'example.org has p=reject now, and is to have p=none'],
    ],
  )
})

test('without a word on DMARC none is published, and that is reported', () => {
  const result = recordsOf([member('mx1', {})])
  assert.equal(shown(result), ['example.org TXT v=spf1 ip4:192.0.2.1 ~all'])
  assert.equal(
    result.findings.map(({ id }) => id),
    ['dmarc-not-set'],
  )
})

test('the seed to the letter: ADSP and a bare p=none on explicit request alone', () => {
  assert.equal(
    shown(
      recordsOf([
        member('mx1', {
          spf: { mechanisms: ['a', 'mx'], all: '-all' },
          adsp: 'unknown',
          dmarc: { p: 'none', allow_none_without_rua: true },
        }),
      ]),
    ),
    [
      'example.org TXT v=spf1 ip4:192.0.2.1 a mx -all',
      '_dmarc.example.org TXT v=DMARC1; p=none',
      '_adsp._domainkey.example.org TXT dkim=unknown',
    ],
  )
})

test('a key that two hosts share is one record; a revoked one is empty', () => {
  const key = { domain: 'example.org', selector: 'shared', publicKey: spki() }
  const old = { domain: 'example.org', selector: 'old', publicKey: '' }
  const { records } = recordsOf([member('mx1', {}, { keys: [key, old] }), member('mx2', {}, { keys: [key] })])
  assert.equal(
    records.filter(({ purpose }) => purpose === 'dkim').map(({ name, why }) => [name, why]),
    [
      ['old._domainkey.example.org', ['mx1 signs with it no more']],
      ['shared._domainkey.example.org', ['mx1 signs for example.org', 'mx2 signs for example.org']],
    ],
  )
})

test('a host that greets as the domain itself has no record of its own', () => {
  assert.equal(shown(recordsOf([member('mx1', { helo_name: 'example.org', outgoing_addresses: ['2001:db8::9'] })])), [
    'example.org TXT v=spf1 ip6:2001:db8::9 ~all',
  ])
})

test('addresses of nobody that is known are reported, and go when they are said to', () => {
  const there = (): readonly string[] => ['v=spf1 ip4:198.51.100.9 ip4:192.0.2.0/24 include:old.example -all']
  const result = recordsOf([member('mx1', { dmarc: { p: 'reject' } })], there)
  assert.equal(
    result.findings.map(({ id, message }) => [id, message]),
    [['spf-stranger', 'example.org: ip4:198.51.100.9 may send, and is no host that is known']],
  )
  assert.is(
    shown(recordsOf([member('mx1', { spf: { retired: ['198.51.100.9', 'old.example'] } })], there))[0],
    'example.org TXT v=spf1 ip4:192.0.2.0/24 -all',
  )
})

test('a host that greets as a domain that others send for is among its senders: its bounces come from there', () => {
  const result = recordsOf([
    member('mx1', { domains: ['example.net'], helo_name: 'example.org' }),
    member('mx2', { domains: ['example.org'] }, { addresses: ['192.0.2.2'] }),
  ])
  assert.equal(shown(result), [
    'example.net TXT v=spf1 ip4:192.0.2.1 ~all',
    'example.org TXT v=spf1 ip4:192.0.2.1 ip4:192.0.2.2 ~all',
  ])
})

test(
  'the own name of a host has SPF, for its own mail and its bounces; ' +
    'the key of the domain that it is in signs for it, and where that does not do it is reported',
  () => {
    const of = (given: object, name = 'mx1') => recordsOf([member(name, { dmarc: { p: 'reject' }, ...given })])
    const named = of({ fqdn: 'mx1.example.org', helo_name: 'out.example.org' })
    assert.equal(
      named.records.filter(({ purpose }) => purpose === 'spf-helo').map(({ name, value, why }) => [name, value, why]),
      [
        ['mx1.example.org', 'v=spf1 ip4:192.0.2.1 -all', ['mail of mx1 itself comes from mx1.example.org']],
        ['out.example.org', 'v=spf1 ip4:192.0.2.1 -all', ['mx1 greets others as out.example.org']],
      ],
    )
    assert.equal(named.findings, [])
    assert.equal(
      of({ fqdn: 'mx1.example.org' })
        .records.filter(({ purpose }) => purpose === 'spf-helo')
        .map(({ why }) => why),
      [['mx1 greets others as mx1.example.org']],
    )
    const findings = (given: object, name?: string) =>
      of(given, name).findings.map(({ id, message }) => `${id} ${message}`)
    assert.match(
      findings({}, 'mx1.hoster.example').join(),
      pattern(
        /^host-mail-unsigned mail of mx1\.hoster\.example itself \(from cron, and bounces\) /,
        /comes from mx1\.hoster\.example, which is in none of its domains/,
      ),
    )
    assert.equal(findings({ sign_host_name: false }, 'mx1.hoster.example'), [])
    assert.match(
      findings({ dmarc: { p: 'reject', adkim: 's' } }, 'mx1.example.org').join(),
      /^host-mail-unaligned .* is signed for example\.org, which does not align with adkim=s/,
    )
    assert.equal(
      findings({ dmarc: { p: 'reject', adkim: 's' }, domains: ['example.org', 'mx1.example.org'] }, 'mx1.example.org'),
      [],
    )
  },
)

test('a table names what is special before what is general, for the first line that matches counts', () => {
  const keys = ['example.org', 'example.net', 'news.example.org'].map((domain) => ({
    domain,
    selector: 'mx1',
    path: `/k/${domain}`,
  }))
  assert.equal(signingTableLines(keys, undefined, []), [
    '*@news.example.org mx1._domainkey.news.example.org',
    '*@example.org mx1._domainkey.example.org',
    '*@example.net mx1._domainkey.example.net',
  ])
  assert.equal(signingTableLines(keys, 'mx1.example.org', [])[0], '*@mx1.example.org mx1._domainkey.example.org')
  assert.equal(
    signingTableLines(keys, 'a.news.example.org', [])[0],
    '*@a.news.example.org mx1._domainkey.news.example.org',
  )
  for (const name of ['mx1.hoster.example', 'example.org', 'notexample.org', 'xexample.net'])
    assert.is(signingTableLines(keys, name, []).length, 3, name)
  const carried = ['*@*.example.org', '*@lists.example.org', '*@*.a.example.org'].map((pattern) => ({
    pattern,
    domain: 'example.org',
  }))
  assert.equal(
    signingTableLines(keys, 'mx1.example.org', carried).map((line) => line.split(' ')[0]),
    [
      '*@mx1.example.org',
      '*@lists.example.org',
      '*@news.example.org',
      '*@example.org',
      '*@example.net',
      '*@*.a.example.org',
      '*@*.example.org',
    ],
  )
  assert.equal(keyTableLines(keys.slice(0, 1)), ['mx1._domainkey.example.org example.org:mx1:/k/example.org'])
})

const refused: readonly (readonly [string, () => unknown, RegExp])[] = [
  [
    'hosts that disagree',
    () => recordsOf([member('mx1', { dmarc: { p: 'reject' } }), member('mx2', { dmarc: { p: 'quarantine' } })]),
    /^example\.org is to have other records by the vars of mx2 \(dmarc\) than by those of mx1/,
  ],
  [
    'times that disagree',
    () => recordsOf([member('mx1', { dns_ttl: 300 }), member('mx2', {})]),
    /dns_ttl differs between hosts: 300 \(mx1\), 3600 \(mx2\)/,
  ],
  [
    'a domain that sends and does not',
    () => recordsOf([member('mx1', { null_domains: ['example.org'] })]),
    /example\.org is in domains, .* and in null_domains/,
  ],
]
for (const [what, make, message] of refused) test(`${what}: refused`, () => assert.throws(make, message))

const alone: readonly (readonly [string, () => MailRecords, RegExp])[] = [
  [
    'two keys at one name',
    () =>
      recordsOf(
        ['mx1', 'mx2'].map((name) =>
          member(name, {}, { keys: [{ domain: 'example.org', selector: 'default', publicKey: spki() }] }),
        ),
      ),
    pattern(
      /^default\._domainkey\.example\.org would have two TXT records /,
      /.*mx1 signs for example\.org.*mx2 signs for example\.org.*another selector/,
    ),
  ],
  [
    'a key that is in use and revoked',
    () =>
      recordsOf([
        member(
          'mx1',
          {},
          { keys: [spki(), ''].map((publicKey) => ({ domain: 'example.org', selector: 'a', publicKey })) },
        ),
      ]),
    /would have two TXT records/,
  ],
  [
    'a host without an address',
    () => recordsOf([member('mx1', {}, { addresses: [] })]),
    /^mx1 sends for example\.org, and no address of it is known.*outgoing_addresses/,
  ],
  [
    'a domain that nobody sends for',
    () => recordsOf([member('mx1', { mail_domains: { 'lost.example': {} } })]),
    /^nobody sends for lost\.example/,
  ],
  [
    'a host that greets as a domain that does not send',
    () => recordsOf([member('mx1', { helo_name: 'parked.example', null_domains: ['parked.example'] })]),
    /mx1 greets others as parked\.example/,
  ],
  [
    'two SPF records',
    () => recordsOf([member('mx1', {})], () => ['v=spf1 a -all', 'v=spf1 mx -all']),
    /^example\.org has 2 SPF records/,
  ],
  [
    'an SPF record that cannot be read',
    () => recordsOf([member('mx1', {})], () => ['v=spf1 ipv4:192.0.2.1 -all']),
    /^example\.org TXT "v=spf1 ipv4:192\.0\.2\.1 -all" is published, and cannot be read: .*is not known.*correct/,
  ],
  [
    'a name that is too long',
    () =>
      recordsOf([
        member(
          'mx1',
          {},
          { keys: [{ domain: `${'a'.repeat(60)}.`.repeat(4) + 'example', selector: 'mx1', publicKey: '' }] },
        ),
      ]),
    /cannot be a name in DNS/,
  ],
]
for (const [what, make, message] of alone)
  test(`${what}: a fault of that record alone, which is left out`, () => {
    const { records, faults } = make()
    assert.is(faults.length, 1)
    assert.match(faults[0]!.why, message)
    assert.not.ok(records.some(({ name, purpose }) => name === faults[0]!.name && purpose === faults[0]!.purpose))
  })

test('what is wrong with one domain holds up no other, nor its other records', () => {
  const given = { domains: ['broken.example', 'example.org'], dmarc: { p: 'reject' } }
  const there = (name: string): readonly string[] =>
    name === 'broken.example' ? ['v=spf1 ip4:300.1.1.1 -all'] : name === 'example.org' ? ['v=spf1 a -all'] : []
  const keys = ['a', 'b'].map((publicKey) => ({ domain: 'broken.example', selector: 'twice', publicKey }))
  const { records, faults } = recordsOf([member('mx1', given, { keys })], there)
  assert.equal(
    records.map(({ name, value }) => `${name} ${value}`),
    [
      '_dmarc.broken.example v=DMARC1; p=reject',
      'example.org v=spf1 ip4:192.0.2.1 a -all',
      '_dmarc.example.org v=DMARC1; p=reject',
    ],
  )
  assert.equal(
    faults.map(({ domain, name }) => `${domain} ${name}`),
    ['broken.example broken.example', 'broken.example twice._domainkey.broken.example'],
  )
})

test('a domain on which hosts disagree is left out, and no other', () => {
  const both = ['example.org', 'example.net']
  const { fleet, disputed } = settledFleet([
    member('mx1', { domains: both, mail_domains: { 'example.org': { dmarc: { p: 'reject' } } } }),
    member('mx2', { domains: both, mail_domains: { 'example.org': { dmarc: { p: 'quarantine' } } } }),
    member('mx3', { domains: ['parked.example'], null_domains: ['parked.example'] }),
  ])
  assert.equal([...disputed.keys()], ['example.org', 'parked.example'])
  assert.match(disputed.get('example.org')!, /by the vars of mx2 \(dmarc\) than by those of mx1/)
  assert.equal(
    mailRecords(fleet, () => []).records.map(({ name }) => name),
    ['example.net'],
  )
})

test('a DMARC record that is published and bad is reported where the inventory has none, and left alone', () => {
  const { records, findings } = recordsOf([member('mx1', {})], (name) =>
    name === '_dmarc.example.org' ? ['v=dmarc1; p=none'] : [],
  )
  assert.equal(
    records.map(({ name }) => name),
    ['example.org'],
  )
  assert.equal(
    findings.map(({ id, severity }) => `${id} ${severity}`),
    ['dmarc-version warning'],
  )
  assert.match(findings[0]!.message, /^_dmarc\.example\.org: .*"v=dmarc1; p=none" does not begin with v=DMARC1/)
})

test('selectors in either case are one name', () => {
  const key = { domain: 'example.org', publicKey: spki() }
  const { records, faults } = recordsOf([
    member('mx1', {}, { keys: [{ ...key, selector: 'Mail_2023' }] }),
    member('mx2', {}, { keys: [{ ...key, selector: 'mail_2023' }] }),
  ])
  assert.equal(faults, [])
  assert.equal(
    records.filter(({ purpose }) => purpose === 'dkim').map(({ name, why }) => [name, why.length]),
    [['mail_2023._domainkey.example.org', 2]],
  )
})

const problemsOf = (given: object): readonly string[] => {
  const result = v.safeParse(v.object({ domains: v.array(domain), ...mailVars }), {
    domains: ['example.org'],
    ...given,
  })
  return (result.issues ?? []).map((issue) => `${v.getDotPath(issue)}: ${issue.message}`)
}
for (const [given, problem] of [
  [{ dmarc: { p: 'none' } }, 'dmarc: p: none needs rua'],
  [{ dmarc: { p: 'Reject' } }, 'dmarc.p: none, quarantine or reject is wanted'],
  [{ dmarc: {} }, 'dmarc.p: '],
  [{ dmarc: { p: 'reject', rua: [] } }, 'dmarc.rua: at least one address is wanted'],
  [{ dmarc: { p: 'reject', rua: 'nobody' } }, 'dmarc.rua: an address'],
  [{ dmarc: { p: 'reject', pct: 50 } }, 'dmarc.pct: '],
  [{ dmarc: { p: 'reject', fo: '1' } }, 'dmarc: fo has an effect with ruf alone'],
  [{ dmarc: { p: 'reject', ruf: 'a@example.org', fo: 'x' } }, 'dmarc.fo: 0, 1, d, s'],
  [{ spf: { all: '+all' } }, 'spf.all: -all, ~all or ?all is wanted'],
  [{ spf: { includes: ['localhost'] } }, 'spf.includes.0: a domain is wanted'],
  [{ spf: { networks: ['mx1'] } }, 'spf.networks.0: an address or network'],
  [{ spf: { mechanisms: ['-all'] } }, 'spf.mechanisms.0: a mechanism of SPF other than all'],
  [{ spf: { mechanisms: ['exp=a.example'] } }, 'spf.mechanisms.0: '],
  [{ spf: { mechanisms: ['ipv4:x'] } }, 'spf.mechanisms.0: '],
  [{ spf: { include: 'x' } }, 'spf.include: '],
  [{ outgoing_addresses: ['192.0.2.0/24'] }, 'outgoing_addresses.0: an address is wanted'],
  [{ helo_name: 'localhost' }, 'helo_name: a domain name is wanted'],
  [{ adsp: 'none' }, 'adsp: unknown, all or discardable'],
  [{ dns_ttl: 0 }, 'dns_ttl: at least 1 second'],
  [{ null_domains: ['a b'] }, 'null_domains.0: a domain name is wanted'],
  [{ mail_domains: { localhost: {} } }, 'mail_domains.localhost: a domain name is wanted'],
  [{ mail_domains: { 'a.example': { send: false } } }, 'mail_domains.a.example.send: '],
] as const) {
  test(`${JSON.stringify(given)} is refused with its place`, () => {
    const problems = problemsOf(given)
    assert.is(problems.length, 1, problems.join('\n'))
    assert.ok(problems[0]!.startsWith(problem), problems[0])
  })
}

test('vars are normal: names in A-labels, addresses as URIs', () => {
  const { mail_domains, dmarc } = vars({
    mail_domains: { 'Bücher.Example': { sends: false } },
    dmarc: { p: 'none', rua: 'dmarc@bücher.example' },
  })
  assert.equal(mail_domains, { 'xn--bcher-kva.example': { sends: false } })
  assert.equal(dmarc, { p: 'none', rua: ['mailto:dmarc@xn--bcher-kva.example'] })
})

test.run()
