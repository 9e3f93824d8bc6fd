// The registries of output formats: what each line of them promises, and that nothing else chooses a format.
import { existsSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import * as assert from 'uvu/assert'
import { loadFormat } from '../../../src/report/registry.ts'
import { RUN_FORMATS } from '../../../src/report/run/formats.ts'
import { FORMATS } from '../../pages/formats.ts'
import { suite } from '../../suite.ts'
import { ROOT } from '../cli/mailrun.ts'
import { repositoryFiles, textOf } from '../house/repository.ts'

const test = suite('report/registries')

const sources = repositoryFiles().filter((path) => /^src\/.*\.ts$/.test(path))
const isFormat = (path: string): boolean => textOf(path).includes('\nexport const format: ')

test('each report has a text for people, which comes first; a line says what each format is for', () => {
  assert.ok(FORMATS.size >= 10)
  for (const [report, formats] of FORMATS) {
    assert.is(formats[0]!.name, 'text', report)
    for (const { name, about } of formats) assert.match(about, /^[^\n]{5,300}$/, `${report}: ${name}`)
  }
})

test('a schema that a format names is in docs, and each in docs is that of a format', () => {
  const named = new Set([...FORMATS.values()].flat().flatMap(({ schema }) => schema ?? []))
  for (const schema of named) assert.ok(existsSync(join(ROOT, `docs/${schema}.schema.json`)), schema)
  const inDocs = repositoryFiles().flatMap((path) => /^docs\/([\w-]+)\.schema\.json$/.exec(path)?.[1] ?? [])
  assert.equal(inDocs.sort(), [...named].sort())
})

test('a file that is a format stands in the registry beside it, by its own name', () => {
  const inRegistries = [...FORMATS].flatMap(([report, formats]) => formats.map(({ name }) => `${report}/${name}`))
  const files = sources.filter(isFormat).map((path) => path.slice('src/report/'.length, -'.ts'.length))
  assert.equal(
    files.filter((path) => !inRegistries.includes(path)),
    [],
  )
})

test('the command line compares no name of a format: the registries choose', () => {
  const names = [...new Set([...FORMATS.values()].flat().map(({ name }) => name))].join('|')
  const compared = new RegExp(`format\\b[^\\n]*(?:===|!==) '(?:${names})'|case '(?:${names})'`)
  assert.equal(
    sources.filter((path) => path.startsWith('src/cli/') && compared.test(textOf(path))),
    [],
  )
})

test('no format is loaded before it is asked for', () => {
  const importsOf = (path: string): readonly string[] =>
    [...textOf(path).matchAll(/^(?:import|export) (?!type )[^;]*?from '(\.[^']+)'/gm)].map((match) =>
      normalize(join(dirname(path), match[1]!)),
    )
  const loaded = new Set<string>()
  const visit = (path: string): void => {
    if (loaded.has(path)) return
    loaded.add(path)
    importsOf(path).forEach(visit)
  }
  visit('src/cli/act.ts')
  assert.ok(loaded.has('src/report/run/formats.ts'))
  assert.equal([...loaded].filter(isFormat), [])
})

test('a name that is no format is refused with those that are', async () => {
  const formats = { text: RUN_FORMATS['text']!, json: RUN_FORMATS['json']!, ndjson: RUN_FORMATS['ndjson']! }
  const problem = await loadFormat(formats, 'constructor').then(
    () => 'none',
    (error: Error) => error.message,
  )
  assert.is(problem, '--format constructor: this command has no such format: text, json or ndjson is wanted')
})

test.run()
