// A domain whose records lead on and on: what is asked for its sake has one bound, and other domains are as without it.
import * as assert from 'uvu/assert'
import { lookAtDomains, type AskedDns } from '../../../../src/audit/look-at-domains.ts'
import type { AskServer } from '../../../../src/dns/lookup/ask-server.ts'
import { authority } from '../../../../src/dns/lookup/authority.ts'
import { DOMAIN_NAME_QUESTIONS, DOMAIN_QUESTIONS, DOMAIN_SECONDS } from '../../../../src/dns/bounds/bounds.ts'
import { domainBounds } from '../../../../src/dns/bounds/domain-bounds.ts'
import { zoneFinder } from '../../../../src/dns/lookup/find-zone.ts'
import type { Answer } from '../../../../src/dns/lookup/message.ts'
import { planDns } from '../../../../src/dns/plan/plan-dns.ts'
import { remembering } from '../../../../src/dns/lookup/remembering.ts'
import type { MailFleet } from '../../../../src/mail/fleet/mail-fleet.ts'
import { suite } from '../../../suite.ts'
import { a, cname, internet, ns, txt, type FakeServer } from '../internet.ts'

const test = suite('dns/domain-bounds')

const RESOLVERS = { resolvers: ['10.9.9.9'] }
const SERVERS = Array.from({ length: 20 }, (_, index) => index)
/** Of evil.org, and of each zone below it. */
const EVIL_SERVERS = SERVERS.map((index) => `10.0.1.${index}`)
const evilNs = (zone: string): readonly Answer[] =>
  SERVERS.flatMap((index) => [ns(zone, `ns${index}.${zone}`), a(`ns${index}.${zone}`, EVIL_SERVERS[index]!)])

const GOOD: FakeServer = {
  zones: { 'good.org': [ns('good.org', 'ns.good.org'), txt('good.org', 'v=spf1 ip4:192.0.2.1 -all')] },
}
const ORG: FakeServer = {
  zones: { org: [ns('good.org', 'ns.good.org'), a('ns.good.org', '10.0.0.4'), ...evilNs('evil.org')] },
}
const ROOT: FakeServer = {
  zones: { '': [ns('', 'ns.root'), a('ns.root', '10.0.0.1'), ns('org', 'ns.org'), a('ns.org', '10.0.0.2')] },
}

interface World {
  readonly ask: AskServer
  /** Questions that hostile servers were asked. */
  readonly evil: () => number
}

/** Each hostile server says of each name that it is an alias of a new one, which is in a zone of its own. */
function world(): World {
  const net = internet({ '10.0.0.1': ROOT, '10.0.0.2': ORG, '10.0.0.4': GOOD })
  let [asked, made] = [0, 0]
  const reply = (
    answers: readonly Answer[],
    more: { readonly [section in 'authorities' | 'additionals']?: readonly Answer[] } = {},
  ) =>
    Promise.resolve({
      kind: 'reply' as const,
      authoritative: true,
      code: 'NOERROR',
      answers,
      authorities: [],
      additionals: [],
      ...more,
    })
  const ask: AskServer = (server, question) => {
    const { address } = server.addresses[0]!
    if (!EVIL_SERVERS.includes(address)) return net.ask(server, question)
    asked += 1
    const { name, type } = question
    const zone = name
      .split('.')
      .slice(-3)
      .join('.')
      .replace(/^_.*?\./, '')
    if (type === 'NS') return reply(evilNs(zone), { additionals: evilNs(zone) })
    const data = { mname: `ns0.${zone}`, rname: 'x', serial: 1, minimum: 60 }
    if (type === 'SOA') return reply([], { authorities: [{ type: 'SOA', name: zone, ttl: 60, data }] })
    return reply([cname(name, `a.z${(made += 1)}.evil.org`)])
  }
  return { ask, evil: () => asked }
}

const wanted = (domain: string) => ({
  domain,
  sends: true,
  receives: true,
  spf: { networks: [], includes: [], mechanisms: [] },
})
const fleetOf = (...domains: readonly string[]): MailFleet =>
  ({
    hosts: [
      {
        name: 'mx1',
        helo: undefined,
        ownName: undefined,
        keys: [],
        addresses: ['192.0.2.1'],
        domains,
        spfUnsure: false,
      },
    ],
    domains: domains.map(wanted),
    zones: [],
    ttl: 60,
  }) as unknown as MailFleet

