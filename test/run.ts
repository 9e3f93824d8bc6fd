// Runs the test files of a kind, each in a process of its own, and closes with the true count: `N passed, N failed`.
import { spawn } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { basename, dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import pLimit from 'p-limit'
import { DEFAULT_RELEASE, RELEASES, parseReleases, type Release } from '../lab/image/releases.ts'
import { recordSeconds, recordedSeconds, releasesOf, type SuiteSeconds } from './lab-suites.ts'

/**
 * A test in this process and the playbook that it loads share each module; the commands that tests start are bundles,
 * as users have them.
 */
const AS_MODULES = ['--import', join(import.meta.dirname, 'as-modules.js')]

const USAGE = `usage: node dist/test/run.js unit|growth|lab|kill|hostile|brownfield|upgrade|all [words of file names …]
  --release=NAME   suites of the lab on this Debian release alone: ${RELEASES.join(', ')}
  --record         keep how long suites of the lab took, for docs/lab.md`
const FILE_SECONDS = {
  unit: 300,
  growth: 1200,
  lab: 900,
  kill: 3000,
  hostile: 5400,
  brownfield: 10_800,
  upgrade: 3600,
} as const
type Kind = keyof typeof FILE_SECONDS

interface FileResult {
  /** With its release, where that is not the default. */
  readonly name: string
  readonly passed: number
  readonly failed: number
  readonly seconds: number
}

/** One process of tests. */
interface FileRun {
  readonly kind: Kind
  readonly path: string
  /** Only of suites of the lab, and of those of hosts that others set up. */
  readonly release: Release | undefined
}

const here = dirname(fileURLToPath(import.meta.url))
const { kinds, words, release: only, record } = readArguments()
const results = new Map<FileRun, FileResult>()
const runs = kinds.map((kind) => ({ kind, runs: runsOfKind(kind) }))
for (const { kind } of runs.filter((each) => each.runs.length === 0)) results.set(...noFile(kind))
for (const [run, result] of await runAll(runs.flatMap((each) => each.runs))) results.set(run, result)
if (record) recordSeconds(measuredSeconds())
const passed = sum([...results.values()].map((result) => result.passed))
const failed = sum([...results.values()].map((result) => result.failed))
for (const { name } of [...results.values()].filter((result) => result.failed > 0)) console.log(`FAILED ${name}`)
console.log(`${passed} passed, ${failed} failed`)
process.exit(failed > 0 || passed === 0 ? 1 : 0)

function readArguments(): {
  readonly kinds: readonly Kind[]
  readonly words: readonly string[]
  readonly release: Release | undefined
  readonly record: boolean
} {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: { release: { type: 'string' }, record: { type: 'boolean', default: false } },
    })
    const [kind = '', ...rest] = positionals
    const releases = values.release === undefined ? [] : parseReleases(values.release)
    if (kindsOf(kind).length > 0 && releases.length < 2)
      return { kinds: kindsOf(kind), words: rest, release: releases[0], record: values.record }
  } catch (error) {
    console.error((error as Error).message)
  }
  console.error(USAGE)
  process.exit(1)
}

function kindsOf(word: string): readonly Kind[] {
  if (word === 'all') return ['unit', 'growth', 'lab']
  return isKind(word) ? [word] : []
}

function isKind(word: string): word is Kind {
  return Object.hasOwn(FILE_SECONDS, word)
}

function runsOfKind(kind: Kind): readonly FileRun[] {
  const root = join(here, kind)
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.test.js') && isWanted(file) && hasSource(kind, file))
    .sort()
  return longestFirst(files.flatMap((file) => runsOf(kind, join(root, file))))
}

function noFile(kind: Kind): [FileRun, FileResult] {
  console.log(`no test file in ${kind}${words.length > 0 ? ` matches ${words.join(' ')}` : ''}`)
  return [
    { kind, path: '', release: undefined },
    { name: kind, passed: 0, failed: 1, seconds: 0 },
  ]
}

