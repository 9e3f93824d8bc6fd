// Which exit status a run has: the first that applies.
import * as assert from 'uvu/assert'
import { exitStatus } from '../../../src/cli/exit-status.ts'
import type { HostStatus } from '../../../src/model/run-event.ts'
import { suite } from '../../suite.ts'
import { host, run } from '../report/results.ts'

const test = suite('cli/exit-status')

const TABLE: readonly (readonly [readonly HostStatus[], boolean, number])[] = [
  [['ok'], false, 0],
  [['changed', 'ok'], false, 0],
  [[], false, 0],
  [['would-change', 'ok'], false, 2],
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
    const result = run(statuses.map((status, index) => host({ name: `mx${index}`, status })), { interrupted })
    assert.is(exitStatus(result), expected)
  })
}

test.run()
