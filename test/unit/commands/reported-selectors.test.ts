// Which selectors a rotation goes by, of all that hosts name: those that the inventory gives them, and of others none.
import * as assert from 'uvu/assert'
import type { Looking } from '../../../src/dns/lookup/look.ts'
import type { OwnSelectors } from '../../../src/mail/fleet/own-selectors.ts'
import { datedSelectors } from '../../../src/mail/rotation/new-selector.ts'
import { rotationSettings } from '../../../src/mail/rotation/settings.ts'
import type { HostResult } from '../../../src/core/run-event.ts'
import { answersOf, type HostEvidence, type HostAnswers } from '../../../src/commands/rotate/ask-hosts.ts'
import type { DueStep } from '../../../src/commands/rotate/due-step.ts'
import { stepsOnHosts } from '../../../src/commands/rotate/steps-on-hosts.ts'
import { historyOutput } from '../../../src/commands/mail-fleet/mail-member.ts'
import { hostSigner } from '../../../src/signers/signers.ts'
import type { RotationMember } from '../../../src/commands/rotate/rotation-members.ts'
import { suite } from '../../suite.ts'

const test = suite('rotate: selectors that hosts name')

const DOMAIN = 'example.org'
const NOW = 1_803_859_200
const [FIRST = '', SECOND = '', THIRD = ''] = datedSelectors('mx1', NOW)

const member = (name: string, own: Partial<OwnSelectors> = {}): RotationMember => ({
  name,
  domains: [DOMAIN],
  signer: hostSigner({}),
  own: { domains: [DOMAIN], first: name, further: [], others: [], ...own },
  settings: rotationSettings({}),
  ttl: 3600,
})

interface Named {
  /** That it signs with. */
  readonly use: string
  /** In its history. */
  readonly history?: readonly string[]
  /** Of which it has keys. */
  readonly keys?: readonly string[]
}

/** What a host of this name answers. */
const answered = (name: string, { use, history = [], keys = [] }: Named): HostResult =>
  ({
    name,
    status: 'ok',
    outputs: {
      signing: [{ domain: DOMAIN, selector: use, path: `/k/${use}`, key: { kind: 'key', publicKey: 'MIIB' } }],
      keys: {
        now: NOW,
        keys: keys.map((selector) => ({ domain: DOMAIN, selector, path: `/k/${selector}`, publicKey: '', made: NOW })),
      },
      [historyOutput(DOMAIN)]: {
        kind: 'history',
        marks: history.map((selector) => ({ event: 'revoking', selector, at: NOW })),
      },
    },
  }) as unknown as HostResult

function evidenceOf(of: RotationMember, named: Named): HostEvidence {
  const { evidence, faults } = answersOf(answered(of.name, named), of, 0)
  assert.equal(faults, [])
  return evidence[0]!
}

test('of a history counts what the host speaks for; the others are reported, once each', () => {
  const history = ['mx1', 'mx1-20270101', 'mx2', 'google', 'mx2', '*', 'default']
  const evidence = evidenceOf(member('mx1', { further: ['default'], others: ['mx2'] }), { use: 'mx1', history })
  assert.equal(
    evidence.history.map(({ selector }) => selector),
    ['mx1', 'mx1-20270101', 'default'],
  )
  assert.equal(evidence.foreign, ['mx2', 'google', '*'])
})

test('the selector in use counts whoever’s it is, for the host alone, and is reported', () => {
  const evidence = evidenceOf(member('mx1', { others: ['mx2'] }), { use: 'mx2', history: ['mx2', 'mx3'] })
  assert.is(evidence.inUse.selector, 'mx2')
  assert.equal(
    evidence.history.map(({ selector }) => selector),
    ['mx2'],
  )
  assert.equal(evidence.foreign, ['mx2', 'mx3'])
})

test('a selector in use that is none is a fault of that domain', () => {
  for (const use of ['*', '(', 'a b', '', 'x'.repeat(300)]) {
    const { evidence, faults } = answersOf(answered('mx1', { use }), member('mx1'), 0)
    assert.equal(evidence, [])
    assert.match(faults[0]!.why, 'which is none')
  }
})

/** DNS has no record at all. */
const EMPTY: Looking = {
  ask: () => Promise.reject(new Error('it was asked')),
  findZone: () => Promise.resolve({ zone: DOMAIN, servers: [], primary: undefined, negativeTtl: 60, faults: [] }),
}

/** The selector of the key that mx1 begins a rotation with. */
async function begun(all: readonly HostEvidence[]): Promise<string | undefined> {
  const step = { kind: 'begin', former: undefined } as unknown as DueStep['step']
  const nextSteps = { now: NOW, keys: [], due: undefined } as never
  const pair = { evidence: all[0]!, dns: { keys: new Map(), cached: 0, fault: undefined }, nextSteps }
  const reported: HostAnswers = { evidence: all, faults: [] }
  const doneSteps = await stepsOnHosts({ pair, step }, { tell: () => {}, looking: EMPTY }, reported)
  return doneSteps[0]?.selector
}

test('a new key takes a name that its host never used', async () => {
  assert.is(await begun([evidenceOf(member('mx1'), { use: 'mx1' })]), FIRST)
  assert.is(await begun([evidenceOf(member('mx1'), { use: FIRST })]), SECOND)
  assert.is(await begun([evidenceOf(member('mx1'), { use: 'mx1', history: [FIRST], keys: [SECOND] })]), THIRD)
})

test('names that another host may not speak for keep none from being taken', async () => {
  const mx2 = member('mx2', { others: ['mx1'] })
  const greedy = datedSelectors('mx1', NOW)
  const all = [
    evidenceOf(member('mx1'), { use: 'mx1' }),
    evidenceOf(mx2, { use: 'mx2', history: greedy, keys: greedy }),
  ]
  assert.is(await begun(all), FIRST)
  assert.is(await begun([all[0]!, evidenceOf(mx2, { use: FIRST })]), FIRST)
})

test('names that another host may speak for are taken, as are those that the inventory gives it', async () => {
  const mx2 = member('mx2', { further: [FIRST] })
  assert.is(await begun([evidenceOf(member('mx1'), { use: 'mx1' }), evidenceOf(mx2, { use: FIRST })]), SECOND)
  assert.is(await begun([evidenceOf(member('mx1', { others: [FIRST] }), { use: 'mx1' })]), SECOND)
})

test.run()
