// The linter finds nothing in the repository, and finds what is planted for it: `npm run lint`.
import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { suite } from '../../suite.ts'
import { ROOT } from '../cli/mailrun.ts'

const test = suite('lint')

const lint = (cwd: string): { readonly status: number | null; readonly stdout: string } =>
  spawnSync(join(ROOT, 'node_modules/.bin/oxlint'), ['--type-aware'], { cwd, encoding: 'utf8' })

/** What the linter says of a file with this text, by the rules of the repository. */
function lintOf(text: string): { readonly status: number | null; readonly stdout: string } {
  const folder = mkdtempSync(join(tmpdir(), 'mailrun-lint-'))
  try {
    for (const name of ['.oxlintrc.json', 'package.json']) copyFileSync(join(ROOT, name), join(folder, name))
    symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'))
    const compilerOptions = { strict: true, module: 'nodenext', target: 'es2022', types: ['node'] }
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['*.ts'] }))
    writeFileSync(join(folder, 'planted.ts'), text)
    return lint(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

test('there is nothing to say of the repository', () => {
  const { status, stdout } = lint(ROOT)
  assert.is(status, 0, stdout)
  assert.match(stdout, /Found 0 warnings and 0 errors\.\n.* on \d{3,} files/)
})

test('a promise that nobody awaits is found by its type', () => {
  const { status, stdout } = lintOf(`import { rm } from 'node:fs/promises'
const remove = (path: string) => rm(path)
export function forget(path: string): void {
  remove(path)
}
`)
  assert.is(status, 1)
  assert.match(stdout, 'no-floating-promises')
  assert.match(stdout, 'planted.ts:4:3')
})

test('the same promise, awaited, is no fault', () => {
  const { status, stdout } = lintOf(`import { rm } from 'node:fs/promises'
export async function remove(path: string): Promise<void> {
  await rm(path)
}
`)
  assert.is(status, 0, stdout)
})

test('a function of over 60 lines is found', () => {
  const lines = Array.from({ length: 61 }, (_, index) => `  total += ${index}\n`)
  const { status, stdout } = lintOf(
    `export function long(): number {\n  let total = 0\n${lines.join('')}  return total\n}\n`,
  )
  assert.is(status, 1)
  assert.match(stdout, 'max-lines-per-function')
})

test.run()
