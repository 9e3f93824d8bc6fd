// What a rotation is made of: the history on the host, what DNS is to say,
// selectors that were never used, how long mail may be on its way.
import * as assert from 'uvu/assert'
import { dnsWish } from '../../../../src/mail/rotation/dns-wish.ts'
import { drained, drainSeconds } from '../../../../src/mail/rotation/drained.ts'
import { markWords, mayFollow, parseMark, standingOf, type Mark } from '../../../../src/mail/rotation/history.ts'
import { newSelectors } from '../../../../src/mail/rotation/new-selector.ts'
import { rotationSettings } from '../../../../src/mail/rotation/settings.ts'
import { dkimKeysProbe } from '../../../../src/signers/opendkim/keys/dkim-keys.ts'
import { mailQueue, timeValue } from '../../../../src/resources/postfix/mail-queue.ts'
import { isSelector } from '../../../../src/mail/names/names.ts'
import { planOf } from '../../../../src/testing/plan-of.ts'
import { dkimHistory } from '../../../../tasks/index.ts'
import { suite } from '../../../suite.ts'

const test = suite('mail/rotation pieces')
const mark = (event: Mark['event'], selector: string, time = 1): Mark => ({ event, selector, time })

test('a mark is read as it is written; what was cut short, and what others wrote, is none', () => {
  const path = '/etc/opendkim/keys/default.private'
  assert.equal(parseMark(`17 ${markWords({ event: 'active', selector: 'default', path })}`), {
    time: 17,
    event: 'active',
    selector: 'default',
    path,
  })
  for (const line of [
    '# 17 active mx1',
    '17 active',
    '17 acti',
    '17 active mx1 /a b',
    '17 eaten mx1',
    'x active mx1',
    '17 active -mx1',
    '',
  ])
    assert.is(parseMark(line), undefined, line)
})

test('a key goes through its life in order, and compromised may come at any time', () => {
  const life: Mark[] = []
  for (const event of [
    'keyed',
    'published',
    'active',
    'retired',
    'revoking',
    'revoked',
    'removing',
    'removed',
  ] as const) {
    assert.is(mayFollow(standingOf(life, 'a'), event), 'yes', event)
    life.push(mark(event, 'a'))
    assert.is(mayFollow(standingOf(life, 'a'), event), 'is so', event)
    assert.is(mayFollow(standingOf(life, 'a'), 'compromised'), 'yes')
  }
  for (const event of ['keyed', 'active', 'revoking'] as const)
    assert.is(mayFollow(standingOf(life, 'a'), event), 'no', event)
  assert.is(mayFollow(standingOf([mark('keyed', 'a')], 'a'), 'active'), 'yes')
  assert.is(mayFollow(standingOf([mark('active', 'a')], 'a'), 'revoking'), 'no')
})

test('DNS has the keys that come, are in use and went lately; of what is to be forgotten nothing', () => {
  const wish = (...events: readonly Mark['event'][]): string =>
    dnsWish(
      standingOf(
        events.map((event) => mark(event, 'a')),
        'a',
      ),
      false,
    )
  assert.equal(
    [
      wish('keyed'),
      wish('keyed', 'published'),
      wish('active', 'retired'),
      wish('retired', 'revoking'),
      wish('revoked'),
      wish('removing'),
      wish('removed'),
      wish(),
    ],
    ['key', 'key', 'key', 'revoked', 'revoked', 'gone', 'gone', 'gone'],
  )
  assert.is(wish('active', 'compromised', 'retired'), 'revoked')
  // As long as the tables name it, mail is signed with it.
  assert.is(dnsWish(standingOf([mark('active', 'a'), mark('compromised', 'a')], 'a'), true), 'key')
})

test('new selectors have the host and the day in them, and are labels whatever the host is called', () => {
  const now = Date.UTC(2027, 2, 1) / 1000
  assert.equal(newSelectors('mx1', now).slice(0, 3), ['mx1-20270301', 'mx1-20270301b', 'mx1-20270301c'])
  assert.is(newSelectors('mx1-20260901c', now)[0], 'mx1-20270301')
  for (const first of ['x'.repeat(63), `${'x'.repeat(51)}-yy`, `a.b.${'c'.repeat(55)}`])
    assert.ok(newSelectors(first, now).every(isSelector), first)
  assert.is(new Set(newSelectors('mx1', now)).size, 26)
})

