// The linter finds nothing in the repository, and finds what is planted for it: `npm run lint`.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { suite } from '../../suite.ts'
import { ROOT } from '../cli/mailrun.ts'

const test = suite('lint')

interface Linted {
  readonly status: number | null
  readonly stdout: string
}

// CI and GITHUB_ACTIONS in the environment would choose other formats and colours.
const ENV = { PATH: process.env.PATH }

const lint = (...paths: readonly string[]): Linted =>
  spawnSync(join(ROOT, 'node_modules/.bin/oxlint'), ['--type-aware', ...paths], {
    cwd: ROOT,
    encoding: 'utf8',
    env: ENV,
  })

/** What the linter says of a file with this text, by the rules of the repository. */
function lintOf(text: string): Linted {
  const folder = mkdtempSync(join(tmpdir(), 'mailrun-lint-'))
  try {
    const compilerOptions = { strict: true, module: 'nodenext', target: 'es2022', types: [] }
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['*.ts'] }))
    writeFileSync(join(folder, 'planted.ts'), text)
    return lint(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

test('there is nothing to say of the repository', () => {
  const { status, stdout } = lint()
  assert.is(status, 0, stdout)
  assert.match(stdout, /Found 0 warnings and 0 errors\.\n.* on \d{3,} files/)
})

test('a promise that nobody awaits is found by its type', () => {
  const { status, stdout } = lintOf(`const remove = (path: string) => Promise.resolve(path)
export function forget(path: string): void {
  remove(path)
}
`)
  assert.is(status, 1)
  assert.match(stdout, 'no-floating-promises')
  assert.match(stdout, 'planted.ts:3:3')
})

test('the same promise, awaited, is no fault', () => {
  const { status, stdout } = lintOf(`const remove = (path: string) => Promise.resolve(path)
export async function forget(path: string): Promise<void> {
  await remove(path)
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
