// Name servers that are hostile: names of every byte, forged and endless answers, drips, floods, and hundreds of
// servers. What they say decides about themselves alone, and ends.
import { decode, encode, type Answer as Packed } from 'dns-packet'
import * as assert from 'uvu/assert'
import { askServer } from '../../../src/dns/lookup/ask-server.ts'
import { askZone } from '../../../src/dns/lookup/ask-zone.ts'
import { authority } from '../../../src/dns/lookup/authority.ts'
import { zoneFinder, ZoneNotFound } from '../../../src/dns/lookup/find-zone.ts'
import { questionBytes, readMessage, type Answer } from '../../../src/dns/lookup/message.ts'
import type { NameServer } from '../../../src/dns/lookup/name-server.ts'
import { planDns } from '../../../src/dns/plan/plan-dns.ts'
import { transaction } from '../../../src/dns/backends/knot/push-by-knotc.ts'
import { mxRdata, type Rrset } from '../../../src/dns/lookup/rrset.ts'
import { look } from '../../../src/dns/lookup/look.ts'
import { servingProblems } from '../../../src/dns/served/serving-problem.ts'
import { servedEverywhere } from '../../../src/dns/served/served-everywhere.ts'
import { updateScript } from '../../../src/dns/backends/nsupdate/update-script.ts'
import { wantedChange } from '../../../src/dns/plan/wanted-change.ts'
import { writtenChange } from '../../../src/dns/backends/written-change.ts'
import type { MailRecord } from '../../../src/mail/records/dns-record.ts'
import { labelsOfName, nameOfLabels, nameOfText } from '../../../src/mail/formats/name.ts'
import type { MailFleet } from '../../../src/mail/fleet/mail-fleet.ts'
import { suite } from '../../suite.ts'
import { hostileServer, mxRecord, rawName, rawRecord, rawReply, type Behaviour } from './hostile-server.ts'
import { a, cname, internet, ns, txt, type FakeServer } from './internet.ts'

const test = suite('dns/hostile')

const BYTES = Array.from({ length: 256 }, (_, byte) => byte)
const NULL_MX: MailRecord = {
  name: 'parked.example.org',
  type: 'MX',
  ttl: 3600,
  value: '0 .',
  purpose: 'null-mx',
  domain: 'parked.example.org',
  publishedBy: 'fleet',
  why: [],
}
const QUESTION = { name: 'parked.example.org', type: 'MX', recursion: false } as const

async function against<Result>(behaviour: Behaviour, look: (server: NameServer) => Promise<Result>): Promise<Result> {
  const { address, port, close } = await hostileServer(behaviour)
  try {
    return await look({ name: 'ns.example.org', addresses: [{ address, port }] })
  } finally {
    await close()
  }
}

const setOf = (behaviour: Behaviour['udp']): Promise<Rrset | undefined> =>
  against({ udp: behaviour }, async (server) => {
    const answer = await askZone(askServer, server, QUESTION.name, 'MX')
    return answer.kind === 'found' ? answer.rrset : undefined
  })

test('a name is one text, whatever bytes are in it: nothing in it is a dot, a blank, a quote or a line end', () => {
  for (const byte of BYTES) {
    const labels = [Buffer.from(`a${String.fromCharCode(byte)}b`, 'latin1'), Buffer.from('org')]
    const name = nameOfLabels(labels)
    assert.match(name, /^a(?:[a-z0-9_*/-]|\\\d{3})b\.org$/, String(byte))
    const lower = byte >= 0x41 && byte <= 0x5a ? byte + 32 : byte
    assert.equal([...labelsOfName(name)![0]!], [0x61, lower, 0x62])
  }
  for (const wrong of ['a\nb', 'a b', 'A', 'a..b', '\\999', '\\1', 'a"', 'x'.repeat(64), `${'x.'.repeat(127)}xx`])
    assert.is(labelsOfName(wrong), undefined, wrong)
  assert.is(nameOfText('ü\\010.Org'), '\\195\\188\\092010.org')
})

