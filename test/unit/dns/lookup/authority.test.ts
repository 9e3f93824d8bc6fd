// Answers for SPF, DMARC and keys by single authoritative servers of the test's own:
// whom it asks, what counts, what is followed.
import * as assert from 'uvu/assert'
import { authority } from '../../../../src/dns/lookup/authority.ts'
import { shownServer } from '../../../../src/dns/lookup/name-server.ts'
import { suite } from '../../../suite.ts'
import { a, cname, internet, NAMES, ns, ROOT, txt, type FakeServer, type Internet } from '../internet.ts'

const test = suite('dns/authority')

const ORG: FakeServer = {
  zones: {
    org: [
      ...NAMES,
      a('ns1.example.org', '10.0.0.3'),
      a('ns2.example.org', '10.0.0.4'),
      ns('other.org', 'ns.other.org'),
      a('ns.other.org', '10.0.0.6'),
    ],
  },
}
const OTHER: FakeServer = {
  zones: {
    'other.org': [
      ns('other.org', 'ns.other.org'),
      txt('_spf.other.org', 'v=spf1 ', '-all'),
      txt('key.other.org', 'v=DKIM1; p='),
    ],
  },
}
const world = (first: FakeServer, second: FakeServer, more: Readonly<Record<string, FakeServer>> = {}): Internet =>
  internet({ '10.0.0.1': ROOT, '10.0.0.2': ORG, '10.0.0.3': first, '10.0.0.4': second, '10.0.0.6': OTHER, ...more })
const zone = (...records: Parameters<typeof txt>[]): FakeServer => ({
  zones: {
    'example.org': [
      ...NAMES,
      ...records.map((each) => txt(...each)),
      cname('s1._domainkey.example.org', 'key.other.org'),
      cname('loop.example.org', 'loop.example.org'),
    ],
  },
})
const RESOLVERS = { resolvers: ['10.9.9.9'] }

test('each server of a zone speaks for itself; of other zones any of their servers', async () => {
  const { ask, asked } = world(zone(['example.org', 'one']), zone(['example.org', 'two']))
  const dns = authority(RESOLVERS, ask)
  const { servers } = await dns.serversOf('example.org')
  assert.equal(servers.map(shownServer), ['ns1.example.org (10.0.0.3)', 'ns2.example.org (10.0.0.4)'])
  const reported = await Promise.all(
    servers.map((server) => dns.resolve({ name: 'Example.ORG.', type: 'TXT' }, server)),
  )
  assert.equal(reported, [
    { kind: 'found', values: ['one'] },
    { kind: 'found', values: ['two'] },
  ])
  assert.equal(await dns.resolve({ name: '_spf.other.org', type: 'TXT' }, servers[1]), {
    kind: 'found',
    values: ['v=spf1 -all'],
  })
  const before = asked.length
  await dns.resolve({ name: 'example.org', type: 'TXT' }, servers[0])
  assert.is(asked.length, before, 'a question is put once')
  assert.equal(
    asked.filter(({ recursion, name }) => recursion && name.includes('example')).length,
    0,
    'no cache hears of the names',
  )
})

test('aliases lead to the servers of the name that they are for, and loops end', async () => {
  const dns = authority(RESOLVERS, world(zone(), zone()).ask)
  const [first] = (await dns.serversOf('s1._domainkey.example.org')).servers
  assert.equal(await dns.resolve({ name: 's1._domainkey.example.org', type: 'TXT' }, first), {
    kind: 'found',
    values: ['v=DKIM1; p='],
  })
  assert.equal(await dns.resolve({ name: 'loop.example.org', type: 'TXT' }, first), {
    kind: 'failed',
    why: 'more than 8 CNAMEs one after the other',
  })
})

test('a name that is not there, one that has no such record, and one that DNS could not hold', async () => {
  const dns = authority(RESOLVERS, world(zone(), zone()).ask)
  const kindOf = async (name: string): Promise<string> => (await dns.resolve({ name, type: 'TXT' }, undefined)).kind
  assert.is(await kindOf('nowhere.example.org'), 'no-name')
  assert.is(await kindOf('example.org'), 'no-data')
  assert.is(await kindOf('_dmarc.nowhere'), 'no-name', 'by the root itself')
  for (const name of [
    '',
    'a..example.org',
    `${'x'.repeat(64)}.example.org`,
    `${'x.'.repeat(127)}example.org`,
    `${'ü'.repeat(32)}.example.org`,
  ])
    assert.is(await kindOf(name), 'no-name', name)
})

test(
  'silence, SERVFAIL and answers without authority are failures of the server that was meant, ' +
    'and no reason to take another',
  async () => {
    for (const bad of [{ zones: {}, code: 'SERVFAIL' }, { zones: {} }]) {
      const dns = authority(RESOLVERS, world(bad, zone(['example.org', 'two'])).ask)
      const { servers } = await dns.serversOf('example.org')
      assert.is((await dns.resolve({ name: 'example.org', type: 'TXT' }, servers[0])).kind, 'failed')
      assert.equal(await dns.resolve({ name: 'example.org', type: 'TXT' }, undefined), {
        kind: 'found',
        values: ['two'],
      })
    }
  },
)

test(
  'servers of the var dns are asked for all; ' +
    'what they do not serve is looked for from the root, but not where they are silent',
  async () => {
    const OWN: FakeServer = {
      zones: { 'example.org': [ns('example.org', 'ns1.example.org'), txt('example.org', 'inside')] },
    }
    const { ask } = world(zone(['example.org', 'outside']), zone(), { '10.0.0.7': OWN })
    const dns = authority({ ...RESOLVERS, servers: ['10.0.0.7'] }, ask)
    assert.equal((await dns.serversOf('example.org')).servers.map(shownServer), ['10.0.0.7'])
    assert.equal(await dns.resolve({ name: 'example.org', type: 'TXT' }, undefined), {
      kind: 'found',
      values: ['inside'],
    })
    assert.equal(await dns.resolve({ name: '_spf.other.org', type: 'TXT' }, undefined), {
      kind: 'found',
      values: ['v=spf1 -all'],
    })
    const dead = authority({ ...RESOLVERS, servers: ['10.0.0.8:5353'] }, ask)
    assert.match(
      (await dead.serversOf('example.org')).why,
      /^no name server of dns\.servers answers: 10\.0\.0\.8:5353: no answer/,
    )
    assert.is((await dead.resolve({ name: '_spf.other.org', type: 'TXT' }, undefined)).kind, 'failed')
  },
)

test.run()
