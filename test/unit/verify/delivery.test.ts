// Messages that are really sent: which, what a log says of them, how what a receiver found is judged, and that the
// scripts are whole or nothing.
import { spawnSync } from 'node:child_process'
import * as assert from 'uvu/assert'
import { framed } from '../../../src/engine/trip/one-script.ts'
import type { DeliveryMessage } from '../../../src/mail/messages/delivery-message.ts'
import { mailAddress } from '../../../src/mail/names/mail-address.ts'
import { isLastWord, mailFate } from '../../../src/mail/messages/postfix-log.ts'
import type { SigningProof } from '../../../src/mail/proof/proof.ts'
import type { MilterState } from '../../../src/signers/milter-sign.ts'
import { colours } from '../../../src/report/write/colour.ts'
import { proofText } from '../../../src/report/proof/text.ts'
import { proveDelivery, type DeliveryEvidence } from '../../../src/verify/delivery.ts'
import { deliveryPlan } from '../../../src/verify/delivery-plan.ts'
import { followScript, readFollowed } from '../../../src/verify/follow-mail.ts'
import { handInScript, readHandIns } from '../../../src/verify/hand-in.ts'
import { findMailboxScript, mailboxScript, readFoundMailbox, readMailbox } from '../../../src/verify/read-mailbox.ts'
import { suite } from '../../suite.ts'

const test = suite('delivery')
const RUN = '0123456789ab'
const request = { host: 'mx1', address: 'you@example.net', asker: 'ann@desk', date: new Date(0) }
const state = (parameters: MilterState['parameters'], services: readonly string[] = ['smtp/inet']): MilterState => ({
  parameters: {
    myorigin: 'mx1.example.org',
    myhostname: 'mx1.example.org',
    mydestination: 'mx1.example.org, localhost',
    ...parameters,
  },
  services,
  domains: ['example.org'],
  own: 'mx1.example.org',
  sessions: [],
})
const planned = (parameters: MilterState['parameters'], services?: readonly string[]) =>
  deliveryPlan(state(parameters, services), { own: true, bounces: true }, request, RUN, 7)

test('an address is a local part at a domain, and nothing that a program takes for something else', () => {
  assert.equal(mailAddress('Ann.Bee+x-y@Example.ORG'), { local: 'Ann.Bee+x-y', domain: 'example.org' })
  assert.is(mailAddress('a@bücher.example')?.domain, 'xn--bcher-kva.example')
  for (const wrong of [
    '',
    'ann',
    '@example.org',
    'ann@',
    'ann@host',
    'a b@example.org',
    '-f@example.org',
    'a..b@example.org',
    '.a@example.org',
    'a.@example.org',
    '"a"@example.org',
    'a@b@example.org',
    'a@[192.0.2.1]',
    'a@192.0.2.1',
    'a\n@example.org',
    'a@example.org\n',
    `${'a'.repeat(65)}@example.org`,
    'a$(x)@example.org;',
    'ä@example.org',
  ])
    assert.is(mailAddress(wrong), undefined, wrong)
})

test(
  'each domain is sent from on each path that there is, ' +
    'the host itself as root and by a bounce; the others say why not',
  () => {
    const { messages, leftOut } = planned({}, ['smtp/inet', 'submission/inet'])
    assert.equal(
      messages.map(({ domain, path, sender, recipient, nonce }) => [domain, path, sender, recipient, nonce]),
      [
        ['example.org', 'sendmail', 'postmaster@example.org', 'you@example.net', `${RUN}0007`],
        ['example.org', 'smtp', 'postmaster@example.org', 'you@example.net', `${RUN}0008`],
        ['example.org', 'submission', 'postmaster@example.org', 'you@example.net', `${RUN}0009`],
        ['mx1.example.org', 'root', '', 'you@example.net', `${RUN}000a`],
        ['mx1.example.org', 'bounce', 'you@example.net', `mailrun${RUN}000b@mx1.example.org`, `${RUN}000b`],
      ],
    )
    assert.equal(leftOut, [])
    for (const { text, nonce } of messages)
      assert.ok(
        /^[\x20-\x7e\n]*$/.test(text) &&
          text.includes(`Subject: mailrun verify ${nonce}\n`) &&
          text.includes('ann@desk'),
        text,
      )
    const without = (parameters: MilterState['parameters'], services?: readonly string[]) =>
      planned(parameters, services).leftOut.map(({ path, verdict }) => `${path} ${verdict.what}`)
    assert.equal(without({}), ['submission is not sent: master.cf has no service submission'])
    assert.match(
      without({ myorigin: 'localhost' }, ['smtp/inet', 'submission/inet']).join(),
      /^root is not sent: the host sends as "localhost" \(myorigin\).*,bounce is not sent: the host sends as/,
    )
    assert.match(
      without({ mydestination: 'hash:/etc/x' }).join(),
      'bounce is not sent: the host holds no domain for its own',
    )
    assert.match(without({ luser_relay: 'admin' }).join(), 'goes where luser_relay says')
    assert.match(without({ soft_bounce: 'yes' }).join(), 'soft_bounce is on')
    const unwanted = (own: boolean) =>
      deliveryPlan(state({}), { own, bounces: false }, request, RUN, 0)
        .leftOut.map(({ path, verdict }) => `${path} ${verdict.what}`)
        .slice(1)
    assert.equal(unwanted(true), ['bounce is not sent: sign_bounces is false'])
    assert.equal(unwanted(false), [
      'root is not sent: sign_host_name is false',
      'bounce is not sent: sign_host_name is false',
    ])
  },
)

