// What a run knows of its mail fleet:
// hosts that did not tell are not forgotten, and take nothing from the records of others.
import { generateKeyPairSync } from 'node:crypto'
import * as assert from 'uvu/assert'
import * as v from 'valibot'
import { nameServersVar } from '../../../src/dns/dns-vars.ts'
import { mailRecords } from '../../../src/mail/fleet/mail-records.ts'
import { mailVars } from '../../../src/mail/fleet/mail-vars.ts'
import { domain, selector, selectorList } from '../../../src/mail/fleet/schemas.ts'
import type { HostResult, HostStatus } from '../../../src/core/run-event.ts'
import type { MailHosts } from '../../../src/commands/mail-fleet/mail-fleet-of.ts'
import { policyWaits, runFleet } from '../../../src/commands/run/run-fleet.ts'
import { suite } from '../../suite.ts'
import { host } from '../report/results.ts'

const test = suite('run/run-fleet')

const PUBLIC_KEY = generateKeyPairSync('rsa', { modulusLength: 1024 })
  .publicKey.export({ format: 'der', type: 'spki' })
  .toString('base64')

const shape = v.object({
  domains: v.array(domain),
  dkim_selector: v.optional(selector),
  dkim_selectors: v.optional(selectorList),
  dns: v.optional(nameServersVar, {}),
  ...mailVars,
})
const members = (vars: Readonly<Record<string, object>>): MailHosts => ({
  hosts: [],
  dns: { of: () => ({}), all: [{}], differing: new Map() },
  vars: new Map(
    Object.entries(vars).map(([name, own]) => [name, v.parse(shape, { domains: ['example.org'], ...own })]),
  ),
})
const reported = (name: string, status: HostStatus, addresses: readonly string[] | undefined): HostResult =>
  host({
    name,
    status,
    outputs: {
      ...(addresses === undefined ? {} : { 'mail fleet: outgoing': { addresses, relayhost: '' } }),
      'mail fleet: signing': [
        {
          domain: 'example.org',
          selector: name.split('.')[0],
          path: '/k',
          key: { kind: 'key', publicKey: PUBLIC_KEY },
        },
      ],
    },
  })
const valuesOf = (fleet: ReturnType<typeof runFleet>['fleet']): Readonly<Record<string, string>> =>
  Object.fromEntries(mailRecords(fleet, () => []).records.map(({ name, value }) => [name, value]))

test('a host that is not asked counts by what the inventory says of it', () => {
  const { fleet, unknown } = runFleet(
    members({ 'mx1.example.org': {}, 'mx2.example.org': { outgoing_addresses: ['192.0.2.2'] } }),
    [reported('mx1.example.org', 'ok', ['192.0.2.1'])],
    false,
  )
  assert.is(valuesOf(fleet)['example.org'], 'v=spf1 ip4:192.0.2.1 ip4:192.0.2.2 ~all')
  assert.is(valuesOf(fleet)['mx2._domainkey.example.org'], undefined)
  assert.is(unknown.size, 0)
})

test(
  'where the addresses of one sender are not known, the domain is reported as such; ' +
    'keys and names of the others go on',
  () => {
    const { fleet, unknown } = runFleet(
      members({ 'mx1.example.org': {}, 'mx2.example.org': {} }),
      [reported('mx1.example.org', 'ok', ['192.0.2.1'])],
      false,
    )
    assert.match(
      unknown.get('example.org') ?? '',
      /^mx2\.example\.org sends for it, too, and was not asked for its addresses in this run: set outgoing_addresses/,
    )
    assert.equal(valuesOf(fleet), {
      'example.org': 'v=spf1 ip4:192.0.2.1 ~all',
      'mx1._domainkey.example.org': `v=DKIM1; h=sha256; k=rsa; p=${PUBLIC_KEY}`,
      'mx1.example.org': 'v=spf1 ip4:192.0.2.1 -all',
    })
  },
)

