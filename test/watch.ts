// `npm run test:watch`: compiles on every change, and runs the unit tests that the change can concern.
import { spawn } from 'node:child_process'
import { readdirSync, readFileSync, watch } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { reaches } from './reaches.ts'

const DIST = dirname(dirname(fileURLToPath(import.meta.url)))
const ROOT = dirname(DIST)
const UNIT = join(DIST, 'test/unit')

/** Tests that import it run the bundle, which is made of all of src and tasks. */
const RUNS_BUNDLE = join(UNIT, 'cli/mailrun.js')

const TSC = join(ROOT, 'node_modules/typescript/bin/tsc')
const { include } = JSON.parse(readFileSync(join(ROOT, 'tsconfig.json'), 'utf8')) as { readonly include: string[] }
/** An editor writes a file in several steps. */
const SETTLED_MS = 100

/** Files that were compiled since tests ran last. */
const changed = new Set<string>()
let timer: NodeJS.Timeout | undefined
let running = false
let again = false

for (const folder of include)
  watch(join(ROOT, folder), { recursive: true }, (_, name) => {
    if (name?.endsWith('.ts') !== true) return
    clearTimeout(timer)
    timer = setTimeout(() => void step(), SETTLED_MS)
  })
console.log(`watching ${include.join(', ')}`)

/** What changes while one goes on is compiled after it. */
async function step(): Promise<void> {
  if (running) {
    again = true
    return
  }
  running = true
  await round()
  running = false
}

async function round(): Promise<void> {
  if ((await compile()) === 0) await testWhatChanged()
  const more = again
  again = false
  if (more) await round()
}

/** Faults are printed; what could be compiled is in `changed`. */
async function compile(): Promise<number | null> {
  let text = ''
  const words = [TSC, '-p', '.', '--listEmittedFiles', '--pretty']
  const code = await run(words, (output) => (text += output))
  const lines = text.split('\n')
  for (const line of lines) if (/^TSFILE: .*\.js$/.test(line)) changed.add(line.slice('TSFILE: '.length).trim())
  const faults = lines.filter((line) => !line.startsWith('TSFILE: ')).join('\n')
  console.log(`${new Date().toTimeString().slice(0, 8)} ${faults.trim() === '' ? 'compiled' : `\n${faults}`}`)
  return code
}

async function testWhatChanged(): Promise<void> {
  const now = new Set(changed)
  changed.clear()
  const isProduct = [...now].some((path) => /^(?:src|tasks)\//.test(relative(DIST, path)))
  if (isProduct) {
    await run([join(DIST, 'src/bundle.js')])
    now.add(RUNS_BUNDLE)
  }
  const concerned = unitTests().filter((test) => reaches(test, now))
  if (concerned.length > 0) await run([join(DIST, 'test/run.js'), 'unit', ...concerned.map(nameOf)])
}

const unitTests = (): readonly string[] =>
  readdirSync(UNIT, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.test.js'))
    .map((file) => join(UNIT, file))

const nameOf = (test: string): string => relative(UNIT, test)

const run = (args: readonly string[], hear?: (output: string) => void): Promise<number | null> =>
  new Promise((resolve, reject) => {
    const stdout = hear === undefined ? 'inherit' : 'pipe'
    const child = spawn(process.execPath, args, { stdio: ['inherit', stdout, 'inherit'], cwd: ROOT })
    child.stdout?.setEncoding('utf8').on('data', (chunk: string) => hear?.(chunk))
    child.on('error', reject)
    child.on('close', resolve)
  })
