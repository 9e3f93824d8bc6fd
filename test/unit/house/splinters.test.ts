// The house: a file of a few lines that one other file of its room needs is a part of that file.
import { dirname, join, normalize } from 'node:path'
import * as assert from 'uvu/assert'
import { suite } from '../../suite.ts'
import { repositoryFiles, textOf } from './repository.ts'

const test = suite('splinters')

const LEAST_LINES = 15

/** Small, and a thing of its own: a list that is added to, or what stands in one, where others are longer. */
const OWN_THINGS: readonly string[] = [
  'src/audit/rules/postfix/list.ts',
  'src/audit/rules/records/list.ts',
  'src/dns/backends/list.ts',
  'src/dns/backends/manual/manual.ts',
  'src/signers/inspection-list.ts',
  'src/signers/list.ts',
]

const texts = new Map(
  repositoryFiles()
    .filter((path) => /^(?:src|tasks)\/.*\.ts$/.test(path))
    .map((path) => [path, textOf(path)]),
)
const roomOf = (path: string): string =>
  path
    .split('/')
    .slice(0, path.startsWith('src/') ? 2 : 1)
    .join('/')

/** A format of a report is one file, whatever its length: only its registry names it. */
const isFormat = (path: string): boolean => texts.get(path)!.includes('\nexport const format: ')

/** Files by those that they are imported by. */
function importers(): ReadonlyMap<string, ReadonlySet<string>> {
  const found = new Map<string, Set<string>>()
  for (const [path, text] of texts) {
    for (const [, name] of text.matchAll(/(?:from|import\()\s*'(\.[^']+)'/g)) {
      const imported = normalize(join(dirname(path), name!))
      found.set(imported, (found.get(imported) ?? new Set()).add(path))
    }
  }
  return found
}

test('no file of less than 15 lines has one importer, in its own room', () => {
  const by = importers()
  const splinters = [...texts].flatMap(([path, text]) => {
    const [importer, ...more] = by.get(path) ?? []
    const isAlone = importer !== undefined && more.length === 0 && roomOf(importer) === roomOf(path)
    const isShort = text.trimEnd().split('\n').length < LEAST_LINES
    return isAlone && isShort && !isFormat(path) ? [path] : []
  })
  // One that is no splinter any more needs no exception.
  assert.equal(splinters.sort(), OWN_THINGS)
})

test.run()