test('an address that others do not see is an error of that host alone, whose key is published all the same', () => {
  const { fleet, findings } = runFleet(
    members({ 'mx1.example.org': {} }),
    [reported('mx1.example.org', 'ok', ['10.0.0.1'])],
    false,
  )
  assert.equal(
    findings.map(({ severity, message }) => [severity, message.slice(0, 36)]),
    [['error', 'mx1.example.org sends from 10.0.0.1,']],
  )
  assert.equal(Object.keys(valuesOf(fleet)), ['mx1._domainkey.example.org'])
})

interface Word {
  readonly outgoing?: object
  readonly signing?: readonly (readonly [selector: string, publicKey: string])[]
  readonly marks?: readonly (readonly [event: string, selector: string])[]
  readonly keys?: readonly (readonly [selector: string, publicKey: string])[]
}
const key = (): string =>
  generateKeyPairSync('rsa', { modulusLength: 1024 })
    .publicKey.export({ format: 'der', type: 'spki' })
    .toString('base64')
/** A host that says what it likes. */
const saying = (name: string, { outgoing, signing = [], marks = [], keys = [] }: Word): HostResult =>
  host({
    name,
    status: 'ok',
    outputs: {
      'mail fleet: outgoing': outgoing ?? { addresses: ['192.0.2.1'], relayhost: '' },
      'mail fleet: signing': signing.map(([selector, publicKey]) => ({
        domain: 'example.org',
        selector,
        path: '/k',
        key: { kind: 'key', publicKey },
      })),
      'mail fleet: keys': {
        now: 1_800_000_000,
        keys: keys.map(([selector, publicKey]) => ({
          domain: 'example.org',
          selector,
          path: `/etc/dkimkeys/example.org/${selector}.private`,
          made: 1,
          publicKey,
        })),
      },
      'mail fleet: history example.org': {
        kind: 'file',
        marks: marks.map(([event, selector]) => ({ time: 1, event, selector })),
      },
    },
  })
const keysAndFindings = (vars: Readonly<Record<string, object>>, ...results: readonly HostResult[]) => {
  const { fleet, findings } = runFleet(members(vars), results, false)
  return {
    keys: Object.entries(valuesOf(fleet)).flatMap(([name, value]) =>
      name.includes('._domainkey.') ? [`${name.split('.')[0]} ${value === 'v=DKIM1; p=' ? 'revoked' : 'key'}`] : [],
    ),
    ids: findings.map(({ id, severity }) => `${severity} ${id}`),
  }
}
const MX1 = { 'mx1.example.org': {} }

for (const selector of ['*', 'google', 'mx2', '(', 'mx1;', 'x'.repeat(70)])
  test(`a table that names ${selector.slice(0, 8)} publishes nothing, and is a finding`, () => {
    assert.equal(keysAndFindings(MX1, saying('mx1.example.org', { signing: [[selector, key()]] })), {
      keys: [],
      ids: ['warning selector-foreign'],
    })
  })

test('selectors that the inventory gives: the first, a rotated one, those of dkim_selectors', () => {
  for (const selector of ['mx1', 'mx1-20270301', 'mx1-20270301b', 'default'])
    assert.equal(
      keysAndFindings(
        { 'mx1.example.org': { dkim_selectors: ['default'] } },
        saying('mx1.example.org', { signing: [[selector, key()]] }),
      ),
      { keys: [`${selector} key`], ids: [] },
    )
})

test("a history that revokes another's selector revokes nothing; that of its own does", () => {
  const revoking = (selector: string) =>
    keysAndFindings(
      MX1,
      saying('mx1.example.org', {
        signing: [['mx1', key()]],
        marks: [
          ['active', selector],
          ['retired', selector],
          ['revoking', selector],
        ],
      }),
    )
  assert.equal(revoking('mx2'), { keys: ['mx1 key'], ids: ['warning selector-foreign'] })
  assert.equal(revoking('mx1-20260301'), { keys: ['mx1 key', 'mx1-20260301 revoked'], ids: [] })
})

test('the same key of two hosts is one key', () => {
  const shared = key()
  const vars = { 'mx1.example.org': { dkim_selector: 'mail' }, 'mx2.example.org': { dkim_selector: 'mail' } }
  const hosts = Object.keys(vars)
  assert.equal(keysAndFindings(vars, ...hosts.map((name) => saying(name, { signing: [['mail', shared]] }))), {
    keys: ['mail key'],
    ids: [],
  })
})