test('an MX record of every byte stays in its place in what nsupdate and knotc are given', async () => {
  for (const byte of BYTES) {
    const label = Buffer.from([0x6d, byte, 0x78])
    const rrset = await setOf((question) => [rawReply(question, [mxRecord(10, [label, 'example', 'org'])])])
    const change = writtenChange(wantedChange(NULL_MX, rrset)!, 'example.org')
    const script = updateScript(change, undefined, undefined)
    assert.is(script.split('\n').length, 7, script)
    assert.match(
      script,
      /^prereq yxrrset parked\.example\.org\. MX 10 m(?:[a-z0-9_*/-]|\\\d{3})x\.example\.org\.$/m,
      String(byte),
    )
    assert.match(transaction(change), /^drop MX$/m)
  }
})

const INJECTED = [
  'mx.example.org.',
  'update delete www.example.org. A',
  'update add www.example.org. 60 A 6.6.6.6',
  '; x',
].join('\n')

test('a forged MX record with commands in it is a name with odd bytes, in every text that is made of it', async () => {
  const rrset = await setOf((question) => [rawReply(question, [mxRecord(10, INJECTED.split('.'))])])
  const change = writtenChange(wantedChange({ ...NULL_MX, ttl: 60 }, rrset)!, 'example.org')
  for (const text of [updateScript(change, undefined, undefined), transaction(change)]) {
    assert.not.match(text, /^update (?:add|delete) www/m)
    assert.not.match(text, '\nupdate add www')
  }
  assert.match(
    updateScript(change, undefined, undefined),
    'MX 10 mx.example.org.\\010update\\032delete\\032www.example',
  )
  assert.throws(() => mxRdata(10, 'mx\nsend'), /is no name of DNS/)
  assert.throws(() => writtenChange(wantedChange({ ...NULL_MX, name: 'a\nb' }, undefined)!, 'example.org'), 'no name')
  assert.throws(() => writtenChange(wantedChange(NULL_MX, undefined)!, 'x\nsend'), 'is no name for a record')
  assert.throws(() => wantedChange({ ...NULL_MX, value: '0 .\nsend' }, undefined), 'an MX record is')
})

test('messages read as dns-packet reads them, where names are plain', () => {
  const answers: readonly Packed[] = [
    { type: 'A', name: 'a.example.org', ttl: 60, data: '192.0.2.1' },
    { type: 'AAAA', name: 'a.example.org', ttl: 60, data: '2001:db8::1' },
    { type: 'MX', name: 'example.org', ttl: 60, data: { preference: 10, exchange: 'mx.example.org' } },
    { type: 'TXT', name: 'example.org', ttl: 60, data: [Buffer.from('v=spf1 '), Buffer.from('-all')] },
    { type: 'NS', name: 'example.org', ttl: 60, data: 'ns1.example.org' },
    { type: 'CNAME', name: 'www.example.org', ttl: 60, data: 'a.example.org' },
    { type: 'SRV', name: '_x._tcp.example.org', ttl: 60, data: { port: 1, target: 'a.example.org' } },
  ]
  const bytes = encode({
    type: 'response',
    id: 7,
    questions: [{ type: 'MX', name: 'example.org' }],
    answers: [...answers],
  })
  const read = readMessage(bytes)!
  const plain = (each: Packed | Answer): unknown => {
    const { type, name, ttl, data } = each as Answer
    return [type, name, ttl, JSON.stringify(data)]
  }
  assert.equal(
    read.answers.map(plain),
    decode(bytes)
      .answers!.filter(({ type }) => type !== 'SRV')
      .map(plain),
  )
  assert.equal(read.question, { name: 'example.org', type: 'MX' })
  const asked = decode(questionBytes(9, { name: 'a.example.org', type: 'TXT', recursion: true }, 1232))
  assert.equal(
    [asked.id, asked.flag_rd, asked.questions?.[0]],
    [9, true, { name: 'a.example.org', type: 'TXT', class: 'IN' }],
  )
  assert.equal(
    asked.additionals?.map((each) => each.type === 'OPT' && each.udpPayloadSize),
    [1232],
  )
})

