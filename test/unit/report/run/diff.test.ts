// Diffs of files that hosts may have filled with anything: whole, and in time.
import { structuredPatch } from 'diff'
import * as assert from 'uvu/assert'
import { colours } from '../../../../src/report/write/colour.ts'
import { diffLines } from '../../../../src/report/run/diff.ts'
import { suite } from '../../../suite.ts'

const test = suite('report/diff')
const paint = colours(false)
const numbered = (count: number, by: string): string =>
  Array.from({ length: count }, (_, index) => `${by}${index}\n`).join('')

/** As the library has it, which takes its time. */
function least(before: string, after: string): readonly string[] {
  const { hunks } = structuredPatch('', '', before, after, undefined, undefined, { context: 3 })
  return hunks.flatMap(({ lines }) => lines)
}

test('a file that is new, gone or wholly another is shown whole', () => {
  for (const [before, after] of [
    ['', numbered(3000, 'a')],
    [numbered(3000, 'a'), ''],
    ['', numbered(3000, 'a').slice(0, -1)],
    [`${numbered(10, 'x')}${numbered(1500, 'a')}${numbered(10, 'y')}`, `${numbered(10, 'x')}b\n${numbered(10, 'y')}`],
    [`${numbered(2, 'x')}${numbered(1500, 'a')}y`, `${numbered(2, 'x')}b\ny`],
  ] as const)
    assert.equal(diffLines({ path: '/f', before, after }, paint).slice(3), least(before, after))
})

test('the lines that are reported are counted', () => {
  const [, , head] = diffLines(
    { path: '/f', before: numbered(5, 'x'), after: numbered(5, 'x') + numbered(2000, 'a') },
    paint,
  )
  assert.is(head, '@@ -3,3 +3,2003 @@')
})

test('two texts with nothing in common take no time by the square of their lines', () => {
  const began = performance.now()
  const lines = diffLines({ path: '/f', before: numbered(40_000, 'a'), after: numbered(40_000, 'b') }, paint)
  assert.is(lines.length, 80_003)
  assert.ok(performance.now() - began < 10_000)
})

test.run()
