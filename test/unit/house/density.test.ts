// No line is too long, and no expression too dense to be read at a glance.
import * as assert from 'uvu/assert'
import { suite } from '../../suite.ts'
import { denseConditions, longLines } from './density.ts'
import { repositoryFiles, textOf } from './repository.ts'

const test = suite('density')

/** Written by a program, recorded from one, or as a former version had it. */
const GENERATED = [
  /^test\/former\//,
  /^docs\/(?:tasks|benchmarks|mail\/findings)\.md$/,
  /^docs\/(?:benchmarks|pictures)\//,
  /^bench\/results\//,
  /^package-lock\.json$/,
  /^test\/fuzz\/answers\.json$/,
  /^test\/unit\/audit\/outputs\.txt$/,
]

/** What these formats have no way to break: a row of a table; a string of JSON. */
const UNBREAKABLE: readonly (readonly [RegExp, RegExp])[] = [
  [/\.md$/, /^\s*\|.*\|$/],
  [/\.json$/, /^\s*"\w+": ".*",?$/],
]

const written = repositoryFiles().filter((path) => !GENERATED.some((pattern) => pattern.test(path)))

function breakableLongLines(path: string): readonly string[] {
  const text = textOf(path)
  const lines = text.split('\n')
  const unbreakable = UNBREAKABLE.flatMap(([file, line]) => (file.test(path) ? [line] : []))
  return longLines(text)
    .filter((number) => !unbreakable.some((pattern) => pattern.test(lines[number - 1]!)))
    .map((number) => `${path}:${number}`)
}

test('there are files of each kind to look at', () => {
  for (const kind of ['.ts', '.md', '.sh', '.json', '.yaml', '.ejs'])
    assert.ok(
      written.some((path) => path.endsWith(kind)),
      kind,
    )
})

test('no line is longer than 120 columns', () => {
  assert.equal(written.flatMap(breakableLongLines), [])
})

test('no expression has more than three conditions', () => {
  const dense = written
    .filter((path) => path.endsWith('.ts'))
    .flatMap((path) => denseConditions(path, textOf(path)).map(({ line, count }) => `${path}:${line}: ${count}`))
  assert.equal(dense, [])
})

test('an address may be longer than a line, other text not', () => {
  const address = `https://example.org/${'a'.repeat(120)}`
  assert.equal(longLines(`short\n// ${address}\n${'x'.repeat(121)}\n${'ä'.repeat(120)}`), [3])
})

test('conditions are counted through brackets, negations and branches, and apart in other expressions', () => {
  const counts = (text: string): readonly number[] => denseConditions('x.ts', text).map(({ count }) => count)
  assert.equal(counts('a && b || c'), [])
  assert.equal(counts('a && b || c && d'), [4])
  assert.equal(counts('a && !(b || (c && d))'), [4])
  assert.equal(counts('a ? 1 : b ? 2 : c ? 3 : 4'), [])
  assert.equal(counts('a ? 1 : b ? 2 : c || d ? 3 : 4'), [4])
  assert.equal(counts('a && b && f(c && d, e || g)'), [])
  assert.equal(counts('f(a && b && c && d, a || b || c || d || e)'), [4, 5])
  assert.equal(counts('a ?? b ?? c ?? d ?? e'), [])
})

test.run()