test("mail may be on its way for what Postfix keeps it, and five days more in others' queues", () => {
  const queue = { lifetime: 432_000, messages: 0, oldest: undefined }
  assert.is(drainSeconds(queue, undefined), 864_000)
  assert.is(drainSeconds(queue, 60), 60)
  const settings = rotationSettings({})
  assert.equal(drained({ now: 1000, queue, settings }, 500), {
    kind: 'until',
    time: 864_500,
    why: 'mail that it signed may be in queues, here or elsewhere',
  })
  assert.equal(drained({ now: 864_500, queue, settings }, 500), { kind: 'drained' })
  const held = (arrived: number) =>
    drained(
      { now: 864_500, queue: { ...queue, messages: 2, oldest: { id: '4X', queue: 'hold', arrived } }, settings },
      500,
    ).kind
  assert.equal([held(499), held(500), held(501)], ['held', 'held', 'drained'])
  assert.is(drained({ now: 1e9, queue: { why: 'no' }, settings }, 500).kind, 'held')
})

test("a queue's answer, with the units of Postfix", () => {
  assert.equal(['5d', '5', '1w', '90m', '3600s', '0', 'x', '', '-1d'].map(timeValue), [
    432_000,
    432_000,
    604_800,
    5400,
    3600,
    0,
    undefined,
    undefined,
    undefined,
  ])
  const parse = (stdout: string) => mailQueue.parse({ code: 0, stdout: `${stdout}\0end`, stderr: '' })
  assert.equal(parse('maximal_queue_lifetime 1d\nbounce_queue_lifetime 5d\nmessages 2\noldest 4X deferred 17\n'), {
    lifetime: 432_000,
    messages: 2,
    oldest: { id: '4X', queue: 'deferred', arrived: 17 },
  })
  assert.equal(parse('maximal_queue_lifetime 5d\nbounce_queue_lifetime 5d\nmessages 0\n'), {
    lifetime: 432_000,
    messages: 0,
    oldest: undefined,
  })
  assert.equal(parse('why there is no Postfix\n'), { why: 'there is no Postfix' })
  assert.match(JSON.stringify(parse('maximal_queue_lifetime \nmessages 0\n')), 'does not tell')
  // Half an answer must not look like an empty queue.
  assert.throws(
    () =>
      mailQueue.parse({
        code: 0,
        stdout: 'maximal_queue_lifetime 5d\nbounce_queue_lifetime 5d\nmessages 1\n',
        stderr: '',
      }),
    /cut short/,
  )
})

test(
  'keys on the host: those that openssl cannot read have no public half; ' +
    'none twice; names that are none are left out',
  () => {
    const hex = (path: string): string => Buffer.from(path).toString('hex')
    const { now, keys } = dkimKeysProbe('/k', ['a.example']).parse({
      code: 0,
      stdout:
        'now 99\n' +
        `key a.example mx1 5 ${hex('/k/a.example/mx1.private')} AAAABBBB\n` +
        `key a.example bad 6 ${hex('/k/a.example/bad.private')} -\n` +
        `key a.example mx1 5 ${hex('/k/a.example/mx1.private')} AAAABBBB\n` +
        `key a.example -x 5 ${hex('/k/a.example/-x.private')} -\nend\n`,
      stderr: '',
    })
    assert.is(now, 99)
    assert.equal(keys, [
      { domain: 'a.example', selector: 'mx1', path: '/k/a.example/mx1.private', made: 5, publicKey: 'AAAABBBB' },
      { domain: 'a.example', selector: 'bad', path: '/k/a.example/bad.private', made: 6, publicKey: undefined },
    ])
  },
)

test('dkimHistory refuses what cannot be, and a key that the tables name is not revoked', () => {
  const signing = {
    domain: 'a.example',
    selector: 'mx1',
    inUse: true,
    path: '/k',
    key: { kind: 'key', owner: 'opendkim', group: 'opendkim', mode: '0600', publicKey: 'A' },
    directories: [],
    groups: [],
  } as const
  const plan = (marks: readonly Mark[], event: Mark['event'], selector: string, sound: readonly string[] = []) =>
    planOf(
      dkimHistory({ domain: 'a.example', marks: [{ event, selector }], sound }),
      { history: { kind: 'file', marks }, signing },
      {},
    )
  const why = (given: ReturnType<typeof plan>): string => (given.kind === 'blocked' ? given.why : given.kind)
  assert.is(why(plan([mark('keyed', 'b')], 'published', 'b')), 'change')
  assert.is(why(plan([mark('published', 'b')], 'published', 'b')), 'ok')
  assert.match(
    why(plan([mark('revoked', 'b')], 'active', 'b')),
    /^b\._domainkey\.a\.example cannot be active now: it is revoked/,
  )
  assert.match(why(plan([mark('retired', 'mx1')], 'revoking', 'mx1')), /the host's tables name it$/)
  assert.match(
    why(plan([mark('published', 'b'), mark('compromised', 'b')], 'active', 'b', ['b'])),
    /must not sign: it is compromised/,
  )
  assert.match(
    why(
      planOf(dkimHistory({ domain: 'a.example', marks: [] }), { history: { kind: 'other', marks: [] }, signing }, {}),
    ),
    'is no file',
  )
})

test.run()
