// Links of all pages lead to files that are there, and to headings that these have.
import { existsSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import * as assert from 'uvu/assert'
import { ROOT } from '../cli/mailrun.ts'
import { repositoryFiles, textOf } from '../house/repository.ts'
import { suite } from '../../suite.ts'

const test = suite('links of the pages')

const pages = repositoryFiles().filter((path) => path.endsWith('.md') && !path.startsWith('test/'))
const isThere = (path: string): boolean => existsSync(join(ROOT, path))

/** Without what is code: examples have brackets, too. */
const prose = (text: string): string => text.replace(/^(`{3,})[^]*?^\1\s*$/gm, '').replace(/`[^`\n]*`/g, '')

interface Link {
  readonly file: string
  readonly anchor: string
}

const linksOf = (path: string): readonly Link[] =>
  [...prose(textOf(path)).matchAll(/\]\(([^)\s]+)\)/g)].flatMap(([, target = '']) => {
    if (/^[a-z]+:/.test(target)) return []
    const [file = '', anchor = ''] = target.split('#')
    return [{ file: file === '' ? path : normalize(join(dirname(path), file)), anchor }]
  })

/**
 * As GitHub names a heading: lower case, blanks as hyphens, without punctuation; a second one of a name has a number.
 */
function anchorsOf(path: string): ReadonlySet<string> {
  const seen = new Map<string, number>()
  const names = [
    ...textOf(path)
      .replace(/^(`{3,})[^]*?^\1\s*$/gm, '')
      .matchAll(/^#{1,6} (.*)$/gm),
  ].map(([, title = '']) =>
    title
      .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\p{M}_ -]/gu, '')
      .replaceAll(' ', '-'),
  )
  return new Set(
    names.map((name) => {
      const before = seen.get(name) ?? 0
      seen.set(name, before + 1)
      return before === 0 ? name : `${name}-${before}`
    }),
  )
}

const lacks = (file: string, anchor: string): boolean =>
  anchor !== '' && file.endsWith('.md') && !anchorsOf(file).has(anchor)

test('each leads to a file, and to a heading of it', () => {
  const dead = pages.flatMap((page) =>
    linksOf(page)
      .filter(({ file, anchor }) => !isThere(file) || lacks(file, anchor))
      .map(({ file, anchor }) => `${page}: ${file}${anchor === '' ? '' : `#${anchor}`}`),
  )
  assert.equal(dead, [])
})

test('every page can be reached from the README', () => {
  const reached = new Set(['README.md'])
  for (const page of reached)
    for (const { file } of isThere(page) && page.endsWith('.md') ? linksOf(page) : []) reached.add(file)
  const lost = pages.filter((page) => !reached.has(page) && !page.startsWith('.'))
  assert.equal(lost, [])
})

test.run()