test('two keys for one selector are an error of those two hosts; the others go on', () => {
  const vars = {
    'mx1.example.org': { dkim_selectors: ['mail'] },
    'mx2.example.org': { dkim_selectors: ['mail'] },
    'mx3.example.org': {},
  }
  const [one, two, three] = Object.keys(vars) as [string, string, string]
  assert.equal(
    keysAndFindings(
      vars,
      saying(one, { signing: [['mail', key()]] }),
      saying(two, { signing: [['mail', key()]] }),
      saying(three, { signing: [['mx3', key()]] }),
    ),
    { keys: ['mx3 key'], ids: ['error dkim-rival-keys'] },
  )
})

test('what is no key is not published', () => {
  for (const publicKey of ['A'.repeat(70_000), 'AAAA', 'v=DKIM1'])
    assert.equal(keysAndFindings(MX1, saying('mx1.example.org', { signing: [['mx1', publicKey]] })), {
      keys: [],
      ids: ['error dkim-unfit-key'],
    })
})

test('a host that names no address that can send is an error of that host alone', () => {
  const { fleet, findings } = runFleet(
    members({ 'mx1.example.org': {}, 'mx2.example.net': { domains: ['example.net'] } }),
    [
      saying('mx1.example.org', {
        outgoing: { addresses: [], relayhost: '', unfit: ['0.0.0.0/0 is no address'] },
        signing: [['mx1', key()]],
      }),
      reported('mx2.example.net', 'ok', ['192.0.2.2']),
    ],
    false,
  )
  assert.equal(
    findings.map(({ id, message }) => `${id} ${message.slice(0, 70)}`),
    [
      'spf-sender-unknown mx1.example.org says that its mail leaves from 0.0.0.0/0 is no address',
      // It names a key for a domain of others.
      'selector-foreign mx2.example.net signs for example.org with the selector mx2, which the',
    ],
  )
  assert.equal(Object.keys(valuesOf(fleet)).sort(), ['example.net', 'mx1._domainkey.example.org', 'mx2.example.net'])
})

test('a key that the run is about to make is a note in a check', () => {
  const result = host({
    name: 'mx1.example.org',
    status: 'would-change',
    outputs: {
      'mail fleet: outgoing': { addresses: ['192.0.2.1'], relayhost: '' },
      'mail fleet: signing': [
        { domain: 'example.org', selector: 'mx1', path: '/k', key: { kind: 'key', publicKey: null } },
      ],
    },
  })
  assert.equal(
    runFleet(members({ 'mx1.example.org': {} }), [result], true).findings.map(({ id, severity }) => [id, severity]),
    [['dkim-key-to-come', 'note']],
  )
  assert.equal(
    runFleet(members({ 'mx1.example.org': {} }), [result], false).findings.map(({ id, severity }) => [id, severity]),
    [['dkim-unreadable-key', 'error']],
  )
})

const TABLE: readonly (readonly [string, readonly (readonly [string, HostStatus])[], string | undefined])[] = [
  [
    'all sign',
    [
      ['mx1', 'ok'],
      ['mx2', 'changed'],
    ],
    undefined,
  ],
  [
    'one holds something back',
    [
      ['mx1', 'ok'],
      ['mx2', 'held'],
    ],
    'mx2 holds something back',
  ],
  [
    'one is unreachable',
    [
      ['mx1', 'unreachable'],
      ['mx2', 'ok'],
    ],
    'mx1 is unreachable',
  ],
  ['one is not in this run', [['mx1', 'ok']], 'mx2 is not among the hosts of this run'],
]
for (const [what, statuses, why] of TABLE) {
  test(`policies wait for all who send: ${what}`, () => {
    const said = policyWaits(
      'example.org',
      members({ mx1: {}, mx2: {}, other: { domains: ['other.example'] } }),
      statuses.map(([name, status]) => host({ name, status })),
    )
    if (why === undefined) assert.is(said, undefined)
    else assert.ok(said?.endsWith(why), said)
  })
}

test.run()
