// The pages of docs/contributing: each file that they show imports files that are there, or that the page shows, too.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, normalize } from 'node:path'
import * as assert from 'uvu/assert'
import { suite } from '../../suite.ts'
import { ROOT } from '../cli/mailrun.ts'

const test = suite('docs/contributing')

interface Shown {
  readonly path: string
  readonly text: string
}

/** Files of a page: a block that begins with a comment, and the last path that is named before it. */
function shownIn(page: string): readonly Shown[] {
  return [...page.matchAll(/```ts\n(\/\/ [^]*?)```/g)].map(({ index, 1: text = '' }) => {
    const paths = [...page.slice(0, index).matchAll(/`((?:src|tasks|test)\/[a-z0-9/-]+(?:\.test)?\.ts)`/g)]
    return { path: paths.at(-1)?.[1] ?? '', text }
  })
}

const importsOf = ({ path, text }: Shown): readonly string[] =>
  [...text.matchAll(/(?:from|import\()\s*'(\.[^']+)'/g)].map(([, name]) => normalize(join(path, '..', name!)))

const folder = join(ROOT, 'docs/contributing')
for (const name of readdirSync(folder)) {
  test(`${name}: what its files import is there`, () => {
    const files = shownIn(readFileSync(join(folder, name), 'utf8'))
    assert.ok(files.length > 0)
    const shown = new Set(files.map(({ path }) => path))
    const missing = files.flatMap((file) =>
      importsOf(file)
        .filter((path) => !shown.has(path) && !existsSync(join(ROOT, path)))
        .map((path) => `${file.path} imports ${path}`),
    )
    assert.equal(missing, [])
  })
}

test('CONTRIBUTING.md has each page', () => {
  const page = readFileSync(join(ROOT, 'CONTRIBUTING.md'), 'utf8')
  assert.equal(
    readdirSync(folder).filter((name) => !page.includes(`(docs/contributing/${name})`)),
    [],
  )
})

test.run()
