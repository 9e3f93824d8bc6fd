// Values of flags: what is taken, and what is refused with what was wanted.
import * as assert from 'uvu/assert'
import { forks, gatherNames, maxFail, seconds, serial } from '../../../src/cli/flags/values.ts'
import { formatMeant } from '../../../src/cli/terminal/could-not-start.ts'
import { suite } from '../../suite.ts'

const test = suite('cli/flags')

test('--serial takes sizes and percentages', () => {
  assert.equal(serial('1'), [{ count: 1 }])
  assert.equal(serial('1,25%, 100%'), [{ count: 1 }, { percent: 25 }, { percent: 100 }])
})

test('--max-fail takes none at all too', () => {
  assert.equal(maxFail('0'), { count: 0 })
  assert.equal(maxFail('10%'), { percent: 10 })
})

for (const wrong of ['', '0', '0%', '101%', '-1', '1.5', '1,', ',', 'a', '1%%', '1e3', ' ', '１']) {
  test(`--serial ${JSON.stringify(wrong)} is refused`, () =>
    assert.throws(() => serial(wrong), /wanted a number of hosts or a percentage/))
}

for (const wrong of ['', '-1', '101%', 'x', '1,2']) {
  test(`--max-fail ${JSON.stringify(wrong)} is refused`, () =>
    assert.throws(() => maxFail(wrong), /wanted a number of hosts or a percentage/))
}

for (const wrong of ['0', '-1', '1.5', '', 'many', '99999999999']) {
  test(`--forks and --timeout ${JSON.stringify(wrong)} are refused`, () => {
    assert.throws(() => forks(wrong), /wanted how many hosts at once/)
    assert.throws(() => seconds(wrong), /wanted seconds/)
  })
}

test('names come with commas, or by repeating the flag', () => {
  assert.equal(gatherNames('c', gatherNames('a, b')), ['a', 'b', 'c'])
  assert.throws(() => gatherNames('a,,b'), /names with commas/)
})

test('the format of errors is the last one given', () => {
  assert.is(formatMeant(['--format', 'json']), 'json')
  assert.is(formatMeant(['--format=ndjson', '--bad']), 'ndjson')
  assert.is(formatMeant(['--format', 'json', '--format=text']), 'text')
  assert.is(formatMeant(['--', '--format=json']), 'text')
  assert.is(formatMeant(['--format']), 'text')
})

test.run()
