// What comes of a question whether a key is served, where the inventory says how name servers are found and where not.
import * as assert from 'uvu/assert'
import { servedAnswer } from '../../../../src/dns/served/ask-served.ts'
import type { ServerReply } from '../../../../src/dns/lookup/ask-server.ts'
import { zoneFinder } from '../../../../src/dns/lookup/find-zone.ts'
import type { NameServerVars, OutsideAnswer } from '../../../../src/core/probe/outside-question.ts'
import { UNKNOWN, type Known } from '../../../../src/core/unknown.ts'
import { suite } from '../../../suite.ts'
import { a, internet, NAMES, ns, ROOT, txt, type FakeServer } from '../internet.ts'

const test = suite('dns/ask-served')

const KEY = 'v=DKIM1; h=sha256; k=rsa; p=AAAA'
const NAME = 'mx1._domainkey.example.org'
const ORG: FakeServer = {
  zones: { org: [...NAMES, a('ns1.example.org', '10.0.0.3'), a('ns2.example.org', '10.0.0.4')] },
}
const serving = (...texts: readonly string[]): FakeServer => ({
  zones: { 'example.org': [...NAMES, ...texts.map((text) => txt(NAME, text))] },
})
const WORLD = { '10.0.0.1': ROOT, '10.0.0.2': ORG, '10.0.0.3': serving(KEY), '10.0.0.4': serving(KEY) }
const RESOLVER = { resolvers: ['10.9.9.9'] }

interface Came {
  readonly answer: OutsideAnswer
  readonly asked: number
}

async function answerOf(
  servers: Readonly<Record<string, FakeServer>>,
  { name = NAME, value = KEY, dns }: { name?: string; value?: Known<string>; dns?: NameServerVars } = {},
): Promise<Came> {
  const { ask, asked } = internet(servers)
  const record = { name, type: 'TXT', value, purpose: 'dkim' } as const
  const looking = { ask, findZone: zoneFinder(ask, { ...RESOLVER, ...dns }) }
  return { answer: await servedAnswer({ to: 'name-servers', record, dns }, looking), asked: asked.length }
}
const ADVICE = '; where that stays so, dns: false has keys sign unseen'
const why = ({ answer }: Came): string =>
  answer.kind === 'served' ? 'served' : answer.where.join('; ').replace(ADVICE, '')

test('found as everybody finds it: served by all; not by one, which is named; another key there', async () => {
  assert.is((await answerOf(WORLD)).answer.kind, 'served')
  assert.is(why(await answerOf({ ...WORLD, '10.0.0.4': serving() })), 'ns2.example.org (10.0.0.4) has no such record')
  const other = await answerOf({ ...WORLD, '10.0.0.4': serving('v=DKIM1; p=BBBB') })
  assert.equal(other.answer.kind === 'not-served' && other.answer.instead, true)
})

test('a key that is not made yet is asked of nobody', async () => {
  const { answer, asked } = await answerOf(WORLD, { value: UNKNOWN })
  assert.equal([answer.kind, asked], ['not-served', 0])
})

test('only records are asked for, not the versions of zones', async () => {
  const { asked } = await answerOf({ ...WORLD, '10.0.0.3': serving(), '10.0.0.4': serving() })
  const { asked: whereServed } = await answerOf(WORLD)
  assert.is(asked, whereServed)
})

test('a private suffix, and a domain that is not there yet: nobody can be asked; no root server is named', async () => {
  const servers = { ...WORLD, '10.0.0.2': { zones: { org: [ns('org', 'ns.org')] } } }
  assert.is(
    why(await answerOf(WORLD, { name: 'mx1._domainkey.mail.corp' })),
    'nobody can be asked: the name servers of the root know no zone for mail.corp',
  )
  assert.is(why(await answerOf(servers)), 'nobody can be asked: the name servers of org know no zone for example.org')
})

test('no resolver, or no way out: nobody can be asked, in words that are the same for all keys', async () => {
  assert.match(why(await answerOf({})), /^nobody can be asked: no resolver of this machine names the root of DNS: /)
  const silent = (): Promise<ServerReply> => Promise.resolve({ kind: 'silent', why: 'no answer within 6 s' })
  const unheard = { ask: silent, findZone: zoneFinder(silent, RESOLVER) }
  const record = { name: NAME, type: 'TXT', value: KEY, purpose: 'dkim' } as const
  const answer = await servedAnswer({ to: 'name-servers', record, dns: undefined }, unheard)
  assert.match(why({ answer, asked: 1 }), /^nobody can be asked: no resolver of this machine answers: /)
  const { '10.0.0.1': _, ...noRoot } = WORLD
  const resolves = { ...noRoot, '10.9.9.9': { zones: { '': [ns('', 'ns.root'), a('ns.root', '10.0.0.1')] } } }
  const [one, other] = [await answerOf(resolves), await answerOf(resolves, { name: 'mx2._domainkey.example.org' })]
  assert.is(
    why(one),
    'nobody can be asked: no name server of the root answers: ns.root (10.0.0.1): no answer within 6 s',
  )
  assert.is(why(one), why(other))
})

test('where the inventory says who is asked, what they say is told as it is', async () => {
  const dns = { servers: ['10.0.0.3'] }
  assert.is(
    why(await answerOf({ '10.0.0.3': serving() }, { dns })),
    '10.0.0.3 has no such record; ns1.example.org has no such record'.split('; ')[0],
  )
  assert.match(why(await answerOf({}, { dns })), /^no name server of dns\.servers answers: 10\.0\.0\.3: no answer/)
})

test.run()
