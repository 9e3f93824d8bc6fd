// Runs the test files of a kind, each in a process of its own, and closes with the true count: `N passed, N failed`.
import { spawn } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import pLimit from 'p-limit'

/**
 * A test in this process and the playbook that it loads share each module; the commands that tests start are bundles,
 * as users have them.
 */
const AS_MODULES = ['--conditions=mailrun-modules']

const USAGE = 'usage: node dist/test/run.js unit|lab|kill|all [words of file names …]'
const FILE_SECONDS = { unit: 110, lab: 900, kill: 3000 } as const
type Kind = keyof typeof FILE_SECONDS

interface FileResult {
  readonly file: string
  readonly passed: number
  readonly failed: number
}

const here = dirname(fileURLToPath(import.meta.url))
const [kind = '', ...words] = process.argv.slice(2)
const kinds = kindsOf(kind)
if (kinds.length === 0) {
  console.error(USAGE)
  process.exit(1)
}

const results: FileResult[] = []
for (const each of kinds) results.push(...(await runKind(each)))
const passed = sum(results.map((result) => result.passed))
const failed = sum(results.map((result) => result.failed))
for (const { file } of results.filter((result) => result.failed > 0)) console.log(`FAILED ${file}`)
console.log(`${passed} passed, ${failed} failed`)
process.exit(failed > 0 || passed === 0 ? 1 : 0)

function kindsOf(word: string): readonly Kind[] {
  if (word === 'all') return ['unit', 'lab']
  return isKind(word) ? [word] : []
}

function isKind(word: string): word is Kind {
  return Object.hasOwn(FILE_SECONDS, word)
}

async function runKind(which: Kind): Promise<readonly FileResult[]> {
  const root = join(here, which)
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.test.js') && (words.length === 0 || words.some((word) => file.includes(word))))
    .sort()
  if (files.length === 0) {
    console.log(`no test file in ${which}${words.length > 0 ? ` matches ${words.join(' ')}` : ''}`)
    return [{ file: which, passed: 0, failed: 1 }]
  }
  // Each lab test has a lab of its own, and waits more than it works.
  const limit = pLimit(availableParallelism())
  return Promise.all(files.map((file) => limit(() => runFile(which, join(root, file)))))
}

interface Ended {
  readonly output: string
  readonly code: number | null
  /** It was killed, as it took longer than a file may. */
  readonly late: boolean
  readonly seconds: number
}

async function processOf(file: string, mostSeconds: number): Promise<Ended> {
  const child = spawn(process.execPath, [...AS_MODULES, '--enable-source-maps', file], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, FORCE_COLOR: '0' },
  })
  let output = ''
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()))
  const began = performance.now()
  let late = false
  const timer = setTimeout(() => {
    late = true
    child.kill('SIGKILL')
  }, mostSeconds * 1000)
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve))
  clearTimeout(timer)
  return { output, code, late, seconds: (performance.now() - began) / 1000 }
}

/** A file that runs no test, hangs, or dies counts as failed. */
async function runFile(which: Kind, file: string): Promise<FileResult> {
  const name = relative(here, file).replace(/\.js$/, '.ts')
  const ended = await processOf(file, FILE_SECONDS[which])
  const tests = testsIn(ended.output)
  const wrong = ended.late ? `ended after ${FILE_SECONDS[which]} s` : wrongBesideTests(ended.code, tests)
  const failed = tests.failed + (wrong === undefined ? 0 : 1)
  const verdict = failed > 0 ? 'not ok' : 'ok    '
  const why = wrong === undefined ? '' : ` (${wrong})`
  console.log(`${verdict} ${name}: ${tests.passed} of ${tests.total} in ${ended.seconds.toFixed(1)} s${why}`)
  if (failed > 0) console.log(ended.output.replace(/^/gm, '    '))
  return { file: name, passed: tests.passed, failed }
}

interface Tests {
  readonly total: number
  readonly passed: number
  readonly skipped: number
  readonly failed: number
}

/** As uvu counts them. */
function testsIn(output: string): Tests {
  const total = count(output, /^\s*Total:\s+(\d+)/gm)
  const passed = count(output, /^\s*Passed:\s+(\d+)/gm)
  const skipped = count(output, /^\s*Skipped:\s+(\d+)/gm)
  return { total, passed, skipped, failed: total - passed - skipped }
}

function wrongBesideTests(code: number | null, { total, skipped, failed }: Tests): string | undefined {
  if (total === 0) return 'ran no test'
  if (skipped > 0) return `skipped ${skipped}`
  return code !== 0 && failed === 0 ? `exit status ${code}` : undefined
}

function count(output: string, pattern: RegExp): number {
  return sum([...output.matchAll(pattern)].map((match) => Number(match[1])))
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}