test('what is cut short, leads back to itself or runs over its end is no message', () => {
  const question = questionBytes(1, QUESTION, undefined)
  const whole = rawReply(question, [mxRecord(10, ['mx', 'example', 'org'])])
  for (let length = 0; length < whole.length; length += 1)
    assert.is(readMessage(whole.subarray(0, length)), undefined, String(length))
  const start = whole.length - 17
  const bad: readonly Buffer[] = [
    mxRecord(10, [Buffer.from([0xc0])]).subarray(0, -1),
    rawRecord(15, Buffer.from([0, 10, 0xc0, start + 2])),
    rawRecord(15, Buffer.from([0, 10, 0xff, 0xff])),
    rawRecord(15, Buffer.from([0, 10, 0x80, 0])),
    rawRecord(15, Buffer.concat([Buffer.from([0, 10]), rawName(Array.from({ length: 130 }, () => 'x'))])),
    rawRecord(16, Buffer.alloc(0)),
    rawRecord(16, Buffer.from([9, 0x61])),
    rawRecord(1, Buffer.from([1, 2, 3])),
    rawRecord(28, Buffer.alloc(4)),
  ]
  for (const [index, record] of bad.entries())
    assert.is(readMessage(rawReply(question, [record])), undefined, String(index))
})

test('a TCP answer that drips has one end', async () => {
  let sent = 0
  const reply = await against(
    {
      udp: (question) => [rawReply(question, [], 0x8600)],
      tcp(socket) {
        const drip = setInterval(() => socket.write(Buffer.from([sent++ === 0 ? 0xff : 0])), 200)
        socket.on('close', () => clearInterval(drip))
      },
    },
    (server) => askServer(server, QUESTION),
  )
  assert.equal({ ...reply, took: 0 }, { kind: 'silent', why: 'no whole answer over TCP within 6 s', took: 0 })
  // 200 ms lie between them.
  assert.ok(sent < 60, String(sent))
})

test('guesses that flood are passed over, and TCP is asked, whose answers nobody guesses', async () => {
  const reply = await against(
    {
      udp: (question) => {
        const forged = rawReply(question, [mxRecord(0, ['evil'])])
        return Array.from({ length: 400 }, (_, index) => {
          const guess = Buffer.from(forged)
          guess.writeUInt16BE((question.readUInt16BE(0) + 1 + index) & 0xffff, 0)
          return guess
        })
      },
      tcp: (socket) =>
        socket.on('data', (bytes: Buffer) => {
          const answer = rawReply(bytes.subarray(2), [mxRecord(10, ['mx', 'example', 'org'])])
          socket.write(Buffer.concat([Buffer.from([answer.length >> 8, answer.length & 0xff]), answer]))
        }),
    },
    (server) => askServer(server, QUESTION),
  )
  assert.equal(reply.kind === 'reply' ? reply.answers.map(({ data }) => data) : reply.why, [
    { preference: 10, exchange: 'mx.example.org' },
  ])
})

const ROOT: FakeServer = {
  zones: { '': [ns('', 'ns.root'), a('ns.root', '10.0.0.1'), ns('org', 'ns.org'), a('ns.org', '10.0.0.2')] },
}
const MANY = Array.from({ length: 600 }, (_, index) => `ns${index}.evil.org`)
const RESOLVERS = { resolvers: ['10.9.9.9'] }