const sent =
  '4A: to=<you@example.net>, relay=mx.example.net[192.0.2.5]:25, delay=0.3, delays=0/0/0/0.3, ' +
  'dsn=2.0.0, status=sent (250 2.0.0 Ok: queued as 83D)'

test('the log says what became of a message', () => {
  const fate = (...lines: readonly string[]) => mailFate(lines, 'You@example.net')
  assert.equal(fate(sent), { kind: 'sent', by: 'mx.example.net[192.0.2.5]:25', answer: '250 2.0.0 Ok: queued as 83D' })
  assert.equal(fate('4A: message-id=<x>', '4A: from=<a@b>, size=1, nrcpt=1 (queue active)'), undefined)
  assert.is(fate(sent.replace('you@', 'other@')), undefined)
  assert.is(fate(sent.replace('you@example.net>', 'alias@x.example>, orig_to=<you@example.net>'))?.kind, 'sent')
  assert.is(fate(sent.replace('mx.example.net[192.0.2.5]:25', 'local'))?.kind, 'stayed')
  assert.equal(
    fate(
      sent.replace(
        'status=sent (250 2.0.0 Ok: queued as 83D)',
        'status=bounced (host x said: 550 5.7.1 no (really) (in reply to end of DATA command))',
      ),
    ),
    {
      kind: 'bounced',
      by: 'mx.example.net[192.0.2.5]:25',
      answer: 'host x said: 550 5.7.1 no (really) (in reply to end of DATA command)',
    },
  )
  assert.equal(
    fate(
      '4A: to=<you@example.net>, relay=none, delay=30, delays=0/0/30/0, dsn=4.4.1, ' +
        'status=deferred (connect to x: Connection timed out)',
    ),
    { kind: 'deferred', by: '', answer: 'connect to x: Connection timed out' },
  )
  assert.equal(
    fate(
      '4A: milter-reject: END-OF-MESSAGE from localhost[127.0.0.1]: 4.7.1 ' +
        'Service unavailable - try again later; from=<a@b> to=<c@d>',
    ),
    { kind: 'put-off', by: '', answer: '4.7.1 Service unavailable - try again later' },
  )
  const filter = fate(sent.replace('mx.example.net[192.0.2.5]:25', '127.0.0.1[127.0.0.1]:10025'))!
  assert.equal(
    [isLastWord(filter), isLastWord(fate(sent)!), isLastWord({ ...filter, kind: 'deferred' })],
    [false, true, false],
  )
})

const mailOf = (stamps: readonly string[], more = ''): string =>
  [
    'Return-Path: <a@b>\n',
    ...stamps.map((stamp) => `Authentication-Results: ${stamp}\n`),
    'Received: from mx1\n\tby mx\n',
    more,
    'Message-ID: <mailrun-n@example.org>\n\nbody\n',
  ].join('')
const judge = (more: Partial<DeliveryEvidence>, selectors: readonly string[] = ['mx1']) =>
  proveDelivery(
    {
      message: { path: 'smtp', domain: 'example.org', nonce: 'n' } as DeliveryMessage,
      handed: { word: 'taken', answer: '250 2.0.0 Ok: queued as 4A' },
      fate: undefined,
      mail: undefined,
      problem: undefined,
      mailbox: 'r:/m',
      waitedSeconds: 5,
      ...more,
    },
    { signing: [{ signatures: selectors.map((selector) => ({ selector })) } as unknown as SigningProof] },
  )
