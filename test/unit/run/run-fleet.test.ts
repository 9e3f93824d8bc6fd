// What a run knows of its mail fleet:
// hosts that did not tell are not forgotten, and take nothing from the records of others.
import * as assert from 'uvu/assert'
import * as v from 'valibot'
import { dnsVar } from '../../../src/dns/dns-vars.ts'
import { mailRecords } from '../../../src/mail/mail-records.ts'
import { mailVars } from '../../../src/mail/mail-vars.ts'
import { domain, selector } from '../../../src/mail/schemas.ts'
import type { HostResult, HostStatus } from '../../../src/model/run-event.ts'
import type { MailHosts } from '../../../src/run/mail-fleet-of.ts'
import { policyWaits, runFleet } from '../../../src/run/run-fleet.ts'
import { suite } from '../../suite.ts'
import { host } from '../report/results.ts'

const test = suite('run/run-fleet')

const shape = v.object({
  domains: v.array(domain),
  dkim_selector: v.optional(selector),
  dns: v.optional(dnsVar, {}),
  ...mailVars,
})
const members = (vars: Readonly<Record<string, object>>): MailHosts => ({
  hosts: [],
  dns: {},
  vars: new Map(
    Object.entries(vars).map(([name, own]) => [name, v.parse(shape, { domains: ['example.org'], ...own })]),
  ),
})
const told = (name: string, status: HostStatus, addresses: readonly string[] | undefined): HostResult =>
  host({
    name,
    status,
    outputs: {
      ...(addresses === undefined ? {} : { 'mail fleet: outgoing': { addresses, relayhost: '' } }),
      'mail fleet: signing': [
        { domain: 'example.org', selector: name.split('.')[0], path: '/k', key: { kind: 'key', publicKey: 'AAAA' } },
      ],
    },
  })
const valuesOf = (fleet: ReturnType<typeof runFleet>['fleet']): Readonly<Record<string, string>> =>
  Object.fromEntries(mailRecords(fleet, () => []).records.map(({ name, value }) => [name, value]))

test('a host that is not asked counts by what the inventory says of it', () => {
  const { fleet, unknown } = runFleet(
    members({ 'mx1.example.org': {}, 'mx2.example.org': { outgoing_addresses: ['192.0.2.2'] } }),
    [told('mx1.example.org', 'ok', ['192.0.2.1'])],
    false,
  )
  assert.is(valuesOf(fleet)['example.org'], 'v=spf1 ip4:192.0.2.1 ip4:192.0.2.2 ~all')
  assert.is(valuesOf(fleet)['mx2._domainkey.example.org'], undefined)
  assert.is(unknown.size, 0)
})

test(
  'where the addresses of one sender are not known, the domain is told as such; ' +
    'keys and names of the others go on',
  () => {
    const { fleet, unknown } = runFleet(
      members({ 'mx1.example.org': {}, 'mx2.example.org': {} }),
      [told('mx1.example.org', 'ok', ['192.0.2.1'])],
      false,
    )
    assert.match(
      unknown.get('example.org') ?? '',
      /^mx2\.example\.org sends for it, too, and was not asked for its addresses in this run: set outgoing_addresses/,
    )
    assert.equal(valuesOf(fleet), {
      'example.org': 'v=spf1 ip4:192.0.2.1 ~all',
      'mx1._domainkey.example.org': 'v=DKIM1; h=sha256; k=rsa; p=AAAA',
      'mx1.example.org': 'v=spf1 ip4:192.0.2.1 -all',
    })
  },
)

test('an address that others do not see is an error of that host alone, whose key is published all the same', () => {
  const { fleet, findings } = runFleet(
    members({ 'mx1.example.org': {} }),
    [told('mx1.example.org', 'ok', ['10.0.0.1'])],
    false,
  )
  assert.equal(
    findings.map(({ severity, message }) => [severity, message.slice(0, 36)]),
    [['error', 'mx1.example.org sends from 10.0.0.1,']],
  )
  assert.equal(Object.keys(valuesOf(fleet)), ['mx1._domainkey.example.org'])
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
