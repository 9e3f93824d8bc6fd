// Which exit status a run has: the first that applies.
import * as assert from 'uvu/assert'
import { exitStatus } from '../../../src/cli/exit-status.ts'
import type { PlannedRecord } from '../../../src/dns/plan/plan-dns.ts'
import type { Publication } from '../../../src/dns/push/publication.ts'
import type { RrsetChange } from '../../../src/dns/plan/wanted-change.ts'
import type { MailRecord } from '../../../src/mail/records/dns-record.ts'
import type { HostStatus } from '../../../src/core/run-event.ts'
import { suite } from '../../suite.ts'
import { host, run, task } from '../report/results.ts'

const test = suite('cli/exit-status')

const TABLE: readonly (readonly [readonly HostStatus[], boolean, number])[] = [
  [['ok'], false, 0],
  [['changed', 'ok'], false, 0],
  [[], false, 0],
  [['would-change', 'ok'], false, 2],
  [['held', 'changed', 'would-change'], false, 6],
  [['unreachable', 'held'], false, 4],
  [['failed', 'held'], false, 3],
  [['unreachable', 'would-change'], false, 4],
  [['failed', 'unreachable', 'would-change'], false, 3],
  [['failed', 'not-reached'], false, 3],
  [['unreachable', 'not-reached'], false, 4],
  [['interrupted', 'failed'], false, 130],
  [['ok'], true, 130],
  [['failed', 'not-reached'], true, 130],
]

for (const [statuses, interrupted, expected] of TABLE) {
  test(`${statuses.join(' + ') || 'no host'}${interrupted ? ', interrupted' : ''}: ${expected}`, () => {
    const result = run(
      statuses.map((status, index) => host({ name: `mx${index}`, status })),
      { interrupted },
    )
    assert.is(exitStatus(result), expected)
  })
}

test('--held-ok: what is held counts as done; a check still finds changes, and failures stay failures', () => {
  const of = (statuses: readonly HostStatus[], check = false, changes: readonly string[] = []): number =>
    exitStatus(
      run(
        statuses.map((status, index) =>
          host({ name: `mx${index}`, status, tasks: [task({ name: 'x', status: 'held', changes })] }),
        ),
        { check },
      ),
      true,
    )
  assert.equal(
    [
      of(['held', 'changed']),
      of(['held'], false, ['create']),
      of(['held'], true),
      of(['held'], true, ['create']),
      of(['held', 'failed']),
    ],
    [0, 0, 0, 2, 3],
  )
  const byHand = { ...NOTHING, byHand: [record] }
  assert.equal([exitStatus({ ...run([]), dns: byHand }), exitStatus({ ...run([]), dns: byHand }, true)], [6, 0])
})

const NOTHING: Publication = { plan: undefined, pushed: [], notServed: [], byHand: [], left: [] }
const record: MailRecord = {
  name: 'mx1._domainkey.example.org',
  type: 'TXT',
  ttl: 60,
  value: 'v=DKIM1; p=',
  purpose: 'dkim',
  domain: 'example.org',
  publishedBy: 'fleet',
  why: [],
}
const planned = (part: Pick<PlannedRecord, 'kind'> & object): Publication => ({
  ...NOTHING,
  plan: {
    records: [{ record, zone: undefined, views: [], ...part } as unknown as PlannedRecord],
    findings: [],
    faults: [],
    published: () => [],
  },
})
const PUBLISHED: readonly (readonly [string, Publication, boolean, HostStatus, number])[] = [
  ['all is served', planned({ kind: 'served' }), false, 'ok', 0],
  ['a check with changes to make', planned({ kind: 'change' }), true, 'ok', 2],
  ['a change that was made', planned({ kind: 'change' }), false, 'changed', 0],
  ['by hand', { ...NOTHING, byHand: [record] }, false, 'ok', 6],
  ['by hand, in a check', { ...NOTHING, byHand: [record] }, true, 'would-change', 6],
  ['left', { ...NOTHING, left: [{ record, why: '' }] }, false, 'ok', 6],
  [
    'a server lags',
    { ...NOTHING, notServed: [{ record, server: undefined, kind: 'absent', why: '', serial: undefined }] },
    false,
    'held',
    6,
  ],
  [
    'a push that was refused',
    { ...NOTHING, pushed: [{ change: {} as RrsetChange, zone: '', outcome: { kind: 'failed', why: '' } }] },
    false,
    'held',
    3,
  ],
  ['a record that cannot be put there', planned({ kind: 'blocked' }), false, 'ok', 3],
  ['nobody tells what is there', planned({ kind: 'unanswered' }), false, 'held', 4],
  ['DNS failed', { ...NOTHING, error: 'x' }, false, 'unreachable', 3],
]
for (const [what, dns, check, status, expected] of PUBLISHED) {
  test(`a run that publishes: ${what}: ${expected}`, () => {
    assert.is(exitStatus({ ...run([host({ name: 'mx1', status })], { check }), dns }), expected)
  })
}

test.run()
