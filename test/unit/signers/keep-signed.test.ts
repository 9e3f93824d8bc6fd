// What stays signed by the tables that are to come, what is carried over, and what would be lost.
import * as assert from 'uvu/assert'
import { isSenderPattern, senderPattern } from '../../../src/mail/names/sender-pattern.ts'
import type { ComingKey } from '../../../src/signers/opendkim/kept/coming-tables.ts'
import type { SignedLine } from '../../../src/signers/opendkim/kept/signed-line.ts'
import { keptSigned, type Kept, type KeepQuestion } from '../../../src/signers/opendkim/kept/signed-patterns.ts'
import { suite } from '../../suite.ts'

const test = suite('keep signed')

const PATH = '/etc/opendkim/SigningTable'
/** `*@example.org example.org:mail`, and i= behind it. */
const today = (...lines: readonly string[]): readonly SignedLine[] =>
  lines.map((line, at) => {
    const [pattern = '', key = '', identity] = line.split(' ')
    const [domain = '', selector = ''] = key.split(':')
    const how = { domain, selector, identity, key: `/k/${selector}`, keyPlace: { path: PATH } }
    return { pattern: senderPattern(pattern).text, place: { path: PATH, line: at + 1 }, ...how }
  })
const inUse = (domain: string, selector = 'mail'): ComingKey => ({
  domain,
  now: { selector, path: `/k/${selector}` },
  open: true,
})
const kept = (question: Partial<KeepQuestion>): Kept =>
  keptSigned({ today: [], multiple: false, keys: [], hostName: undefined, drop: [], ...question })!

/** What is carried as `pattern=domain`, what is lost, and entries that mean nothing. */
const CASES: readonly (readonly [string, Partial<KeepQuestion>, string, string, string?])[] = [
  ['a host without a signature', { keys: [inUse('example.org')] }, '', ''],
  ['the domains that are named', { today: today('*@example.org example.org:mail') }, '', '*@example.org'],
  [
    'the keys in use stay',
    {
      today: today('*@example.org example.org:mail', 'example.net example.net:mail'),
      keys: [inUse('example.org'), inUse('example.net')],
    },
    '',
    '',
  ],
  [
    'SubDomains, and all below a domain',
    { today: today('example.org example.org:mail', '.example.org example.org:mail'), keys: [inUse('example.org')] },
    '*@*.example.org=example.org',
    '',
  ],
  [
    'a name below a domain, and the host itself',
    {
      today: today(
        '*@example.org example.org:mail',
        '*@mx1.example.org example.org:mail',
        '*@l.example.org example.org:mail',
      ),
      keys: [inUse('example.org')],
      hostName: 'mx1.example.org',
    },
    '*@l.example.org=example.org',
    '',
  ],
  [
    'all below a domain, one of which another key signs',
    {
      today: today('*@a.example.org a.example.org:mail', '*@*.example.org example.org:mail'),
      keys: [inUse('example.org')],
    },
    '*@*.example.org=example.org',
    '*@a.example.org',
  ],
  [
    'all below a domain, and the host itself by another key',
    {
      today: today('*@*.example.org example.org:mail', '*@example.org example.org:mail'),
      keys: [inUse('example.org'), inUse('b.example.org', 'b')],
    },
    '*@*.example.org=example.org',
    '',
  ],
  [
    "another domain, by a domain's key",
    { today: today('*@example.org example.org:mail', '*@other.test example.org:mail'), keys: [inUse('example.org')] },
    '',
    '*@other.test',
  ],
  [
    "another domain, by a domain's key, which is to have one of its own",
    {
      today: today('*@example.org example.org:mail', '*@other.test example.org:mail'),
      keys: [inUse('example.org'), { domain: 'other.test', open: true }],
    },
    '',
    '',
  ],
  [
    "another domain, by a domain's key, until its own is served",
    {
      today: today('*@example.org example.org:mail', '*@other.test example.org:mail'),
      keys: [inUse('example.org'), { domain: 'other.test', open: false }],
    },
    '*@other.test=example.org',
    '',
  ],
  [
    'another key than the one that is to sign',
    { today: today('*@example.org example.org:old'), keys: [inUse('example.org')] },
    '',
    '*@example.org',
  ],
  [
    'a sender, and a signer of its own',
    {
      today: today('ceo@example.org example.org:ceo', '*@example.org example.org:mail news@example.org'),
      keys: [inUse('example.org')],
    },
    '',
    'ceo@example.org *@example.org',
  ],
  [
    'the signer that is left out otherwise',
    { today: today('*@example.org example.org:mail @example.org'), keys: [inUse('example.org')] },
    '',
    '',
  ],
  [
    'a sender by the same key',
    {
      today: today('a@example.org example.org:mail', '*@example.org example.org:mail'),
      keys: [inUse('example.org')],
    },
    '',
    '',
  ],
  [
    'everybody by one key',
    { today: today('*@example.org example.org:mail', '* example.org:mail'), keys: [inUse('example.org')] },
    '',
    '*@*',
  ],
  ['everybody by its own domain', { today: today('* %:mail'), keys: [inUse('example.org')] }, '', '*@*'],
  [
    'what an earlier line hides',
    {
      today: today('*@* example.org:mail', '*@example.net example.net:mail'),
      keys: [inUse('example.org')],
      drop: ['*'],
    },
    '',
    '',
  ],
  [
    'several signatures',
    {
      today: today('*@example.org example.org:mail', '*@example.org example.org:second'),
      keys: [inUse('example.org')],
      multiple: true,
    },
    '',
    '*@example.org',
  ],
  [
    'several signatures of what is below a domain, one for each domain above it',
    {
      today: today('*@*.example.org example.org:mail', '*@*.a.example.org a.example.org:a'),
      keys: [inUse('example.org'), inUse('a.example.org', 'a')],
      multiple: true,
    },
    '*@*.example.org=example.org *@*.a.example.org=a.example.org',
    '*@a.example.org *@*.a.example.org',
  ],
  [
    'what may be dropped, and what is not signed at all',
    {
      today: today('*@example.org example.org:mail', 'x@example.net example.net:mail', '.a.test a.test:mail'),
      keys: [inUse('example.org')],
      drop: ['example.net', '.a.test', 'b.test'],
    },
    '',
    '',
    'b.test',
  ],
  [
    'what could be carried, and may be dropped',
    {
      today: today('*@example.org example.org:mail', '*@*.example.org example.org:mail'),
      keys: [inUse('example.org')],
      drop: ['.example.org'],
    },
    '',
    '',
  ],
  [
    'patterns of any form',
    {
      today: today('*news*@example.org example.org:mail', '*@exa*.org example.org:mail'),
      keys: [inUse('example.org')],
    },
    '',
    '*@exa*.org',
  ],
]
for (const [what, question, carried, lost, idle = ''] of CASES)
  test(what, () => {
    const is = kept(question)
    assert.is(is.carried.map(({ pattern, domain }) => `${pattern}=${domain}`).join(' '), carried)
    assert.is(is.lost.map(({ pattern }) => pattern).join(' '), lost)
    assert.is(is.idle.join(' '), idle)
  })