test('600 name servers for each label: 20 are asked, a name takes 200 questions, and it is reported', async () => {
  const labels = Array.from({ length: 12 }, (_, index) => Array.from({ length: index + 1 }, () => 'x').join('.'))
  const cuts = labels.map((label) => `${label}.evil.org`)
  const evil: FakeServer = {
    zones: {
      'evil.org': MANY.map((name) => ns('evil.org', name)),
      ...Object.fromEntries(cuts.map((cut) => [cut, MANY.map((name) => ns(cut, name))])),
    },
  }
  const org: FakeServer = { zones: { org: MANY.map((name) => ns('evil.org', name)) } }
  const resolver = MANY.map((name) => a(name, '10.0.0.3'))
  const net = internet({
    '10.0.0.1': ROOT,
    '10.0.0.2': org,
    '10.0.0.3': evil,
    '10.0.0.8': { zones: { all: resolver } },
  })
  const found = await zoneFinder(net.ask, RESOLVERS)('evil.org')
  assert.is(found.servers.length, 20)
  assert.equal(found.faults, ['more than 20 name servers are named, and 20 of them are asked'])
  assert.ok(net.asked.length < 120, String(net.asked.length))
  // Each label is delegated once more.
  const deep = internet({
    '10.0.0.1': ROOT,
    '10.0.0.2': org,
    '10.0.0.3': { zones: {} },
    '10.0.0.8': { zones: { all: resolver } },
  })
  const ask: typeof deep.ask = (server, question) => {
    if (question.recursion || server.addresses[0]!.address !== '10.0.0.3') return deep.ask(server, question)
    const depth = deep.asked.filter(({ type, recursion }) => type === 'SOA' && !recursion).length
    void deep.ask(server, question)
    const cut = question.name
      .split('.')
      .slice(-2 - depth)
      .join('.')
    const authorities = MANY.map((name) => ns(cut, name))
    return Promise.resolve({
      kind: 'reply',
      authoritative: false,
      code: 'NOERROR',
      answers: [],
      authorities,
      additionals: [],
    })
  }
  const name = `${'x.'.repeat(14)}evil.org`
  const why = await zoneFinder(
    ask,
    RESOLVERS,
  )(name).then(
    () => 'found',
    (error: unknown) => (error as Error).message,
  )
  assert.is(why, `finding the zone of ${name} takes more than 200 questions`)
  assert.ok(deep.asked.length <= 210, String(deep.asked.length))
})

test('answers that are waited for too long end the search for one name, and for no other', async () => {
  const net = internet({
    '10.0.0.1': ROOT,
    '10.0.0.2': {
      zones: {
        org: [
          ns('slow.org', 'ns.slow.org'),
          a('ns.slow.org', '10.0.0.3'),
          ns('good.org', 'ns.good.org'),
          a('ns.good.org', '10.0.0.4'),
        ],
      },
    },
    '10.0.0.4': { zones: { 'good.org': [ns('good.org', 'ns.good.org')] } },
  })
  const find = zoneFinder(async (server, question) => {
    const reply = await net.ask(server, question)
    return server.addresses[0]!.address === '10.0.0.3'
      ? { kind: 'silent', why: 'no answer within 6 s', took: 6000 }
      : reply
  }, RESOLVERS)
  const [slow, good] = await Promise.allSettled([find('a.slow.org'), find('good.org')])
  assert.is(slow.status, 'rejected')
  assert.is(good.status === 'fulfilled' ? good.value.zone : '', 'good.org')
})

test('a server named with odd bytes is reported, and not asked; aliases of odd bytes lead nowhere else', async () => {
  const odd = 'ns\\010evil.example.org'
  const net = internet({
    '10.0.0.1': ROOT,
    '10.0.0.2': {
      zones: { org: [ns('example.org', odd), ns('example.org', 'ns1.example.org'), a('ns1.example.org', '10.0.0.3')] },
    },
    '10.0.0.3': {
      zones: {
        'example.org': [
          ns('example.org', odd),
          ns('example.org', 'ns1.example.org'),
          cname('a.example.org', 'b\\010c.example.org'),
          txt('b\\010c.example.org', 'yes'),
        ],
      },
    },
  })
  const find = zoneFinder(net.ask, RESOLVERS)
  const { servers, faults } = await find('example.org')
  assert.equal(
    servers.map(({ name }) => name),
    ['ns1.example.org'],
  )
  assert.equal(faults, ['a name server is named "ns\\\\010evil.example.org", which is no name of a host'])
  assert.ok(net.asked.every(({ name }) => name !== odd))
  assert.equal(await authority(RESOLVERS, net.ask).resolve({ name: 'a.example.org', type: 'TXT' }, undefined), {
    kind: 'found',
    values: ['yes'],
  })
})

