// What SPF records cost in lookups: counted through includes and redirects, at the limits, with mailauth as oracle.
import { spf } from 'mailauth/lib/spf/index.js'
import * as assert from 'uvu/assert'
import { walkDns } from '../../../src/dns/lookup/walk-dns.ts'
import { spfLookups, type SpfLookups } from '../../../src/mail/records/spf/lookups.ts'
import { parseSpf } from '../../../src/mail/records/spf/parse.ts'
import { suite } from '../../suite.ts'
import { dice } from './words.ts'
import { answerer, mailauthResolver, type Answers } from './zone-of-answers.ts'

const test = suite('spf lookups')
const count = (answers: Answers): Promise<SpfLookups> =>
  walkDns(spfLookups('example.org', undefined), answerer(answers).resolve)
const ids = ({ findings }: SpfLookups): readonly string[] => findings.map(({ id }) => id)

test('includes, redirects, a, mx, exists and ptr cost one each; ip4, ip6 and all nothing', async () => {
  const result = await count({
    'example.org TXT': [
      'other=1',
      'v=spf1 ip4:192.0.2.1 ip6:::1 a mx ptr exists:%{i}.x.example include:a.example redirect=b.example',
    ],
    'example.org A': ['192.0.2.1'],
    'example.org AAAA': ['2001:db8::1'],
    'example.org MX': ['10 mx.example.org.'],
    'mx.example.org A': ['192.0.2.2'],
    'mx.example.org AAAA': ['2001:db8::2'],
    'a.example TXT': ['v=spf1 include:c.example -all'],
    'c.example TXT': ['v=spf1 ip4:198.51.100.1 -all mx include:never.example'],
    'b.example TXT': ['v=spf1 a:example.org -all redirect=never.example'],
  })
  assert.is(result.lookups, 8)
  assert.equal(result.voids, { ip4: 0, ip6: 0 })
  assert.equal(result.findings, [])
  assert.equal(
    result.cost.children.map(({ by, lookups }) => [by, lookups]),
    [
      ['include:a.example', 1],
      ['redirect=b.example', 1],
    ],
  )
})

test('questions that find nothing are counted for each family', async () => {
  const result = await count({
    'example.org TXT': ['v=spf1 a:four.example a:none.example mx:four.example mx:mx.example exists:gone.example -all'],
    'four.example A': ['192.0.2.1'],
    'mx.example MX': ['10 four.example', '20 four.example'],
  })
  assert.equal(result.voids, { ip4: 3, ip6: 6 })
  assert.equal(ids(result), ['spf-voids'])
})

test('exists asks for A, whatever the family is', async () => {
  assert.equal(
    (await count({ 'example.org TXT': ['v=spf1 exists:four.example -all'], 'four.example A': ['127.0.0.2'] })).voids,
    { ip4: 0, ip6: 0 },
  )
})

test('includes that are not there, are two, are bad, or lead back are reported with the term', async () => {
  const result = await count({
    'example.org TXT': [
      'v=spf1 include:none.example include:two.example ' +
        'include:bad.example include:loop.example include:mute.example -all',
    ],
    'two.example TXT': ['v=spf1 -all', 'v=spf1 a'],
    'bad.example TXT': ['v=spf1 ip4:x'],
    'loop.example TXT': ['v=spf1 include:EXAMPLE.org -all'],
    'mute.example TXT': ['SERVFAIL'],
  })
  assert.equal(ids(result), ['spf-no-record', 'spf-many', 'spf-syntax', 'spf-loop', 'spf-unanswered'])
  assert.ok(result.findings[0]!.message.startsWith('include:none.example: none.example has no SPF record'))
  assert.match(result.findings[2]!.message, '"ip4:x"')
})

test('more than ten MX records are reported; a null MX has no host', async () => {
  assert.equal(
    ids(
      await count({
        'example.org TXT': ['v=spf1 mx -all'],
        'example.org MX': Array.from({ length: 11 }, (_, index) => `10 mx${index}.example`),
        ...Object.fromEntries(
          Array.from({ length: 11 }, (_, index) => [
            [`mx${index}.example A`, ['192.0.2.1']],
            [`mx${index}.example AAAA`, ['::1']],
          ]).flat() as [string, string[]][],
        ),
      }),
    ),
    ['spf-many-mx'],
  )
  assert.equal((await count({ 'example.org TXT': ['v=spf1 mx -all'], 'example.org MX': ['0 .'] })).voids, {
    ip4: 0,
    ip6: 0,
  })
})

test('a record that is to be is counted without asking for the one that is', async () => {
  const { asked, resolve } = answerer({ 'a.example TXT': ['v=spf1 -all'] })
  assert.is((await walkDns(spfLookups('example.org', parseSpf('v=spf1 include:a.example -all')), resolve)).lookups, 1)
  assert.equal(asked, ['a.example TXT'])
})

test('a hostile tree of includes is not followed for ever', async () => {
  const answers: Answers = Object.fromEntries([
    ['example.org TXT', ['v=spf1 include:n0.example include:n0.example']],
    ...Array.from({ length: 40 }, (_, index): [string, string[]] => [
      `n${index}.example TXT`,
      [`v=spf1 include:n${index + 1}.example include:n${index + 1}.example`],
    ]),
  ])
  const { asked, resolve } = answerer(answers)
  const result = await walkDns(spfLookups('example.org', undefined), resolve)
  assert.ok(asked.length <= 150, String(asked.length))
  assert.match(result.findings.at(-1)!.message, '100 or more lookups')
})

test('mailauth counts the same, and says permerror where we say that a limit is passed', async () => {
  const roll = dice(5)
  let passed = 0
  for (let round = 0; round < 400; round += 1) {
    const domains = ['example.org', 'a.example', 'b.example', 'c.example']
    const answers: Record<string, readonly string[]> = {
      'both.example A': ['192.0.2.1'],
      'both.example AAAA': ['2001:db8::1'],
      'both.example MX': ['10 both.example'],
    }
    domains.forEach((domain, index) => {
      const deeper = domains.slice(index + 1)
      const terms = roll
        .many(0, 4, () =>
          roll.pick([
            'a:both.example',
            'mx:both.example',
            'ip4:198.51.100.1',
            'exists:both.example.',
            'a:gone.example',
            ...deeper.map((each) => `include:${each}`),
          ]),
        )
        .filter((term) => !term.startsWith('exists'))
      answers[`${domain} TXT`] = [['v=spf1', ...terms, roll.pick(['-all', 'ip6:::1'])].join(' ')]
    })
    const ours = await count(answers)
    const theirs = await spf({
      sender: 'a@example.org',
      ip: '203.0.113.9',
      helo: 'x.example.org',
      resolver: mailauthResolver(answers) as never,
      mta: 'test',
    })
    const within = !ours.findings.some(({ severity }) => severity === 'error')
    assert.is(
      theirs.status.result !== 'permerror',
      within,
      `${JSON.stringify(answers)} ${JSON.stringify(ours.findings)} ${JSON.stringify(theirs.status)}`,
    )
    if (within) {
      passed += 1
      const { lookups } = theirs as unknown as { lookups: { count: number; void: number } }
      assert.equal([lookups.count, lookups.void], [ours.lookups, ours.voids.ip4], JSON.stringify(answers))
    }
  }
  assert.ok(passed > 100 && passed < 390, String(passed))
})

test.run()
