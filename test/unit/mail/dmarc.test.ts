// DMARC records: read as receivers read them, written for RFC 9989 and RFC 7489, looked at; the walk up the tree.
import * as assert from 'uvu/assert'
import { walkDns } from '../../../src/dns/lookup/walk-dns.ts'
import { lintDmarc, lintDmarcSet } from '../../../src/mail/records/dmarc/lint.ts'
import { isDmarc, readDmarc } from '../../../src/mail/records/dmarc/parse.ts'
import { renderDmarc, type DmarcRecord } from '../../../src/mail/records/dmarc/record.ts'
import { externalDestinations } from '../../../src/mail/records/dmarc/report-consent.ts'
import { reportDomain, reportUri, reportUriProblem } from '../../../src/mail/records/dmarc/report-uri.ts'
import {
  discoverDmarc,
  organizationalDomain,
  policyFor,
  treeWalkTargets,
} from '../../../src/mail/records/dmarc/tree-walk.ts'
import { suite } from '../../suite.ts'
import { dice } from './words.ts'
import { answerer, type Answers } from './zone-of-answers.ts'

const test = suite('dmarc')
const ids = (txt: string): readonly string[] => lintDmarcSet([txt]).map(({ id }) => id)

test('what is written is read back, with p right behind v as RFC 7489 wants it', () => {
  const roll = dice(6)
  const maybe = <Value>(value: Value): Value | undefined => (roll.below(2) === 0 ? value : undefined)
  for (let round = 0; round < 1000; round += 1) {
    const policy = () => roll.pick(['none', 'quarantine', 'reject'] as const)
    const given = {
      p: policy(),
      sp: maybe(policy()),
      np: maybe(policy()),
      adkim: maybe(roll.pick(['r', 's'] as const)),
      aspf: maybe(roll.pick(['r', 's'] as const)),
      rua: maybe(['mailto:a@example.org', 'mailto:b%2Cc@xn--bcher-kva.example!10m', 'https://example.org/x?y=1']),
      ruf: maybe(['mailto:r@example.org']),
      fo: maybe(roll.pick([['0'], ['1', 'd', 's'], ['s', 'd']] as const)),
      psd: maybe(roll.pick(['y', 'n', 'u'] as const)),
      t: maybe(roll.pick(['y', 'n'] as const)),
      others: maybe([
        ['pct', '50'],
        ['zz', ''],
      ] as const),
    }
    const record = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as DmarcRecord
    const text = renderDmarc(record)
    assert.match(text, /^v=DMARC1; p=(none|quarantine|reject)(;|$)/)
    assert.equal(readDmarc(text), { record, findings: [] }, text)
  }
})

test('a record begins with v=DMARC1 in capitals, blanks around', () => {
  for (const good of ['v=DMARC1', 'v=DMARC1;', 'v = DMARC1 ; p=none', 'v=DMARC1;p=none']) assert.ok(isDmarc(good), good)
  for (const wrong of [
    'v=dmarc1; p=none',
    ' v=DMARC1',
    'v=DMARC2; p=none',
    'V=DMARC1; p=none',
    'v=DMARC10',
    'p=none; v=DMARC1',
    'v=DMARC1 p=none',
    '',
  ])
    assert.not(isDmarc(wrong), wrong)
})

test('wrong tags are left out as receivers do, and reported', () => {
  const { record, findings } = readDmarc(
    'v=DMARC1; P=Reject; sp=no; rua=mailto:a@example.org, b@example.org ,mailto:nobody; ' +
      'fo=0:1; nonsense; t=y; t=n; adkim=',
  )!
  assert.equal(record, { p: 'reject', rua: ['mailto:a@example.org'], t: 'y' })
  assert.equal(
    findings.map(({ message }) => message.split(' ')[0]),
    ['"nonsense"', 't=n', 'sp=no', 'rua=b@example.org', 'rua=mailto:nobody', 'fo=0:1', 'adkim='],
  )
})

