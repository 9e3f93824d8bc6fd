// What the task dkimKey does about a key that is gone: made where nobody knows another, refused where its selector was
// in use; and what it tells of selectors that are not the host's own.
import { generateKeyPairSync } from 'node:crypto'
import * as assert from 'uvu/assert'
import { pastOf, type SelectorPast } from '../../../src/signers/keys/selector-past.ts'
import type { Signing } from '../../../src/signers/keys/signing.ts'
import { planOf } from '../../../src/testing/plan-of.ts'
import { dkimKey } from '../../../tasks/dkim-key.ts'
import { suite } from '../../suite.ts'

const test = suite('dkimKey')
const PUBLIC_KEY = generateKeyPairSync('rsa', { modulusLength: 2048 })
  .publicKey.export({ type: 'spki', format: 'der' })
  .toString('base64')
const TODAY = Date.parse('2027-03-01') / 1000
const KEY = { kind: 'key', owner: 'opendkim', group: 'opendkim', mode: '0600', publicKey: PUBLIC_KEY } as const
const signing = (more: Partial<Signing>, selector = 'mx1'): Signing => ({
  domain: 'example.org',
  selector,
  inUse: false,
  path: `/etc/dkimkeys/example.org/${selector}.private`,
  key: { kind: 'absent' },
  directories: [
    { path: '/', owner: 'root', group: 'root', mode: '0755' },
    { path: '/etc', owner: 'root', group: 'root', mode: '0755' },
    { path: '/etc/dkimkeys', owner: 'opendkim', group: 'opendkim', mode: '0700' },
    { path: '/etc/dkimkeys/example.org', owner: 'opendkim', group: 'opendkim', mode: '0700' },
  ],
  groups: ['opendkim-keys'],
  ...more,
})
const past = (more: Partial<SelectorPast>): SelectorPast => ({ events: [], today: TODAY, ...more })
const planned = (state: Signing, selector = 'mx1') => planOf(dkimKey({ domain: 'example.org', selector }), [state], {})
const whyNot = (state: Signing, selector = 'mx1'): string => {
  const plan = planned(state, selector)
  assert.is(plan.kind, 'blocked')
  return plan.kind === 'blocked' ? plan.why : ''
}
const lost = (selector: string, path = `/etc/dkimkeys/example.org/${selector}.private`) =>
  past({ lost: { selector, path } })

test('a host that knows nothing of the selector gets a key', () => {
  assert.is(planned(signing({})).kind, 'change')
})

test('a key that the tables name and that is gone is not made again; the next free selector is reported', () => {
  const why = whyNot(signing({ past: lost('mx1') }))
  assert.match(why, /^\/etc\/dkimkeys\/example\.org\/mx1\.private is gone, and the host's tables name it: /)
  assert.match(why, 'another dkim_selector, such as mx1-20270301, and keep mx1 in its dkim_selectors')
  assert.match(why, 'mailrun dns push --replace mx1._domainkey.example.org')
  const dated = whyNot(signing({ past: lost('mx1-20270301') }, 'mx1-20270301'), 'mx1-20270301')
  assert.match(dated, 'such as mx1-20270301b,')
})

test('nor at the path that the tables name for another selector, which would sign at once', () => {
  assert.match(
    whyNot(signing({ past: lost('old', '/etc/dkimkeys/example.org/mx1.private') })),
    "the host's tables name it",
  )
})

test('another selector than the lost one gets its key', () => {
  assert.is(planned(signing({ past: lost('mx1') }, 'mx1-new'), 'mx1-new').kind, 'change')
})

for (const [event, key] of [
  ['active', { kind: 'absent' }],
  ['removed', { kind: 'absent' }],
  ['revoked', KEY],
  ['compromised', KEY],
] as const)
  test(`a selector that is ${event} by the history is refused, its key being ${key.kind}`, () => {
    const why = whyNot(signing({ key, past: past({ events: [event] }) }))
    assert.match(
      why,
      `${event}, according to /etc/dkimkeys/example.org/history: it must not sign; give the host another dkim_selector`,
    )
  })

test('a key that is there, of a selector that is retired by the history, can be used', () => {
  assert.is(planned(signing({ key: KEY, past: past({ events: ['active', 'retired'] }) })).kind, 'ok')
})

test('what is no event of a history is passed over', () => {
  const key = { selector: 'mx1', path: '/k/mx1' }
  assert.equal(pastOf(1_803_900_000, key, ['active', 'evil', 'revoked']), {
    lost: key,
    events: ['active', 'revoked'],
    today: 1_803_859_200,
  })
  assert.is(pastOf(1_803_900_000, undefined, ['keyed'])?.lost, undefined)
  assert.is(pastOf(1_803_900_000, undefined, []), undefined)
})

test("a selector in use that is not the host's own is reported, and goes on", () => {
  const own = { domains: ['example.org'], first: 'mx1', further: [], others: [] }
  const tell = (selector: string, inUse: boolean) =>
    planOf(dkimKey({ domain: 'example.org', selector: 'mx1', own }), [signing({ key: KEY, inUse }, selector)], {})
  const foreign = tell('google', true)
  assert.is(foreign.kind, 'ok')
  assert.match(
    foreign.kind === 'ok' ? (foreign.warning ?? '') : '',
    /^selector-foreign: the host signs for example\.org with the selector google/,
  )
  for (const plan of [tell('mx1', true), tell('mx1-20270301', true), tell('mx1', false)])
    assert.is(plan.kind === 'ok' && plan.warning === undefined, true)
})

test.run()
