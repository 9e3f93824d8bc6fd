// The house: docs/architecture.md says which room may import from which, and the imports keep to it.
import { readdirSync, readFileSync } from 'node:fs'
import { join, normalize } from 'node:path'
import * as assert from 'uvu/assert'
import { suite } from '../../suite.ts'

const test = suite('layers')

const repository = join(import.meta.dirname, '../../../..')
const page = readFileSync(join(repository, 'docs/architecture.md'), 'utf8')
const rows = new Map([...page.matchAll(/^\| (\d+) \| `([a-z/-]+)` \|/gm)].map((match) => [match[2]!, Number(match[1])]))

/** The longest that the page has: a room may lie in another. */
const roomOf = (file: string): string => {
  const parts = file.split('/').slice(0, -1)
  const all = parts.map((_, index) => parts.slice(0, index + 1).join('/'))
  return all.findLast((room) => rows.has(room)) ?? all[file.startsWith('src/') ? 1 : 0] ?? file
}
const sourcesOf = (folder: string): readonly string[] =>
  readdirSync(join(repository, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => `${folder}/${file}`)

/** Pure, though of a module that does I/O. */
const ADDRESS_TESTS = /^import \{ isIP\w*(?:, isIP\w*)* \} from 'node:net'$/m

function importsOf(file: string): readonly string[] {
  const text = readFileSync(join(repository, file), 'utf8').replace(ADDRESS_TESTS, '')
  return [...text.matchAll(/(?:\bfrom|import\()\s*'([^'\n]+)'/g)].map((match) => match[1]!)
}

const filesImportedBy = (file: string): readonly string[] =>
  importsOf(file)
    .filter((name) => name.startsWith('.'))
    .map((name) => normalize(join(file, '..', name)))

/** Each cycle by the walk that finds it: `a -> b -> a`. */
function cycles(graph: ReadonlyMap<string, readonly string[]>): readonly string[] {
  const found: string[] = []
  const done = new Set<string>()
  const visit = (file: string, path: readonly string[]): void => {
    if (path.includes(file)) found.push([...path.slice(path.indexOf(file)), file].join(' -> '))
    if (done.has(file)) return
    done.add(file)
    for (const next of graph.get(file) ?? []) visit(next, [...path, file])
  }
  for (const file of graph.keys()) visit(file, [])
  return found
}

test('the page names every room there is, and no other', () => {
  const rooms = [...new Set(['src', 'tasks'].flatMap(sourcesOf).map(roomOf))]
    .filter((room) => !room.endsWith('.ts'))
    .sort()
  assert.equal([...rows.keys()].sort(), rooms)
})

test('a file imports from its own room and from rows with a lower number', () => {
  const wrong = ['src', 'tasks']
    .flatMap(sourcesOf)
    .filter((file) => rows.has(roomOf(file)))
    .flatMap((file) =>
      importsOf(file)
        .filter((name) => name.startsWith('.'))
        .flatMap((name) => {
          const room = roomOf(normalize(join(file, '..', name)))
          const lower = room === roomOf(file) || (rows.get(room) ?? Infinity) < rows.get(roomOf(file))!
          return lower ? [] : [`${file} imports ${name}`]
        }),
    )
  assert.equal(wrong, [])
})

test('no file imports itself through others, not even for a type', () => {
  const folders = ['src', 'tasks', 'playbooks', 'lab', 'test', 'bench', 'scripts']
  const graph = new Map(folders.flatMap(sourcesOf).map((file) => [file, filesImportedBy(file)]))
  assert.ok(graph.size > 500)
  assert.equal(cycles(graph), [])
})

test('a cycle is found, however long, and reported once', () => {
  const graph = new Map([
    ['a', ['b', 'x']],
    ['b', ['c']],
    ['c', ['a', 'd']],
    ['d', []],
    ['x', ['d']],
  ])
  assert.equal(cycles(graph), ['a -> b -> c -> a'])
})

test('no task can reach a host or wait: no node module that does I/O, no async', () => {
  const pure = new Set(['node:crypto', 'node:path/posix', 'node:url', 'ipaddr.js', 'valibot'])
  const wrong = ['tasks', 'src/resources', 'src/signers', 'src/mail'].flatMap(sourcesOf).flatMap((file) => [
    ...importsOf(file)
      .filter((name) => !name.startsWith('.') && !pure.has(name))
      .map((name) => `${file} imports ${name}`),
    ...(/\basync\b|\bawait\b/.test(
      readFileSync(join(repository, file), 'utf8').replace(/\/\/.*$|\/\*[\s\S]*?\*\//gm, ''),
    )
      ? [`${file} is async`]
      : []),
  ])
  assert.equal(wrong, [])
})

test('shipped playbooks import the public names only, as a user must', () => {
  const names = sourcesOf('playbooks')
    .flatMap(importsOf)
    .filter((name) => !/^\.\/[\w-]+\.ts$/.test(name))
  assert.equal([...new Set(names)].sort(), ['mailrun', 'mailrun/mail', 'mailrun/tasks'])
})

test('every file says in its first line what it is', () => {
  assert.equal(
    ['src', 'tasks', 'lab', 'test', 'playbooks', 'bench', 'scripts']
      .flatMap(sourcesOf)
      .filter((file) => !/^(#!.*\n)?\/[/*]/.test(readFileSync(join(repository, file), 'utf8'))),
    [],
  )
})

test.run()