test('servers of a zone below do not speak for the zone above', async () => {
  const org = { zones: { org: [ns('example.org', 'ns1.example.org'), a('ns1.example.org', '10.0.0.3')] } }
  const own = {
    zones: {
      'example.org': [
        ns('example.org', 'ns1.example.org'),
        ns('sub.example.org', 'ns.evil.org'),
        a('ns.evil.org', '10.0.0.6'),
      ],
    },
  }
  const net = internet({ '10.0.0.1': ROOT, '10.0.0.2': org, '10.0.0.3': own })
  const find = zoneFinder(async (server, question) => {
    if (server.addresses[0]!.address !== '10.0.0.6') return net.ask(server, question)
    const data = { mname: 'ns.evil.org', rname: 'x', serial: 1, minimum: 60 }
    const soa: Answer = { type: 'SOA', name: 'example.org', ttl: 60, data }
    return { kind: 'reply', authoritative: true, code: 'NOERROR', answers: [], authorities: [soa], additionals: [] }
  }, RESOLVERS)
  await find('a.sub.example.org').then(
    () => assert.unreachable(),
    (error: unknown) => assert.match((error as Error).message, 'do not say which zone a.sub.example.org is in'),
  )
  assert.equal(
    (await find('example.org')).servers.map(({ name }) => name),
    ['ns1.example.org'],
  )
})

test('an alias at the top of a zone makes the zone above no place of its records', async () => {
  const org = { zones: { org: [ns('example.org', 'ns1.example.org'), a('ns1.example.org', '10.0.0.3')] } }
  const net = internet({ '10.0.0.1': ROOT, '10.0.0.2': org })
  const find = zoneFinder((server, question) => {
    if (server.addresses[0]!.address !== '10.0.0.3') return net.ask(server, question)
    const answers = [cname(question.name, 'x.example.org')]
    return Promise.resolve({
      kind: 'reply',
      authoritative: true,
      code: 'NOERROR',
      answers,
      authorities: [],
      additionals: [],
    })
  }, RESOLVERS)
  for (const name of ['example.org', '_dmarc.example.org'])
    await find(name).then(
      ({ zone }) => assert.unreachable(zone),
      (error: unknown) => assert.instance(error, ZoneNotFound),
    )
})

test('an alias that leads to no zone is the silence of the server that says it, and ends nothing else', async () => {
  const servers = ['10.0.0.3', '10.0.0.4']
  const names = servers.flatMap((address, index) => [
    ns('example.org', `ns${index}.example.org`),
    a(`ns${index}.example.org`, address),
  ])
  const dead = [ns('dead.org', 'ns.dead.org'), a('ns.dead.org', '10.0.0.99')]
  const org = { zones: { org: [...names, ...dead] } }
  const key = txt('k.example.org', 'v=DKIM1; p=')
  const net = internet({
    '10.0.0.1': ROOT,
    '10.0.0.2': org,
    '10.0.0.3': { zones: { 'example.org': [...names, key] } },
    '10.0.0.4': { zones: { 'example.org': [...names, cname('k.example.org', 'k.dead.org')] } },
  })
  const looking = { ask: net.ask, findZone: zoneFinder(net.ask, RESOLVERS) }
  const record = { name: 'k.example.org', type: 'TXT', value: 'v=DKIM1; p=', purpose: 'dkim' } as const
  const { views } = await look(record, looking)
  const problems = await servingProblems(
    record,
    views.map(({ answer }) => answer),
    looking,
  )
  assert.equal(
    problems.map((each) => each?.kind),
    [undefined, 'silent'],
  )
  assert.match(problems[1]!.why, 'has an alias for k.dead.org there: no name server')
})