test('what is risky, wrong or out of date is reported', () => {
  assert.equal(ids('v=DMARC1; p=reject; rua=mailto:a@example.org'), [])
  assert.equal(ids('v=DMARC1; p=none'), ['dmarc-none-without-rua'])
  assert.equal(ids('v=DMARC1; p=none; rua=mailto:a@example.org'), ['dmarc-monitoring'])
  assert.equal(ids('v=DMARC1; rua=mailto:a@example.org'), ['dmarc-no-p'])
  assert.equal(ids('v=DMARC1'), ['dmarc-no-p', 'dmarc-none-without-rua'])
  assert.equal(ids('v=DMARC1; p=quarantine'), ['dmarc-no-rua'])
  assert.equal(ids('v=DMARC1; rua=mailto:a@example.org; p=reject'), ['dmarc-p-place'])
  assert.equal(ids('v=DMARC1; p=reject; sp=none; np=quarantine; rua=mailto:a@example.org'), [
    'dmarc-weaker-subdomains',
    'dmarc-weaker-subdomains',
  ])
  assert.equal(ids('v=DMARC1; p=reject; pct=50; ri=86400; rua=mailto:a@example.org!10m; fo=1; t=y; psd=y; x=1'), [
    'dmarc-test-mode',
    'dmarc-psd',
    'dmarc-fo-without-ruf',
    'dmarc-removed-tags',
    'dmarc-report-size',
    'dmarc-unknown-tags',
  ])
  assert.equal(
    lintDmarc({ p: 'reject', t: 'y' }).find(({ id }) => id === 'dmarc-test-mode')!.message,
    't=y: receivers apply quarantine instead of reject',
  )
  assert.equal(ids('v=dmarc1; p=reject'), ['dmarc-version'])
  assert.equal(ids('x'), ['dmarc-none'])
  assert.equal(
    lintDmarcSet(['v=DMARC1; p=none', 'v=DMARC1; p=reject']).map(({ id }) => id),
    ['dmarc-many'],
  )
})

test('an address becomes a URI that cannot break the record', () => {
  assert.is(reportUri('dmarc@example.org'), 'mailto:dmarc@example.org')
  assert.is(reportUri('a,b!c;d%e@Bücher.example'), 'mailto:a%2Cb%21c%3Bd%25e@xn--bcher-kva.example')
  assert.is(reportUri('mailto:x@example.org'), 'mailto:x@example.org')
  assert.is(reportDomain('MAILTO:x@Example.ORG!10m'), 'example.org')
  assert.is(reportDomain('https://example.org/'), undefined)
  assert.is(reportUriProblem('https://example.org/'), undefined)
  for (const wrong of ['', 'dmarc@example.org', 'mailto:', 'mailto:x', 'mailto:x@localhost', 'mailto:a b@example.org'])
    assert.ok(reportUriProblem(wrong), wrong)
})

test('reports to another organization need its consent', () => {
  const organizationOf = (domain: string): string => (domain.endsWith('example.org') ? 'example.org' : domain)
  const record = {
    p: 'none',
    rua: ['mailto:a@example.org', 'mailto:b@reports.example.org', 'mailto:c@service.example', 'https://else.example'],
    ruf: ['mailto:d@service.example', 'mailto:e@badexample.com'],
  } as const
  assert.equal(externalDestinations('sub.example.org', record, organizationOf), ['service.example', 'badexample.com'])
})

test('the walk asks eight times at most, by the example of RFC 9989', () => {
  assert.equal(treeWalkTargets('a.b.c.d.e.f.g.h.i.j.mail.example.com'), [
    'a.b.c.d.e.f.g.h.i.j.mail.example.com',
    'g.h.i.j.mail.example.com',
    'h.i.j.mail.example.com',
    'i.j.mail.example.com',
    'j.mail.example.com',
    'mail.example.com',
    'example.com',
    'com',
  ])
  assert.equal(treeWalkTargets('a.mail.example.com'), ['a.mail.example.com', 'mail.example.com', 'example.com', 'com'])
  assert.is(treeWalkTargets('1.2.3.4.5.6.example.com').length, 8)
})

