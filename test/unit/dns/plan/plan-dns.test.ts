// Plans for DNS against name servers of the test's own: what is asked of whom, what is left alone, what would change.
import { generateKeyPairSync } from 'node:crypto'
import * as assert from 'uvu/assert'
import * as v from 'valibot'
import { zoneFinder } from '../../../../src/dns/lookup/find-zone.ts'
import type { Looking } from '../../../../src/dns/lookup/look.ts'
import { planDns, planRecords, type DnsPlan } from '../../../../src/dns/plan/plan-dns.ts'
import { servedEverywhere } from '../../../../src/dns/served/served-everywhere.ts'
import { dkimValue, REVOKED_DKIM } from '../../../../src/mail/records/dkim/record.ts'
import type { KeyClaim, MailRecord } from '../../../../src/mail/records/dns-record.ts'
import { mailFleet, type MailFleet } from '../../../../src/mail/fleet/mail-fleet.ts'
import { mailVars } from '../../../../src/mail/fleet/mail-vars.ts'
import { domain } from '../../../../src/mail/fleet/schemas.ts'
import { suite } from '../../../suite.ts'
import { a, cname, internet, NAMES, ns, ROOT, txt, type FakeServer, type Internet } from '../internet.ts'

const test = suite('dns/plan')

const ORG: FakeServer = {
  zones: {
    org: [...NAMES, a('ns1.example.org', '10.0.0.3'), a('ns2.example.org', '10.0.0.4')],
  },
}

const fleetOf = (given: object): MailFleet => {
  const vars = v.parse(v.object({ domains: v.array(domain), ...mailVars }), {
    domains: ['example.org'],
    outgoing_addresses: ['192.0.2.1'],
    helo_name: 'mx1.example.org',
    ...given,
  })
  return mailFleet([
    { name: 'mx1', vars, addresses: [], keys: [{ domain: 'example.org', selector: 'mx1', publicKey: '' }] },
  ])
}

/** @param own - of the zone at its two servers. */
const world = (first: readonly Parameters<typeof txt>[] | FakeServer, second?: FakeServer): Internet & Looking => {
  const server = Array.isArray(first)
    ? { zones: { 'example.org': [...NAMES, ...first.map((each: Parameters<typeof txt>) => txt(...each))] } }
    : (first as FakeServer)
  const net = internet({ '10.0.0.1': ROOT, '10.0.0.2': ORG, '10.0.0.3': server, '10.0.0.4': second ?? server })
  return { ...net, findZone: zoneFinder(net.ask, { resolvers: ['10.9.9.9'] }) }
}

const kinds = ({ records }: DnsPlan): Readonly<Record<string, string>> =>
  Object.fromEntries(records.map(({ record, kind }) => [record.name, kind]))

test('from the root down: no cache is asked for a name that may not be there yet', async () => {
  const net = world([])
  const plan = await planDns(fleetOf({}), net)
  assert.equal(kinds(plan), {
    'example.org': 'change',
    'mx1._domainkey.example.org': 'change',
    'mx1.example.org': 'change',
  })
  assert.equal(
    [...new Set(net.asked.filter(({ recursion }) => recursion).map(({ name, type }) => `${name} ${type}`))].sort(),
    [' NS', 'ns.root A', 'ns.root AAAA'],
  )
  assert.equal(
    plan.records[0]!.zone!.servers.map(({ name, addresses }) => `${name} ${addresses[0]!.address}`),
    ['ns1.example.org 10.0.0.3', 'ns2.example.org 10.0.0.4'],
  )
})

test("SPF is merged, others' values and their TTL stay", async () => {
  const plan = await planDns(
    fleetOf({ dns_ttl: 60 }),
    world([
      ['example.org', 'site=1'],
      ['example.org', 'v=spf1 include:_spf.example.net ', '-all'],
      ['mx1._domainkey.example.org', 'v=DKIM1;p='],
    ]),
  )
  const [apex] = plan.records
  assert.is(apex!.kind, 'change')
  if (apex!.kind !== 'change') return
  const { remove, add, kept, ttl } = apex!.change
  // The borders between strings are part of what an update has to name.
  assert.equal(
    [remove, add, kept].map((each) => each.map(({ text }) => text)),
    [
      ['"v=spf1 include:_spf.example.net " "-all"'],
      ['"v=spf1 ip4:192.0.2.1 include:_spf.example.net -all"'],
      ['"site=1"'],
    ],
  )
  assert.is(ttl, 3600)
})