test('a given name server without an address is a fault of its own zone', async () => {
  const org = { zones: { org: [ns('good.org', 'ns.good.org'), a('ns.good.org', '10.0.0.4')] } }
  const good = { zones: { 'good.org': [ns('good.org', 'ns.good.org')] } }
  const net = internet({ '10.0.0.1': ROOT, '10.0.0.2': org, '10.0.0.4': good })
  const find = zoneFinder(net.ask, { ...RESOLVERS, zones: { 'bad.org': { servers: ['nowhere.invalid'] } } })
  const [bad, found] = await Promise.allSettled([find('bad.org'), find('good.org')])
  assert.ok(bad.status === 'rejected' && bad.reason instanceof ZoneNotFound)
  assert.is(found.status, 'fulfilled')
})

test('aliases that fan out are followed to 8 names in all', async () => {
  const aliases = Array.from({ length: 9 }, (_, index) => index)
  const at = (index: number): FakeServer => ({
    zones: {
      'example.org': [
        ...aliases.map((each) => ns('example.org', `ns${each}.example.org`)),
        ...aliases.map((each) => a(`ns${each}.example.org`, `10.0.1.${each}`)),
        cname('k.example.org', `k${index}.example.org`),
        ...aliases.flatMap((each) => cname(`${'k'.repeat(1)}${each}.example.org`, `${index}.k${each}.example.org`)),
        ...aliases.flatMap((one) => aliases.map((two) => txt(`${one}.k${two}.example.org`, 'v=DKIM1; p='))),
      ],
    },
  })
  const org = {
    zones: {
      org: aliases.flatMap((each) => [
        ns('example.org', `ns${each}.example.org`),
        a(`ns${each}.example.org`, `10.0.1.${each}`),
      ]),
    },
  }
  const servers = Object.fromEntries(aliases.map((index) => [`10.0.1.${index}`, at(index)]))
  const net = internet({ '10.0.0.1': ROOT, '10.0.0.2': org, ...servers })
  const record = { name: 'k.example.org', type: 'TXT', value: 'v=DKIM1; p=', purpose: 'dkim' } as const
  const looking = { ask: net.ask, findZone: zoneFinder(net.ask, RESOLVERS) }
  const missing = await servedEverywhere([record], { ...looking, waitSeconds: 0 })
  assert.match(missing.map(({ why }) => why).join('\n'), 'more than 8 aliases')
  assert.ok(net.asked.length < 250, String(net.asked.length))
})

test('an SPF record that cannot be merged holds up its own name alone', async () => {
  const org = {
    zones: {
      org: [ns('example.org', 'ns1.example.org'), a('ns1.example.org', '10.0.0.3'), ns('bad.org', 'ns1.example.org')],
    },
  }
  const zones = {
    'example.org': [ns('example.org', 'ns1.example.org')],
    'bad.org': [ns('bad.org', 'ns1.example.org'), txt('bad.org', 'v=spf1 nonsense:\n'), txt('bad.org', 'v=spf1 -all')],
  }
  const net = internet({ '10.0.0.1': ROOT, '10.0.0.2': org, '10.0.0.3': { zones } })
  const host = { name: 'mx1', helo: undefined, ownName: undefined, keys: [], addresses: ['192.0.2.1'] }
  const spf = { networks: [], includes: [], mechanisms: [] }
  const domains = ['example.org', 'bad.org']
  const wanted = domains.map((domain) => ({ domain, sends: true, receives: true, spf }))
  const fleet = { hosts: [{ ...host, domains }], domains: wanted, zones: [], ttl: 60 } as unknown as MailFleet
  const plan = await planDns(fleet, { ...net, findZone: zoneFinder(net.ask, RESOLVERS) })
  assert.equal(
    plan.records.map(({ record, kind }) => `${record.name} ${kind}`),
    ['bad.org blocked', 'example.org change'],
  )
})

test.run()