/** Two for each processor: a suite of the lab keeps a third of one busy, and waits for its hosts otherwise. */
async function runAll(runs: readonly FileRun[]): Promise<readonly (readonly [FileRun, FileResult])[]> {
  const limit = pLimit(2 * availableParallelism())
  return Promise.all(runs.map((run) => limit(async () => [run, await runFile(run)] satisfies [FileRun, FileResult])))
}

function isWanted(file: string): boolean {
  return words.length === 0 || words.some((word) => file.includes(word))
}

/** What was compiled from a file that is gone is no test. */
function hasSource(kind: Kind, file: string): boolean {
  return existsSync(join(here, '../../test', kind, file.replace(/\.js$/, '.ts')))
}

function runsOf(kind: Kind, path: string): readonly FileRun[] {
  if (kind !== 'lab' && kind !== 'brownfield') return [{ kind, path, release: undefined }]
  const usual = kind === 'lab' ? releasesOf(suiteOf(path)) : RELEASES
  const releases = only === undefined ? usual : [only]
  return releases.map((release) => ({ kind, path, release }))
}

function suiteOf(path: string): string {
  return basename(path, '.test.js')
}

/** So that no long one is alone at the end; what was never recorded may be long. */
function longestFirst(runs: readonly FileRun[]): readonly FileRun[] {
  const known = recordedSeconds()
  const secondsOf = ({ kind, path, release }: FileRun): number =>
    kind === 'lab' && release !== undefined ? (known[suiteOf(path)]?.[release] ?? Infinity) : 0
  const sortable = runs.map((run) => ({ run, seconds: secondsOf(run) }))
  return sortable.sort((a, b) => (a.seconds === b.seconds ? 0 : b.seconds - a.seconds)).map(({ run }) => run)
}

/** Of suites of the lab in which all is well. */
function measuredSeconds(): SuiteSeconds {
  const measured: Record<string, Partial<Record<Release, number>>> = {}
  for (const [{ kind, path, release }, { failed: faults, seconds }] of results) {
    if (kind !== 'lab' || release === undefined || faults > 0) continue
    measured[suiteOf(path)] = { ...measured[suiteOf(path)], [release]: Math.round(seconds) }
  }
  return measured
}

interface Ended {
  readonly output: string
  readonly code: number | null
  /** It was killed, as it took longer than a file may. */
  readonly late: boolean
  readonly seconds: number
}

async function processOf({ kind, path, release }: FileRun): Promise<Ended> {
  const ofRelease = release === undefined ? {} : { MAILRUN_LAB_RELEASE: release }
  const child = spawn(process.execPath, [...AS_MODULES, '--enable-source-maps', path], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...ofRelease, FORCE_COLOR: '0' },
  })
  let output = ''
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()))
  const began = performance.now()
  let late = false
  const timer = setTimeout(() => {
    late = true
    child.kill('SIGKILL')
  }, FILE_SECONDS[kind] * 1000)
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve))
  clearTimeout(timer)
  return { output, code, late, seconds: (performance.now() - began) / 1000 }
}

/** A file that runs no test, hangs, or dies counts as failed. */
async function runFile(run: FileRun): Promise<FileResult> {
  const other = run.release === undefined || run.release === DEFAULT_RELEASE ? '' : ` on ${run.release}`
  const name = relative(here, run.path).replace(/\.js$/, '.ts') + other
  const ended = await processOf(run)
  const tests = testsIn(ended.output)
  const wrong = ended.late ? `ended after ${FILE_SECONDS[run.kind]} s` : wrongBesideTests(ended.code, tests)
  const faults = tests.failed + (wrong === undefined ? 0 : 1)
  const verdict = faults > 0 ? 'not ok' : 'ok    '
  const why = wrong === undefined ? '' : ` (${wrong})`
  console.log(`${verdict} ${name}: ${tests.passed} of ${tests.total} in ${ended.seconds.toFixed(1)} s${why}`)
  // Its table is what it is run for.
  if (faults > 0 || run.kind === 'brownfield') console.log(ended.output.replace(/^/gm, '    '))
  return { name, passed: tests.passed, failed: faults, seconds: ended.seconds }
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
