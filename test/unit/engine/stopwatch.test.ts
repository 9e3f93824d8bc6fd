// At each moment of a host's run one thing goes on; what is said of it adds up to the whole.
import * as assert from 'uvu/assert'
import { stopwatch } from '../../../src/engine/stopwatch.ts'
import { suite } from '../../suite.ts'

const test = suite('stopwatch')

test('times of the same are one sum, in the order in which each came first; a pause counts for nothing', () => {
  let clock = 0
  const { begins, ends, spent } = stopwatch(() => clock)
  clock = 100
  begins('connecting')
  clock = 350
  begins('questions', 'path')
  clock = 400
  begins('questions', 'unit')
  clock = 1400
  begins('questions', 'path')
  clock = 1500
  ends()
  clock = 9000
  begins('planning')
  clock = 9010
  ends()
  ends()
  assert.equal(spent(), [
    { kind: 'connecting', seconds: 0.25 },
    { kind: 'questions', of: 'path', seconds: 0.15 },
    { kind: 'questions', of: 'unit', seconds: 1 },
    { kind: 'planning', seconds: 0.01 },
  ])
})

test.run()
