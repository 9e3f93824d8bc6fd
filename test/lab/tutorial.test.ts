// docs/tutorial.md, typed command by command from an empty folder with the packed package: each output is what the page
// shows. MAILRUN_WRITE_OUTPUTS=1 writes the outputs into the page. Has a lab of its own.
import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { suite } from '../suite.ts'
import { ROOT, type Ended } from '../unit/cli/mailrun.ts'
import { nameLab } from './own-lab.ts'
import { comparable, TUTORIAL, tutorialSteps, withOutputs } from './tutorial-page.ts'

nameLab('tutorial')
const lab = await import('../../lab/index.ts')
const test = suite('lab: tutorial')

const WRITES = process.env['MAILRUN_WRITE_OUTPUTS'] === '1'
const page = readFileSync(join(ROOT, TUTORIAL), 'utf8')
const steps = tutorialSteps(page)
const outputs = new Map<string, string>()

let empty: string
/** Where the reader is now. */
let folder: string
/** What the page says, and what it is here: a directory and networks of the lab. */
let here: readonly (readonly [page: string, here: string])[]

const run = (program: string, args: readonly string[], cwd: string): Promise<Ended> =>
  new Promise((resolve) => {
    const { FORCE_COLOR: _, ...env } = process.env
    execFile(program, args, { cwd, env, timeout: 300_000, maxBuffer: 1 << 24 }, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code ?? -1), stdout, stderr }),
    )
  })
const asHere = (text: string): string => here.reduce((now, [shown, is]) => now.replaceAll(shown, is), text)
const asShown = (text: string): string => here.reduce((now, [shown, is]) => now.replaceAll(is, shown), text)

test.before(async () => {
  empty = mkdtempSync(join(tmpdir(), 'mailrun-tutorial-'))
  folder = empty
  await lab.labUp({ size: 2, tools: false, internet: true, wire: undefined })
  const [, network = ''] = /resolvers: \[10\.231\.(\d+)\./.exec(readFileSync(lab.inventoryPath, 'utf8')) ?? []
  here = [
    ['/var/lib/mailrun-lab/lab/', `${lab.stateDir}/`],
    ['10.231.7.', `10.231.${network}.`],
    ['fd6d:6c61:6200:7::', `fd6d:6c61:6200:${Number(network).toString(16)}::`],
  ]
  const packed = await run('npm', ['pack', '--silent', '--ignore-scripts', '--pack-destination', empty], ROOT)
  assert.is(packed.code, 0, packed.stderr)
})
test.after(async () => {
  await lab.labDown()
  rmSync(empty, { recursive: true, force: true })
  if (WRITES) writeFileSync(join(ROOT, TUTORIAL), withOutputs(page, outputs))
})

test('the page has commands with outputs, and files', () => {
  assert.ok(steps.filter((step) => step.kind === 'command' && step.shown !== undefined).length > 8)
  assert.equal(
    steps.flatMap((step) => (step.kind === 'file' ? [step.path] : [])),
    ['inventory/hosts.yaml'],
  )
})

for (const step of steps) {
  if (step.kind === 'file')
    test(`the reader writes ${step.path}`, () => writeFileSync(join(folder, step.path), asHere(step.text)))
  else
    test(step.command, async () => {
      const [, into] = /^cd (\S+)$/.exec(step.command) ?? []
      if (into !== undefined) folder = join(folder, into)
      // With what it says on standard error, as a terminal shows both.
      const { code, stdout } = await run('sh', ['-c', `{ ${asHere(step.command)}\n} 2>&1`], folder)
      const wrong = code !== 0 && into === undefined
      assert.not.ok(wrong, `exit status ${code}:\n${stdout}`)
      const output = asShown(stdout)
      outputs.set(step.command, output)
      if (step.shown !== undefined && !WRITES) assert.is(comparable(output), comparable(step.shown), output)
    })
}

test.run()
