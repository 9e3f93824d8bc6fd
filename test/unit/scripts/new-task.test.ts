// `npm run new task NAME`, in a copy of the repository: what it writes compiles, is formatted and linted, passes its
// test, and has its section in the docs. A name that cannot be is refused, and nothing is written.
import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { newTask, NewTaskError } from '../../../scripts/new-task.ts'
import { suite } from '../../suite.ts'
import { ROOT } from '../cli/mailrun.ts'

const test = suite('npm run new task')
const COPIED = ['src', 'tasks', 'scripts', 'test/unit/scripts', 'test/suite.ts', 'test/pages/tasks.ts', 'package.json']
const SETTINGS = ['.oxfmtrc.json', '.oxlintrc.json']
const MODULE = 'tasks/mail-alias.ts'
const TEST = 'test/unit/tasks/mail-alias.test.ts'

let copy: string
test.before(() => {
  copy = mkdtempSync(join(tmpdir(), 'mailrun-new-'))
  for (const path of [...COPIED, ...SETTINGS]) cpSync(join(ROOT, path), join(copy, path), { recursive: true })
  mkdirSync(join(copy, 'test/unit/tasks'))
  symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'))
  const { compilerOptions } = JSON.parse(readFileSync(join(ROOT, 'tsconfig.json'), 'utf8')) as {
    readonly compilerOptions: object
  }
  const files = ['tasks/index.ts', MODULE, TEST, 'test/pages/tasks.ts']
  writeFileSync(join(copy, 'tsconfig.json'), JSON.stringify({ compilerOptions, files }))
})
test.after(() => rmSync(copy, { recursive: true, force: true }))

interface Ended {
  readonly status: number | null
  readonly output: string
}

function run(program: string, ...words: readonly string[]): Ended {
  const { status, stdout, stderr } = spawnSync(program, words, {
    cwd: copy,
    encoding: 'utf8',
    env: { PATH: process.env.PATH },
  })
  return { status, output: stdout + stderr }
}

const tool = (name: string, ...words: readonly string[]): Ended => run(join('node_modules/.bin', name), ...words)
const make = (...words: readonly string[]): Ended => run('npm', 'run', '-s', 'new', ...words)

function passes({ status, output }: Ended): string {
  assert.is(status, 0, output)
  return output
}

test('it names what it wrote, and what comes next', () => {
  const output = passes(make('task', 'mailAlias'))
  for (const path of [MODULE, TEST, 'tasks/index.ts', 'npm run docs']) assert.match(output, path)
})

test('the list has a line for it, in its place, and is else as it was', () => {
  const was = readFileSync(join(ROOT, 'tasks/index.ts'), 'utf8').split('\n')
  const is = readFileSync(join(copy, 'tasks/index.ts'), 'utf8').split('\n')
  const line = "export { mailAlias, type MailAliasArgs } from './mail-alias.ts'"
  assert.equal(
    is.filter((each) => each !== line),
    was,
  )
  assert.match(is[is.indexOf(line) - 1]!, './locale.ts')
})

test('nothing of the template is left but what the author is to change', () => {
  for (const path of [MODULE, TEST])
    assert.not.match(readFileSync(join(copy, path), 'utf8'), /debianAlternative|template/i)
})

test('it is formatted and linted', () => {
  passes(tool('oxfmt', '--list-different', MODULE, TEST, 'tasks/index.ts'))
  assert.match(passes(tool('oxlint', '--type-aware', MODULE, TEST)), 'Found 0 warnings and 0 errors')
})

test('it compiles, its test passes, and the docs have a section on it', () => {
  passes(run(process.execPath, 'node_modules/typescript/bin/tsc', '-p', '.'))
  assert.match(passes(run(process.execPath, `dist/${TEST.replace('.ts', '.js')}`)), /Passed: +7/)
  const page = passes(
    run(
      process.execPath,
      '--input-type=module',
      '-e',
      `import { tasksPage } from './dist/test/pages/tasks.js'\nconsole.log(tasksPage())`,
    ),
  )
  assert.match(page, '\n## mailAlias\n')
  assert.match(page, /\nmailAlias\(\{ alternative: /)
})

const REFUSED: readonly (readonly [name: string, why: RegExp])[] = [
  ['mail-alias-map', /in camel case, such as mailAlias, got "mail-alias-map": did you mean mailAliasMap\?/],
  ['../x', /did you mean x\?/],
  ['MailMap', /did you mean mailMap\?/],
  ['delete', /a word of JavaScript/],
  ['change', /use the name change for something else/],
  ['test', /use the name test for something else/],
  ['apt', /there is a task apt already: tasks\/apt\.ts/],
  ['mailAlias', /there is a task mailAlias already: tasks\/mail-alias\.ts/],
  ['index', /tasks\/index\.ts is there already/],
  ['a'.repeat(25), /at most 24 characters, got 25/],
]
test('a name that is none, or taken, is refused, and nothing is written', () => {
  const list = readFileSync(join(copy, 'tasks/index.ts'), 'utf8')
  for (const [name, why] of REFUSED)
    assert.throws(
      () => newTask(copy, name),
      (error: Error) => error instanceof NewTaskError && why.test(error.message),
      name,
    )
  assert.is(readFileSync(join(copy, 'tasks/index.ts'), 'utf8'), list)
  assert.not.ok(existsSync(join(copy, 'tasks/delete.ts')))
})

test('the command says why in a line, and how it is used', () => {
  assert.equal(make('task', 'delete'), { status: 1, output: 'delete is a word of JavaScript: choose another name\n' })
  for (const words of [['task'], ['rule', 'x']])
    assert.match(tool('jiti', 'scripts/new.ts', ...words).output, 'usage: npm run new task NAME')
})

test.run()