const GOOD = [
  'r.example; dmarc=pass header.from=example.org',
  'r.example; spf=pass smtp.mailfrom=example.org',
  'r.example;\n\tdkim=pass header.d=example.org header.s=mx1',
]
const stamped = (stamps: readonly string[], more?: string) => {
  const { status, id } = judge({ mail: mailOf(stamps, more) }).verdict
  return `${status} ${id}`
}

test('what the receiver found is judged as what it is', () => {
  const { verdict, results, selectors, queueId } = judge({ mail: mailOf(GOOD) })
  assert.equal(
    [verdict.status, verdict.id, results, selectors, queueId],
    ['pass', 'arrived', { spf: 'pass', dkim: 'pass', dmarc: 'pass' }, ['mx1'], '4A'],
  )
  const [dmarc, spf, dkim] = GOOD as [string, string, string]
  assert.is(stamped([dmarc, spf, 'r.example; dkim=none']), 'fail dkim-none')
  assert.is(stamped([dmarc, spf, 'r.example; dkim=fail header.d=example.org header.s=mx1']), 'fail dkim-fail')
  assert.is(
    stamped([dmarc, spf, 'r.example; dkim=fail header.d=other.example; dkim=pass header.d=example.org header.s=mx1']),
    'pass arrived',
  )
  assert.is(stamped([dmarc, 'r.example; spf=softfail', dkim]), 'fail spf-softfail')
  assert.is(
    stamped([dmarc, 'r.example; spf=pass', 'r.example; spf=fail', 'r.example; spf=softfail', dkim]),
    'fail spf-softfail',
  )
  assert.is(stamped(['r.example; dmarc=fail', spf, dkim]), 'fail dmarc-fail')
  assert.is(stamped([dmarc, 'r.example; spf=strange', dkim]), 'fail spf-fail')
  assert.is(stamped([dmarc, 'r.example; spf=temperror', dkim]), 'unknown dns-failed')
  assert.is(stamped([dmarc, dkim]), 'unknown no-results')
  assert.is(stamped([]), 'unknown no-results')
  assert.is(stamped([dmarc, spf, 'r.example; dkim=pass header.d=example.org header.s=relay']), 'fail other-selector')
})

test('only what the receiver itself stamped counts, and a selector it does not name is that of the signature', () => {
  const [dmarc, spf, dkim] = GOOD as [string, string, string]
  assert.is(
    stamped(
      [dmarc, spf, 'r.example; dkim=none'],
      `Authentication-Results: evil.example; dkim=pass header.d=example.org\n`,
    ),
    'fail dkim-none',
  )
  const unnamed = [dmarc, spf, 'r.example; dkim=pass header.i=@example.org']
  assert.is(stamped(unnamed, 'DKIM-Signature: v=1; d=example.org;\n\ts=mx1; b=x\n'), 'pass arrived')
  assert.is(stamped(unnamed, 'DKIM-Signature: v=1; d=example.org; s=other; b=x\n'), 'fail other-selector')
  assert.is(stamped([dmarc, spf, dkim]), 'pass arrived')
})

test('what did not arrive says how far it came', () => {
  const reported = (more: Partial<DeliveryEvidence>) => {
    const { status, id } = judge(more).verdict
    return `${status} ${id}`
  }
  const fate = mailFate([sent], 'you@example.net')!
  assert.is(reported({ fate }), 'unknown not-received')
  assert.is(reported({ fate, mailbox: undefined }), 'none taken')
  assert.is(reported({ fate: { ...fate, kind: 'stayed' } }), 'unknown not-left')
  assert.is(reported({ fate: { ...fate, kind: 'deferred' } }), 'unknown deferred')
  assert.is(reported({ fate: { ...fate, kind: 'bounced' } }), 'fail bounced')
  assert.is(reported({ fate: { ...fate, kind: 'put-off' } }), 'fail put-off')
  assert.is(reported({}), 'unknown not-told')
  assert.is(reported({ handed: undefined, problem: 'lost' }), 'unknown not-told')
  assert.is(reported({ handed: { word: 'off', answer: '451 later' } }), 'fail put-off')
  assert.is(reported({ handed: { word: 'refused', answer: '550 no' } }), 'fail refused')
  const closed = judge({ handed: { word: 'closed', answer: '530 5.7.0 Must issue a STARTTLS command first' } })
  assert.equal([closed.verdict.id, closed.nonce], ['left-out', undefined])
})

