// The house: package.json declares every package that is imported, with one exact version; nobody relies on a package
// that another one happens to bring.
import { readdirSync, readFileSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { join } from 'node:path'
import ts from 'typescript-api'
import * as assert from 'uvu/assert'
import { suite } from '../../suite.ts'
import { ROOT } from '../cli/mailrun.ts'
import { repositoryFiles, textOf } from './repository.ts'

const test = suite('packages')

interface Declared {
  readonly name: string
  readonly dependencies: Readonly<Record<string, string>>
  readonly devDependencies: Readonly<Record<string, string>>
}
const declared = JSON.parse(textOf('package.json')) as Declared
const { dependencies, devDependencies } = declared

/** Native, and tried by packages that do without. */
const OPTIONAL = ['cpu-features']

/** What makes the bundle is no part of it. */
const isOfUsers = (path: string): boolean => /^(?:src\/(?!bundle)|tasks\/|playbooks\/|inventory\/)/.test(path)

const importsByFile = repositoryFiles()
  .filter((path) => path.endsWith('.ts'))
  .map((path) => [path, packagesIn(textOf(path))] as const)

/** By package, the files that import it: at once, late, or for a type alone. */
function imported(isWanted: (path: string) => boolean): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>()
  for (const [path, names] of importsByFile)
    if (isWanted(path)) for (const name of names) found.set(name, [...(found.get(name) ?? []), path])
  return found
}

/** Without Node's own and ours. */
function packagesIn(text: string): readonly string[] {
  const names = ts
    .preProcessFile(text)
    .importedFiles.flatMap(({ fileName }) => /^(?!node:)(?:@[^/]+\/)?[^./][^/]*/.exec(fileName)?.[0] ?? [])
  return [...new Set(names)].filter((name) => name !== declared.name)
}

/** As it is built, all that Node loads. */
function bundledTexts(): readonly string[] {
  const folder = join(ROOT, 'dist/bundle')
  return readdirSync(folder)
    .filter((name) => name.endsWith('.js'))
    .map((name) => readFileSync(join(folder, name), 'utf8'))
}

test('imports are found, however they are written', () => {
  const text = [
    "import 'one/more'",
    "import two, { type Three } from '@scope/two/lib'",
    'import {',
    '  far,',
    "} from 'three'",
    "export * from 'four'",
    "const late = await import('five')",
    "type Late = import('six').Late",
    "import { join } from 'node:path'",
    "import { sh } from 'mailrun/tasks'",
    "import { own } from './own.ts'",
    "say(`from 'seven'`)",
  ].join('\n')
  assert.equal(packagesIn(text), ['one', '@scope/two', 'three', 'four', 'five', 'six'])
})

test('what users run brings its packages in the bundle, or as dependencies, never both', () => {
  const found = imported(isOfUsers)
  assert.ok(found.has('yaml') && found.has('ssh2'))
  const loaded = new Set(bundledTexts().flatMap((text) => packagesIn(text)))
  // The loader asks for jiti by require, which is no import.
  const expected = [...Object.keys(dependencies).filter((name) => name !== 'jiti'), ...OPTIONAL]
  assert.equal(
    [...loaded].filter((name) => !isBuiltin(name) && !expected.includes(name)),
    [],
  )
  assert.ok(loaded.has('valibot'))
})

test('whatever is imported is declared', () => {
  const found = imported(() => true)
  assert.ok(found.has('uvu'))
  assert.equal(
    [...found].filter(([name]) => dependencies[name] === undefined && devDependencies[name] === undefined),
    [],
  )
})

test('every dependency is imported by what users run', () => {
  const found = imported(isOfUsers)
  assert.equal(
    Object.keys(dependencies).filter((name) => !found.has(name)),
    [],
  )
})

test('a dependency is one exact version', () => {
  assert.equal(
    Object.entries(dependencies).filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version)),
    [],
  )
})

test.run()