async function audited(...domains: readonly string[]) {
  const { ask: asked, evil } = world()
  const ask = remembering(asked)
  const bounds = domainBounds()
  const dns: AskedDns = {
    looking: { ask, findZone: zoneFinder(ask, RESOLVERS) },
    authority: authority(RESOLVERS, ask, bounds),
    bounds,
  }
  const those = domains.map((domain) => ({ domain, declared: true, selectors: ['mx1'] }))
  return { evidence: await lookAtDomains(fleetOf(...domains), those, dns), evil }
}

test('an audit of a domain whose servers name new aliases without end has one bound, and says so', async () => {
  const { evidence, evil } = await audited('evil.org', 'good.org')
  const most = DOMAIN_QUESTIONS + 10 * DOMAIN_NAME_QUESTIONS
  assert.ok(evil() <= most, `${evil()} questions`)
  assert.match(JSON.stringify(evidence[0]), /evil\.org leads to more than \d+ questions/)
})

test('another domain is as without it', async () => {
  const [alone] = (await audited('good.org')).evidence
  const [, amid] = (await audited('evil.org', 'good.org')).evidence
  assert.equal(amid, alone)
  assert.equal(amid!.spf.servers[0]!.values, ['v=spf1 ip4:192.0.2.1 -all'])
})

test('a plan of such a domain has the same bound, and other records go on', async () => {
  const { ask, evil } = world()
  const plan = await planDns(fleetOf('evil.org', 'good.org'), { ask, findZone: zoneFinder(ask, RESOLVERS) })
  assert.ok(evil() <= DOMAIN_QUESTIONS + 10 * DOMAIN_NAME_QUESTIONS, `${evil()} questions`)
  const kinds = plan.records.map(({ record, kind }) => `${record.name} ${kind}`)
  assert.equal(kinds, ['evil.org blocked', 'good.org change'])
})

test('the bound grows with what is looked for on our own account, and counts a question once', async () => {
  const bounds = domainBounds()
  let put = 0
  const count: AskServer = () => {
    put += 1
    return Promise.resolve({ kind: 'silent', why: 'nobody is there' })
  }
  const server = { name: 'ns', addresses: [{ address: '10.0.0.1', port: 53 }] }
  const askFor = async (sake: string, names: number): Promise<string> => {
    const ask = bounds.asking(count, 'example.org', sake)
    let last = ''
    for (let index = 0; index < names; index += 1) {
      const reply = await ask(server, { name: `n${index}`, type: 'TXT', recursion: false })
      last = reply.kind === 'silent' ? reply.why : ''
    }
    return last
  }
  const room = DOMAIN_QUESTIONS + DOMAIN_NAME_QUESTIONS
  assert.is(await askFor('one', room), 'nobody is there')
  assert.is(await askFor('one', room), 'nobody is there')
  assert.is(await askFor('two', room + DOMAIN_NAME_QUESTIONS), 'nobody is there')
  assert.is(
    await askFor('two', room + DOMAIN_NAME_QUESTIONS + 1),
    `not asked: example.org leads to more than ${room + DOMAIN_NAME_QUESTIONS} questions`,
  )
  const before = put
  await askFor('two', 10)
  assert.is(put, before, 'what is over is not asked')
  assert.is(
    (await bounds.asking(count, 'example.net', 'one')(server, { name: 'n', type: 'TXT', recursion: false })).kind,
    'silent',
  )
  assert.is(put, before + 1, 'another domain has a bound of its own')
})

test('so does the time in which answers are waited for', async () => {
  const bounds = domainBounds()
  const slow: AskServer = () => Promise.resolve({ kind: 'silent', why: 'no answer within 6 s', took: 6000 })
  const ask = bounds.asking(slow, 'example.org', 'one')
  const server = { name: 'ns', addresses: [{ address: '10.0.0.1', port: 53 }] }
  const { now } = performance
  let clock = now.call(performance)
  performance.now = () => clock
  try {
    let asked = 0
    for (let why = ''; !why.startsWith('not asked'); asked += 1) {
      clock += 6000
      const reply = await ask(server, { name: `n${asked}`, type: 'TXT', recursion: false })
      why = reply.kind === 'silent' ? reply.why : ''
    }
    assert.is(asked, DOMAIN_SECONDS / 6 + 1)
  } finally {
    performance.now = now
  }
})

test.run()