const organization = (domain: string, answers: Answers): Promise<string | undefined> =>
  walkDns(organizationalDomain(domain), answerer(answers).resolve)
const NONE = ['v=DMARC1; p=none']
test('organizational domains, by the examples of RFC 9989', async () => {
  assert.is(
    await organization('a.mail.example.com', { '_dmarc.mail.example.com TXT': NONE, '_dmarc.example.com TXT': NONE }),
    'example.com',
  )
  assert.is(
    await organization('a.mail.example.com', {
      '_dmarc.mail.example.com TXT': ['v=DMARC1; p=none; psd=n'],
      '_dmarc.example.com TXT': NONE,
    }),
    'mail.example.com',
  )
  assert.is(await organization('a.mail.example.com', { '_dmarc.com TXT': ['v=DMARC1; p=none; psd=y'] }), 'example.com')
  assert.is(
    await organization('mail.example.com', {
      '_dmarc.mail.example.com TXT': NONE,
      '_dmarc.example.com TXT': ['v=DMARC1; psd=y'],
    }),
    'mail.example.com',
  )
  assert.is(await organization('example.com', { '_dmarc.example.com TXT': ['v=DMARC1; psd=y'] }), 'example.com')
  assert.is(await organization('a.example.com', {}), 'a.example.com')
  assert.is(
    await organization('a.example.com', {
      '_dmarc.example.com TXT': [...NONE, ...NONE],
      '_dmarc.a.example.com TXT': ['junk', ...NONE],
    }),
    'a.example.com',
  )
  assert.is(await organization('a.example.com', { '_dmarc.example.com TXT': ['SERVFAIL'] }), undefined)
})

test('the walk ends where psd says so', async () => {
  const { asked, resolve } = answerer({ '_dmarc.mail.example.com TXT': ['v=DMARC1; p=none; psd=n'] })
  await walkDns(organizationalDomain('a.mail.example.com'), resolve)
  assert.equal(asked, ['_dmarc.a.mail.example.com TXT', '_dmarc.mail.example.com TXT'])
})

test("the policy that holds is the own, else the organization's for subdomains, else the public suffix's", async () => {
  const policy = async (domain: string, exists: boolean, answers: Answers): Promise<string | undefined> => {
    const { applied } = await walkDns(discoverDmarc(domain), answerer(answers).resolve)
    return applied === undefined ? undefined : policyFor(domain, exists, applied)
  }
  const org = {
    '_dmarc.example.com TXT': ['v=DMARC1; p=reject; sp=quarantine; np=none'],
    '_dmarc.com TXT': ['v=DMARC1; p=none; sp=reject; psd=y'],
  }
  assert.is(await policy('example.com', true, org), 'reject')
  assert.is(await policy('a.b.example.com', true, org), 'quarantine')
  assert.is(await policy('a.b.example.com', false, org), 'none')
  assert.is(
    await policy('a.example.com', false, { '_dmarc.example.com TXT': ['v=DMARC1; p=none; sp=reject'] }),
    'reject',
  )
  assert.is(await policy('other.com', true, org), 'reject')
  assert.is(await policy('a.example.com', true, { ...org, '_dmarc.a.example.com TXT': NONE }), 'none')
  assert.is(
    await policy('example.com', true, { '_dmarc.example.com TXT': ['v=DMARC1; rua=mailto:a@example.com'] }),
    'none',
  )
  assert.is(await policy('example.com', true, { '_dmarc.example.com TXT': ['v=DMARC1; p=oops'] }), undefined)
  assert.is(await policy('example.com', true, {}), undefined)
})

test.run()