test('tables of more unusual patterns than can be compared are reported, in a time that has an end', () => {
  const odd = (length: number): readonly string[] =>
    Array.from({ length }, (_, at) => `${'*a'.repeat(400)}${at}b@example.org example.org:mail`)
  const plain = Array.from({ length: 4000 }, (_, at) => `*@${'a'.repeat(200)}${at}.test example.org:mail`)
  const began = performance.now()
  const question = { multiple: false, keys: [], hostName: undefined, drop: [] }
  assert.is(keptSigned({ ...question, today: today(...odd(200), ...plain) }), undefined)
  assert.ok(performance.now() - began < 5000)
  const few = Array.from({ length: 20 }, (_, at) => `a*${at}@example.org example.org:mail`)
  assert.is(keptSigned({ ...question, today: today(...few) })?.lost.length, 10)
})

test('a table that says the same thousands of times is compared at once', () => {
  const lines = Array.from({ length: 4000 }, (_, at) => [
    '*@*.example.org example.org:mail',
    `*@a${at}.example.org example.org:mail`,
  ]).flat()
  const began = performance.now()
  const { carried, lost } = kept({ today: today(...lines), multiple: true, keys: [inUse('example.org')] })
  assert.equal([carried.length, lost.length], [4001, 0])
  assert.ok(performance.now() - began < 5000)
})

test('senders are meant by a domain, by all below it, by an address', () => {
  for (const [text, is] of [
    ['Example.org', '*@example.org'],
    ['.example.org', '*@*.example.org'],
    ['*', '*@*'],
    ['user@.example.org', 'user@*.example.org'],
    ['*@*', '*@*'],
  ] as const)
    assert.is(senderPattern(text).text, is)
  for (const wrong of ['', 'a b', '@example.org', 'a@b@example.org', 'a..b', 'example.org.'])
    assert.not.ok(isSenderPattern(wrong), wrong)
})

test.run()