test('ways that were left out are reported with why, and what nobody read with where to look', () => {
  const proof = (name: string) => ({
    name,
    status: 'pass' as const,
    addresses: [],
    signing: [],
    spf: [],
    dmarc: [],
    reverse: [],
    delivery: [...planned({}).leftOut, judge({ fate: mailFate([sent], 'you@example.net'), mailbox: undefined })].map(
      (each) => ({ ...each, nonce: `${RUN}0001` }),
    ),
  })
  const text = proofText([proof('mx1'), proof('mx2')], 1, { columns: undefined, paint: colours(false) })
  assert.match(text, 'left out  mx1 and mx2: submission is not sent: master.cf has no service submission\n')
  assert.match(text, `taken  2 messages: search for "mailrun verify ${RUN}"`)
})

test('the scripts are POSIX shell, and whole or nothing; hostile names stay words', () => {
  const { messages } = deliveryPlan(
    state({}),
    { own: true, bounces: true },
    { ...request, host: "m'x$(id)\nx" },
    RUN,
    0,
  )
  for (const script of [
    handInScript(messages, 'mailrun-m'),
    followScript(1, RUN, "a'$b@example.org", 'mailrun-m'),
    findMailboxScript("/a 'b$(id)", 'x', 'mailrun-m'),
    findMailboxScript(undefined, "x'+y", 'mailrun-m'),
    mailboxScript({ path: "/a'b", since: 1, size: 0 }, RUN, 'mailrun-m'),
  ]) {
    const whole = framed('mailrun-m', script)
    assert.is(spawnSync('dash', ['-n'], { input: whole }).status, 0, whole)
    assert.is.not(spawnSync('dash', ['-n'], { input: whole.slice(0, -3) }).status, 0)
  }
})

test('what hosts answer is read, whatever it is', () => {
  const { messages } = planned({})
  const hex = Buffer.from('250 2.0.0 Ok: queued as 4A').toString('hex')
  const { since, handed, problem } = readHandIns(
    `since 12\nhanded 1 taken ${hex}\nhanded 9 taken -\nhanded 0 nonsense -\nend\n`,
    messages,
  )
  assert.equal(
    [since, [...handed], problem],
    [12, [[`${RUN}0008`, { word: 'taken', answer: '250 2.0.0 Ok: queued as 4A' }]], undefined],
  )
  assert.match(readHandIns('no-perl\n', messages).problem!, 'perl-base')
  assert.match(readHandIns('since 1\n', messages).problem!, 'in time')
  const followed = readFollowed(
    `log ${RUN}0007 ${sent}\n` +
      `log ${RUN}ffff ${sent}\n` +
      'reject 4B: milter-reject: CONNECT from localhost[127.0.0.1]: 4.7.1 later; from=<root@mx1.example.org>\n',
    messages,
    'you@example.net',
    () => undefined,
  )
  assert.equal(
    [...followed].map(([nonce, { kind }]) => [nonce, kind]),
    [
      [`${RUN}0007`, 'sent'],
      [`${RUN}0009`, 'put-off'],
    ],
  )
  const waiting = readFollowed(
    'no-log\n' +
      'queue {"queue_id":"4A","recipients":[{"address":"you@example.net","delay_reason":"greylisted"}]}\n' +
      'queue {]\n',
    messages,
    'you@example.net',
    ({ path }) => (path === 'smtp' ? '4A' : undefined),
  )
  assert.equal([...waiting], [[`${RUN}0008`, { kind: 'deferred', by: '', answer: 'greylisted' }]])
  assert.equal(readFoundMailbox('box 5 7 /var/mail/a b\n'), { path: '/var/mail/a b', since: 5, size: 7 })
  assert.match(readFoundMailbox('no-mailbox /x\n') as string, 'there is no /x')
  assert.match(readFoundMailbox('') as string, 'does not tell')
  assert.equal(readMailbox(`mail ${Buffer.from('Subject: x\n').toString('base64')}\nmail ???\nlooked\n`), [
    'Subject: x\n',
  ])
})

test.run()
