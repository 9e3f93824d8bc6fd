// A sample of what `npm run bench fuzz` does at length; MAILRUN_FUZZ_SEED chooses another one than that of every day.
import * as assert from 'uvu/assert'
import { fuzz } from '../../fuzz/run.ts'
import { UNRECORDED } from '../../fuzz/probe-targets.ts'
import { randomOf, replayOf } from '../../fuzz/random.ts'
import { failureOf, shrunk } from '../../fuzz/shrink.ts'
import { target } from '../../fuzz/target.ts'
import { TARGETS } from '../../fuzz/targets.ts'
import { suite } from '../../suite.ts'

const test = suite('fuzz')
const seed = Number(process.env['MAILRUN_FUZZ_SEED'] ?? 20261125)
const CASES = 40

test(`nothing crashes, hangs or is misread: ${CASES} cases of each target, seed ${seed}`, async () => {
  const reports = await fuzz(
    { seed, cases: CASES },
    TARGETS.map(({ name }) => name),
    () => {},
  )
  assert.is(reports.length, TARGETS.length)
  assert.is(reports.flatMap(({ failures }) => failures).join('\n\n'), '')
})

test('of every question there is a recorded answer', () => {
  assert.equal(UNRECORDED, [], 'record them again: node dist/test/fuzz/record-answers.js > test/fuzz/answers.json')
})

test('equal seeds make equal cases, and what was chosen can be chosen again', () => {
  for (const { name, make } of TARGETS) {
    const random = randomOf(5)
    const first = JSON.stringify(make(random))
    assert.is(JSON.stringify(make(randomOf(5))), first, name)
    assert.is(JSON.stringify(make(replayOf(random.choices))), first, name)
  }
})

test('a failing case is made small', async () => {
  const grumbling = target({
    name: 'x',
    make: (random) => ({ list: random.list(50, () => random.below(1000)) }),
    check: ({ list }) => assert.ok(!list.some((each) => each > 400)),
  })
  const text = target({
    name: 'x',
    make: (random) => 'abc'.repeat(1 + random.below(50)),
    check: (given) => assert.not(given.includes('ca')),
  })
  for (const [each, smallest] of [
    [grumbling, { list: [401] }],
    [text, 'ca'],
  ] as const) {
    for (let index = 0; ; index += 1) {
      const random = randomOf(index)
      const input = each.make(random)
      const error = await failureOf(each, input)
      if (error === undefined) continue
      assert.equal((await shrunk(each, random.choices, { input, error })).input, smallest)
      break
    }
  }
})

test.run()