for (const code of ['SERVFAIL', 'REFUSED'])
  test(`${code} is never taken for "none": the records are left alone`, async () => {
    const plan = await planDns(fleetOf({}), world({ zones: {}, code }))
    assert.equal([...new Set(Object.values(kinds(plan)))], ['unanswered'])
    assert.match(plan.records[0]!.kind === 'unanswered' ? plan.records[0]!.why : '', code)
  })

test('a record that cannot be read is reported as it is published; the others are planned', async () => {
  const plan = await planDns(
    fleetOf({}),
    world([
      ['example.org', 'v=spf1 ip4:300.1.2.3 -all'],
      ['_dmarc.example.org', 'v=DMARC1 p=none'],
      ['mx1._domainkey.example.org', 'v=DKIM1; p=MII cut'],
    ]),
  )
  assert.equal(kinds(plan), {
    'example.org': 'blocked',
    'mx1._domainkey.example.org': 'change',
    'mx1.example.org': 'change',
  })
  const [apex] = plan.records
  assert.match(
    apex!.kind === 'blocked' ? apex!.why : '',
    /^example\.org TXT "v=spf1 ip4:300\.1\.2\.3 -all" is published, and cannot be read: .*correct or delete/,
  )
  assert.equal(
    plan.findings.map(({ id, message }) => `${id} ${message.slice(0, 20)}`),
    ['dmarc-version _dmarc.example.org: '],
  )
})

test('a policy that is published and good is no warning, though the inventory has none', async () => {
  const plan = await planDns(fleetOf({}), world([['_dmarc.example.org', 'v=DMARC1; p=reject; rua=mailto:a@b.example']]))
  assert.equal(plan.findings, [])
})

test('an answer without authority counts for nothing', async () => {
  const plan = await planDns(fleetOf({}), world({ zones: { org: [] } }))
  assert.equal([...new Set(Object.values(kinds(plan)))], ['unanswered'])
})

test('where the primary is silent, the server with the newest copy counts, and silence is reported', async () => {
  const second: FakeServer = { zones: { 'example.org': [...NAMES, txt('example.org', 'v=spf1 ip4:192.0.2.1 ~all')] } }
  const plan = await planDns(fleetOf({}), world({ zones: {}, code: 'SERVFAIL' }, second))
  assert.is(kinds(plan)['example.org'], 'served')
  const missing = await servedEverywhere(
    plan.records.slice(0, 1).map(({ record }) => record),
    { ...world({ zones: {}, code: 'SERVFAIL' }, second), waitSeconds: 0 },
  )
  assert.equal(
    missing.map(({ server, kind }) => [server?.name, kind]),
    [['ns1.example.org', 'silent']],
  )
})

test('a secondary that lags is named, with what it serves and its serial', async () => {
  const current: FakeServer = { zones: { 'example.org': [...NAMES, txt('example.org', 'v=spf1 ip4:192.0.2.1 ~all')] } }
  const old: FakeServer = {
    zones: { 'example.org': [...NAMES, txt('example.org', 'v=spf1 -all'), txt('x.example.org', 'x')] },
  }
  const net = world(current, old)
  const plan = await planDns(fleetOf({}), net)
  assert.is(kinds(plan)['example.org'], 'served')
  const missing = await servedEverywhere([plan.records[0]!.record], { ...net, waitSeconds: 0 })
  assert.equal(
    missing.map(({ server, kind, why, serial }) => [server?.name, kind, why, serial]),
    [['ns2.example.org', 'other', 'serves "v=spf1 -all"', 4]],
  )
})

test('two SPF values are not "served", however right one of them is', async () => {
  const net = world([['example.org', 'v=spf1 ip4:192.0.2.1 ~all']])
  const [record] = (await planDns(fleetOf({}), net)).records.map((each) => each.record)
  const two = world([
    ['example.org', 'v=spf1 ip4:192.0.2.1 ~all'],
    ['example.org', 'v=spf1 mx -all'],
  ])
  assert.is((await servedEverywhere([record!], { ...two, waitSeconds: 0 })).length, 2)
})

