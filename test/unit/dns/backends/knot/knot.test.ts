// Changes as transactions of knotc(8), and what it says of them.
import * as assert from 'uvu/assert'
import { knotOutcome, transaction } from '../../../../../src/dns/backends/knot/push-by-knotc.ts'
import { wantedChange } from '../../../../../src/dns/plan/wanted-change.ts'
import { suite } from '../../../../suite.ts'
import { key, spf, strings, written } from '../../mail-changes.ts'

const test = suite('dns/backends: knot')

test('a transaction of Knot compares before it changes, and is aborted unless it is committed', () => {
  const change = wantedChange(spf, { ttl: 60, rdata: [strings("it's $(x)"), strings('v=spf1 ', '-all')] })!
  const lines = transaction(written(change)).split('\n')
  const at = (start: string): number => lines.findIndex((line) => line.trimStart().startsWith(start))
  const order = [
    'until begun=$(knot zone-begin',
    "trap 'knot zone-abort",
    'if now=$(knot zone-get',
    '[ "$now" = ',
    'drop TXT',
    'put 60 TXT',
    'knot zone-commit',
    'trap - EXIT',
  ].map(at)
  assert.not.ok(order.includes(-1), lines.join('\n'))
  assert.equal(
    [...order].sort((a, b) => a - b),
    order,
  )
  // Sorted by bytes, with TTL and type, as Knot prints them.
  assert.match(
    lines.slice(at('[ "$now" = '), at('drop TXT')).join('\n'),
    `'60 TXT "it'\\''s $(x)"\n60 TXT "v=spf1 " "-all"'`,
  )
  // Another TTL makes the whole set again.
  const later = transaction(written(wantedChange(key, { ttl: 60, rdata: [strings('v=DKIM1;p=')] })!))
  assert.match(later, /^drop TXT\nput 3600 TXT '"v=DKIM1;p="'$/m)
})

test('what knotc 3.2 says, in words that say what to do', () => {
  const why = (code: number, output: string): string => {
    const outcome = knotOutcome({ code, output }, 'example.org')
    return outcome.kind === 'done' ? 'done' : `${outcome.kind} ${outcome.why}`
  }
  assert.is(why(0, 'OK\n[example.org.] +x 60 TXT "a"\nOK\n'), 'done')
  assert.match(why(12, 'OK\n'), /^outdated .*plan again/)
  assert.match(why(10, 'error: (no such zone found) [example.org.] \n'), 'Knot does not serve example.org there')
  assert.match(why(10, 'error: [example.org.] (too many transactions)\n'), 'has a transaction open on example.org')
  assert.match(why(10, "error: failed to connect to socket '/run/knot/knot.sock' (not exists)\n"), 'is it running')
  assert.match(
    why(14, 'OK\nerror: [example.org.] (semantic check)\n'),
    /^failed Knot refuses the change \(semantic check\): its log/,
  )
  assert.match(why(15, ''), 'set dns.host')
  assert.match(why(16, ''), 'apt install knot')
  assert.match(why(124, ''), /^failed knotc: /)
})

test.run()
