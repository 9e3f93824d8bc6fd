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
const kinds: readonly Kind[] =
  kind === 'all' ? ['unit', 'lab'] : kind === 'unit' || kind === 'lab' || kind === 'kill' ? [kind] : []
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

/** A file that runs no test, hangs, or dies counts as failed. */
async function runFile(which: Kind, file: string): Promise<FileResult> {
  const name = relative(here, file).replace(/\.js$/, '.ts')
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
  }, FILE_SECONDS[which] * 1000)
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve))
  clearTimeout(timer)
  const total = count(output, /^\s*Total:\s+(\d+)/gm)
  const passed = count(output, /^\s*Passed:\s+(\d+)/gm)
  const skipped = count(output, /^\s*Skipped:\s+(\d+)/gm)
  const failedTests = total - passed - skipped
  const wrong = late
    ? `ended after ${FILE_SECONDS[which]} s`
    : total === 0
      ? 'ran no test'
      : skipped > 0
        ? `skipped ${skipped}`
        : code !== 0 && failedTests === 0
          ? `exit status ${code}`
          : undefined
  const failed = failedTests + (wrong === undefined ? 0 : 1)
  console.log(
    `${failed > 0 ? 'not ok' : 'ok    '} ${name}: ${passed} of ${total} in ${((performance.now() - began) / 1000).toFixed(1)} s${wrong ? ` (${wrong})` : ''}`,
  )
  if (failed > 0) console.log(output.replace(/^/gm, '    '))
  return { file: name, passed, failed }
}

function count(output: string, pattern: RegExp): number {
  return sum([...output.matchAll(pattern)].map((match) => Number(match[1])))
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}