test('an alias serves where its target does, and blocks where it does not', async () => {
  const zone = (target: readonly Parameters<typeof txt>[]): FakeServer => ({
    zones: {
      'example.org': [
        ...NAMES,
        cname('mx1._domainkey.example.org', 'slot.example.org'),
        ...target.map((each) => txt(...each)),
      ],
    },
  })
  assert.is(
    kinds(await planDns(fleetOf({}), world(zone([['slot.example.org', 'v=DKIM1; p=']]))))['mx1._domainkey.example.org'],
    'served',
  )
  assert.is(kinds(await planDns(fleetOf({}), world(zone([]))))['mx1._domainkey.example.org'], 'blocked')
  const loop: FakeServer = {
    zones: { 'example.org': [...NAMES, cname('mx1._domainkey.example.org', 'mx1._domainkey.example.org')] },
  }
  assert.is(kinds(await planDns(fleetOf({}), world(loop)))['mx1._domainkey.example.org'], 'blocked')
})

test('records of an earlier plan take no term from the SPF record that is there now', async () => {
  const { records } = await planDns(fleetOf({}), world([]))
  const later = await planRecords(
    records.map(({ record }) => record),
    world([['example.org', 'v=spf1 include:_spf.example.net -all']]),
  )
  assert.is(kinds(later)['example.org'], 'blocked')
  assert.match(later.records[0]!.kind === 'blocked' ? later.records[0]!.why : '', 'include:_spf.example.net')
})

test('a zone below the zone has servers of its own', async () => {
  const net = internet({
    '10.0.0.1': ROOT,
    '10.0.0.2': ORG,
    '10.0.0.3': {
      zones: {
        'example.org': [...NAMES, ns('_domainkey.example.org', 'keys.example.org'), a('keys.example.org', '10.0.0.5')],
      },
    },
    '10.0.0.4': {
      zones: {
        'example.org': [...NAMES, ns('_domainkey.example.org', 'keys.example.org'), a('keys.example.org', '10.0.0.5')],
      },
    },
    '10.0.0.5': { zones: { '_domainkey.example.org': [ns('_domainkey.example.org', 'keys.example.org')] } },
  })
  const plan = await planDns(fleetOf({}), { ...net, findZone: zoneFinder(net.ask, { resolvers: ['10.9.9.9'] }) })
  assert.equal(
    plan.records.map(({ record, zone }) => [record.name, zone?.zone]),
    [
      ['example.org', 'example.org'],
      ['mx1._domainkey.example.org', '_domainkey.example.org'],
      ['mx1.example.org', 'example.org'],
    ],
  )
})

test('a key that DNS says is revoked is not brought back; a wildcard revoking all others does not count', async () => {
  const record = {
    name: 'mx1._domainkey.example.org',
    type: 'TXT',
    ttl: 3600,
    value: 'v=DKIM1; p=AAAA',
    purpose: 'dkim',
    domain: 'example.org',
    publishedBy: 'fleet',
    why: [],
  } as const
  const [planned] = (await planRecords([record], world([[record.name, 'v=DKIM1; p=']]))).records
  assert.is(planned?.kind, 'blocked')
  assert.match(planned?.kind === 'blocked' ? planned.why : '', /^DNS says that this key is revoked/)
  assert.is((await planRecords([record], world([]))).records[0]?.kind, 'change')
  assert.is(
    (await planRecords([{ ...record, value: 'v=DKIM1; p=' }], world([[record.name, 'v=DKIM1; p=AAAA']]))).records[0]
      ?.kind,
    'change',
  )
})

const spki = (): string =>
  generateKeyPairSync('ed25519').publicKey.export({ format: 'der', type: 'spki' }).toString('base64')
const [OURS, OTHERS] = [spki(), spki()] as const
const MX1 = 'mx1._domainkey.example.org'
const keyRecord = (value: string, claim?: KeyClaim): MailRecord => ({
  name: MX1,
  type: 'TXT',
  ttl: 3600,
  value,
  purpose: 'dkim',
  domain: 'example.org',
  publishedBy: 'fleet',
  why: [],
  ...(claim === undefined ? {} : { claim }),
})
const CLAIM: KeyClaim = {
  own: { domains: ['example.org'], first: 'mx1', further: [], others: [] },
  held: OURS,
}
const TODAY = new Date().toISOString().slice(0, 10).replaceAll('-', '')
const planOf = async (
  record: MailRecord,
  served: readonly Parameters<typeof txt>[],
  ...replacing: readonly string[]
) => {
  const [planned] = (await planRecords([record], world(served), new Set(replacing))).records
  return planned!
}

