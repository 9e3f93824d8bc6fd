// How much time silence comes to, of waits that overlap.
import * as assert from 'uvu/assert'
import { silence } from '../../../../src/dns/bounds/silence.ts'
import { suite } from '../../../suite.ts'

const test = suite('dns/silence')

test('what several silent waits cover counts once; gaps do not count', () => {
  let now = 0
  const waited = silence(() => now)
  const one = waited.begin()
  now = 3
  const other = waited.begin()
  now = 5
  one.silent()
  assert.is(waited.milliseconds(), 5)
  now = 7
  other.silent()
  now = 20
  assert.is(waited.milliseconds(), 7)
  const late = waited.begin()
  now = 22
  late.silent()
  assert.is(waited.milliseconds(), 9)
})

test('a wait counts while it lasts, and no more once an answer came', () => {
  let now = 0
  const waited = silence(() => now)
  const long = waited.begin()
  now = 2
  const dead = waited.begin()
  now = 6
  dead.silent()
  now = 8
  assert.is(waited.milliseconds(), 8)
  long.answered()
  assert.is(waited.milliseconds(), 4)
  long.silent()
  assert.is(waited.milliseconds(), 4)
})

test.run()
