// `npm run test:watch`: compiles on every change, and runs the unit tests that the change can concern.
import { spawn } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { reaches } from './reaches.ts'

const DIST = dirname(dirname(fileURLToPath(import.meta.url)))
const ROOT = dirname(DIST)
const UNIT = join(DIST, 'test/unit')

/** Tests that import it run the bundle, which is made of all of src and tasks. */
const RUNS_BUNDLE = join(UNIT, 'cli/mailrun.js')

/** Files that were compiled since tests ran last. */
const changed = new Set<string>()
let running = false

const host = ts.createWatchCompilerHost(
  join(ROOT, 'tsconfig.json'),
  {},
  { ...ts.sys, writeFile: written },
  ts.createEmitAndSemanticDiagnosticsBuilderProgram,
  (diagnostic) => console.log(ts.formatDiagnosticsWithColorAndContext([diagnostic], formatHost())),
  (diagnostic, _newLine, _options, errors) => {
    console.log(
      `${new Date().toTimeString().slice(0, 8)} ${ts.flattenDiagnosticMessageText(diagnostic.messageText, '\n')}`,
    )
    if (errors === 0) void testWhatChanged()
  },
)
ts.createWatchProgram(host)

function written(path: string, text: string, withMark?: boolean): void {
  if (path.endsWith('.js')) changed.add(path)
  ts.sys.writeFile(path, text, withMark)
}

async function testWhatChanged(): Promise<void> {
  if (running || changed.size === 0) return
  running = true
  const now = new Set(changed)
  changed.clear()
  const isProduct = [...now].some((path) => /^(?:src|tasks)\//.test(relative(DIST, path)))
  if (isProduct) {
    await run([join(DIST, 'src/bundle.js')])
    now.add(RUNS_BUNDLE)
  }
  const concerned = unitTests().filter((test) => reaches(test, now))
  if (concerned.length > 0) await run([join(DIST, 'test/run.js'), 'unit', ...concerned.map(nameOf)])
  running = false
  // What was compiled while these ran.
  await testWhatChanged()
}

const unitTests = (): readonly string[] =>
  readdirSync(UNIT, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.test.js'))
    .map((file) => join(UNIT, file))

const nameOf = (test: string): string => relative(UNIT, test)

const run = (args: readonly string[]): Promise<void> =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { stdio: 'inherit', cwd: ROOT })
    child.on('error', reject)
    child.on('close', () => resolve())
  })

function formatHost(): ts.FormatDiagnosticsHost {
  return { getCanonicalFileName: (name) => name, getCurrentDirectory: () => ROOT, getNewLine: () => '\n' }
}
