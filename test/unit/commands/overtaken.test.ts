// Which refusals of hosts are faults, and which tell that another controller has gone on.
import * as assert from 'uvu/assert'
import type { HostEvidence, HostAnswers } from '../../../src/commands/rotate/ask-hosts.ts'
import { isOvertaken } from '../../../src/commands/rotate/overtaken.ts'
import type { Signing } from '../../../src/signers/keys/signing.ts'
import { planOf } from '../../../src/testing/plan-of.ts'
import { dkimHistory } from '../../../tasks/dkim-history.ts'
import { suite } from '../../suite.ts'

const test = suite('a rotation that is overtaken')

const reported = (...histories: readonly (readonly [host: string, domain: string, marks: number])[]): HostAnswers => ({
  evidence: histories.map(
    ([host, domain, marks]) =>
      ({
        host,
        domain,
        history: Array.from({ length: marks }, (_, time) => ({ time, event: 'keyed', selector: `s${time}` })),
      }) as unknown as HostEvidence,
  ),
  faults: [],
})
const doneStep = { host: 'mx1', domain: 'a.test', selector: 's', what: 'is to be revoked', failed: 'no' }

test('nothing new stands in its histories: a fault', () => {
  assert.is(
    isOvertaken(
      doneStep,
      reported(['mx1', 'a.test', 2], ['mx2', 'a.test', 1]),
      reported(['mx1', 'a.test', 2], ['mx2', 'a.test', 3]),
    ),
    false,
  )
})

test('a host that does not answer any more is no sign of others', () => {
  assert.is(isOvertaken(doneStep, reported(['mx1', 'a.test', 2]), reported()), false)
})

test("more stands in one of the host's histories, of another domain, too: overtaken", () => {
  assert.is(
    isOvertaken(
      doneStep,
      reported(['mx1', 'a.test', 2], ['mx1', 'b.test', 1]),
      reported(['mx1', 'a.test', 3], ['mx1', 'b.test', 1]),
    ),
    true,
  )
  assert.is(
    isOvertaken(
      doneStep,
      reported(['mx1', 'a.test', 2], ['mx1', 'b.test', 1]),
      reported(['mx1', 'a.test', 2], ['mx1', 'b.test', 2]),
    ),
    true,
  )
})

test('a selector to go back to must not be revoked, and may be compromised; one that will sign must be neither', () => {
  const planned = (word: 'sound' | 'unrevoked', event: 'compromised' | 'revoking'): string =>
    planOf(
      dkimHistory({ domain: 'a.test', marks: [], [word]: ['s'] }),
      { history: { kind: 'file', marks: [{ time: 1, event, selector: 's' }] }, signing: {} as Signing },
      {},
    ).kind
  assert.equal(
    (['sound', 'unrevoked'] as const).map((word) => [planned(word, 'compromised'), planned(word, 'revoking')]),
    [
      ['blocked', 'blocked'],
      ['ok', 'blocked'],
    ],
  )
  assert.throws(
    () => dkimHistory({ domain: 'a.test', marks: [], unrevoked: ['no label'] }),
    /a selector must be a DNS label, got "no label"/,
  )
})

test.run()
