// DMARC of a message: alignment, policies for subdomains that are there and that are not, testing, and what an
// unanswered question leaves open.
import * as assert from 'uvu/assert'
import { walkDns } from '../../../src/dns/lookup/walk-dns.ts'
import { evaluateDmarc, type DmarcInput } from '../../../src/mail/records/dmarc/evaluate.ts'
import { suite } from '../../suite.ts'
import { answerer, type Answers } from './zone-of-answers.ts'

const test = suite('mail/dmarc evaluate')
const evaluate = async (answers: Answers, input: DmarcInput) => walkDns(evaluateDmarc(input), answerer(answers).resolve)
const record = (tags: string): Answers => ({ '_dmarc.example.org TXT': [`v=DMARC1; p=reject; ${tags}`] })

/** RFC 9989, section 4.4: strict is the same domain, relaxed the same organization. */
const CASES: readonly (readonly [
  what: string,
  tags: string,
  input: DmarcInput,
  result: string,
  policy: string | undefined,
])[] = [
  ['the same domain, relaxed', '', { author: 'example.org', dkim: ['example.org'], spf: [] }, 'pass', 'reject'],
  ['the same domain, strict', 'adkim=s', { author: 'example.org', dkim: ['example.org'], spf: [] }, 'pass', 'reject'],
  ['a subdomain, relaxed', '', { author: 'example.org', dkim: ['mail.example.org'], spf: [] }, 'pass', 'reject'],
  ['a subdomain, strict', 'adkim=s', { author: 'example.org', dkim: ['mail.example.org'], spf: [] }, 'fail', 'reject'],
  ['the parent, relaxed', '', { author: 'news.example.org', dkim: ['example.org'], spf: [] }, 'pass', 'reject'],
  ['the parent, strict', 'adkim=s', { author: 'news.example.org', dkim: ['example.org'], spf: [] }, 'fail', 'reject'],
  [
    'SPF strict, DKIM relaxed',
    'aspf=s',
    { author: 'example.org', dkim: [], spf: ['mail.example.org'] },
    'fail',
    'reject',
  ],
  [
    'SPF relaxed, DKIM strict',
    'adkim=s',
    { author: 'example.org', dkim: [], spf: ['mail.example.org'] },
    'pass',
    'reject',
  ],
  ['another domain', '', { author: 'example.org', dkim: ['example.net'], spf: ['example.com'] }, 'fail', 'reject'],
  ['a domain that only ends alike', '', { author: 'example.org', dkim: ['anexample.org'], spf: [] }, 'fail', 'reject'],
  ['capitals', 'adkim=s', { author: 'example.org', dkim: ['EXAMPLE.org'], spf: [] }, 'pass', 'reject'],
  ['nothing', '', { author: 'example.org', dkim: [], spf: [] }, 'fail', 'reject'],
  ['testing', 't=y', { author: 'example.org', dkim: [], spf: [] }, 'fail', 'quarantine'],
  [
    'a subdomain that exists',
    'sp=quarantine; np=none',
    { author: 'there.example.org', dkim: [], spf: [] },
    'fail',
    'quarantine',
  ],
  [
    'a subdomain that does not exist',
    'sp=quarantine; np=none',
    { author: 'gone.example.org', dkim: [], spf: [] },
    'fail',
    'none',
  ],
  [
    'one that does not exist, no np',
    'sp=quarantine',
    { author: 'gone.example.org', dkim: [], spf: [] },
    'fail',
    'quarantine',
  ],
]
for (const [what, tags, input, result, policy] of CASES) {
  test(what, async () => {
    const outcome = await evaluate(
      { ...record(tags), 'there.example.org TXT': ['x'], 'news.example.org A': ['192.0.2.1'] },
      input,
    )
    assert.equal([outcome.result, outcome.policy], [result, policy])
  })
}

test('no record holds', async () => {
  assert.is((await evaluate({}, { author: 'example.org', dkim: ['example.org'], spf: [] })).result, 'none')
})

test('a public suffix parts what is below it', async () => {
  const answers: Answers = { '_dmarc.co.example TXT': ['v=DMARC1; p=reject; psd=y'] }
  assert.is((await evaluate(answers, { author: 'a.co.example', dkim: ['b.co.example'], spf: [] })).result, 'fail')
  assert.is((await evaluate(answers, { author: 'x.a.co.example', dkim: ['a.co.example'], spf: [] })).result, 'pass')
})

test(
  'what aligns to the letter under a record of its own passes, ' +
    'whatever the servers above do; the rest cannot be known',
  async () => {
    const answers: Answers = { ...record('adkim=r'), '_dmarc.org TXT': ['SERVFAIL'] }
    assert.equal(
      [
        (await evaluate(answers, { author: 'example.org', dkim: ['example.org'], spf: [] })).result,
        (await evaluate(answers, { author: 'example.org', dkim: ['mail.example.org'], spf: [] })).result,
      ],
      ['pass', 'failed'],
    )
    assert.is(
      (
        await evaluate(
          { '_dmarc.example.org TXT': ['SERVFAIL'] },
          { author: 'example.org', dkim: ['example.org'], spf: [] },
        )
      ).result,
      'failed',
    )
  },
)

test.run()