test('where DNS serves another key at a selector, nothing is replaced unasked; the remedy is shown', async () => {
  const other = [MX1, dkimValue(OTHERS)] as const
  const planned = await planOf(keyRecord(dkimValue(OURS), CLAIM), [[...other]])
  assert.is(planned.kind === 'blocked' && planned.anothers, true)
  const why = planned.kind === 'blocked' ? planned.why : ''
  assert.match(why, `the next free selector, mx1-${TODAY} (`)
  assert.match(why, /mailrun dns push --replace mx1\._domainkey\.example\.org$/)
  const taken = [`mx1-${TODAY}._domainkey.example.org`, 'v=DKIM1; p='] as const
  const next = await planOf(keyRecord(dkimValue(OURS), CLAIM), [[...other], [...taken]])
  assert.match(next.kind === 'blocked' ? next.why : '', `the next free selector, mx1-${TODAY}b (`)
})

test('asked for by name, it is replaced; a name that is another changes nothing', async () => {
  const served = [[MX1, dkimValue(OTHERS)]] as const
  const asked = await planOf(keyRecord(dkimValue(OURS), CLAIM), [[...served[0]]], MX1)
  assert.equal(asked.kind === 'change' && asked.change.remove.map(({ value }) => value), [dkimValue(OTHERS)])
  const mistaken = await planOf(keyRecord(dkimValue(OURS), CLAIM), [[...served[0]]], 'mx2._domainkey.example.org')
  assert.is(mistaken.kind, 'blocked')
})

for (const [what, served] of [
  ['its own key with a fault', `${dkimValue(OURS).replace('p=', 't=y; p=')}`],
  ['a key that was cut short, which no verifier takes', 'v=DKIM1; k=rsa; p=MIIBIjANBgkqhkiG9w0BAQ=='],
  ['what is no key', 'hello'],
] as const)
  test(`replaced as before: ${what}`, async () => {
    assert.is((await planOf(keyRecord(dkimValue(OURS), CLAIM), [[MX1, served]])).kind, 'change')
  })

test('another key beside its own stays, too', async () => {
  const served = [
    [MX1, dkimValue(OURS)],
    [MX1, dkimValue(OTHERS)],
  ] as const
  assert.is(
    (
      await planOf(
        keyRecord(dkimValue(OURS), CLAIM),
        served.map((each) => [...each]),
      )
    ).kind,
    'blocked',
  )
})

test('a host revokes the key that it has, and no other', async () => {
  const revoked = keyRecord(REVOKED_DKIM, CLAIM)
  assert.is((await planOf(revoked, [[MX1, dkimValue(OURS)]])).kind, 'change')
  assert.is((await planOf(revoked, [])).kind, 'change')
  const planned = await planOf(revoked, [[MX1, dkimValue(OTHERS)]])
  assert.match(
    planned.kind === 'blocked' ? planned.why : '',
    /^DNS serves a key there that is not the one to be revoked/,
  )
  assert.is((await planOf(keyRecord(REVOKED_DKIM, { own: CLAIM.own }), [[MX1, dkimValue(OURS)]])).kind, 'blocked')
})

test('a revocation that names keys is of these, or of what --replace names', async () => {
  const revoked = (...replaces: readonly string[]): MailRecord => ({ ...keyRecord(REVOKED_DKIM), replaces })
  for (const [served, replaces, kind] of [
    [OURS, [OURS], 'change'],
    [OURS, [OTHERS, OURS], 'change'],
    [OURS, [OTHERS], 'blocked'],
    [OURS, [], 'blocked'],
  ] as const)
    assert.is((await planOf(revoked(...replaces), [[MX1, dkimValue(served)]])).kind, kind, replaces.join())
  assert.is((await planOf(revoked(), [])).kind, 'change')
  assert.is((await planOf(revoked(), [[MX1, dkimValue(OURS)]], MX1)).kind, 'change')
})

test.run()
