// command on what its guards answer, and its script on this machine's shell: products, and times.
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, statSync, utimesSync, writeFileSync, existsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { FILES_PROGRAM } from '../../../src/resources/files/program/program.ts'
import { UNKNOWN } from '../../../src/core/unknown.ts'
import type { CommandState } from '../../../src/resources/command/command.ts'
import { checkCase } from '../../../src/testing/check-case.ts'
import { planOf } from '../../../src/testing/plan-of.ts'
import { command, type CommandArgs } from '../../../tasks/command.ts'
import { suite } from '../../suite.ts'

const test = suite('command')
const NOTHING: CommandState = {
  creates: false,
  removes: false,
  stale: false,
  missing: [],
  unless: undefined,
  onlyIf: undefined,
}
let dir: string
test.before.each(() => {
  dir = mkdtempSync(join(tmpdir(), 'mailrun-command-'))
})
test.after.each(() => rmSync(dir, { recursive: true }))

const carriedOut = (args: CommandArgs, now: CommandState) => {
  const plan = planOf(command(args), now, {})
  if (plan.kind !== 'change') throw new Error(plan.kind)
  const run = join(dir, 'run')
  mkdirSync(run, { recursive: true })
  writeFileSync(join(run, 'files'), FILES_PROGRAM)
  const env = { ...process.env, run }
  return spawnSync('sh', [], { input: plan.changes[0]!.apply.text, encoding: 'utf8', env })
}

test('a command that only a condition lets run is satisfied once it ran, whatever becomes of the condition', () => {
  assert.equal(
    [{ onlyIf: 'x' }, { removes: '/x' }, {}].map((guards) => command({ run: 'y', ...guards }).once),
    [true, true, true],
  )
  assert.equal(
    [{ creates: '/x' }, { unless: 'x' }, { creates: '/x', onlyIf: 'x' }].map(
      (guards) => command({ run: 'y', ...guards }).once,
    ),
    [false, false, false],
  )
  checkCase(command, { args: { run: 'y', onlyIf: 'x' }, now: { ...NOTHING, onlyIf: true }, expect: ['run'] })
  checkCase(command, { args: { run: 'y', onlyIf: 'x' }, now: { ...NOTHING, onlyIf: false }, expect: [] })
  checkCase(command, { args: { run: 'y', removes: '/x' }, now: NOTHING, expect: [] })
  checkCase(command, { args: { run: 'y' }, now: NOTHING, expect: ['run'] })
  const plan = planOf(
    command({ run: 'y', removes: '/x', onlyIf: 'x' }),
    { ...NOTHING, removes: true, onlyIf: true },
    {},
  )
  assert.equal(plan.kind === 'change' && [plan.then.removes, plan.then.onlyIf], [UNKNOWN, UNKNOWN])
})

test('success without the product is a failure that says so', () => {
  const { status, stderr } = carriedOut({ run: 'true', creates: join(dir, 'out') }, NOTHING)
  assert.is(status, 1)
  assert.match(stderr, /it succeeded, but .*out is not there, which creates says that it makes/)
  assert.is(carriedOut({ run: 'exit 7', creates: join(dir, 'out') }, NOTHING).status, 7)
  assert.is(carriedOut({ run: `touch ${dir}/out; exit 0`, creates: join(dir, 'out') }, NOTHING).status, 0)
})

test('a product that the command found as it should be is as old as its newest source, no older', () => {
  const [source, product] = [join(dir, 'in'), join(dir, 'out')]
  for (const path of [source, product]) writeFileSync(path, '')
  utimesSync(product, 1_000_000_000, 1_000_000_000)
  utimesSync(source, 1_700_000_000.25, 1_700_000_000.25)
  const stale = { ...NOTHING, creates: true, stale: true }
  assert.is(carriedOut({ run: 'true', creates: product, staleAgainst: [source] }, stale).status, 0)
  assert.is(statSync(product, { bigint: true }).mtimeNs, statSync(source, { bigint: true }).mtimeNs)
  // Written while the command ran, a source stays newer.
  utimesSync(product, 1_000_000_000, 1_000_000_000)
  assert.is(carriedOut({ run: `touch ${source}`, creates: product, staleAgainst: [source] }, stale).status, 0)
  assert.is(spawnSync('find', [source, '-newer', product]).stdout.length > 0, true)
  // One that it wrote keeps its time.
  utimesSync(source, 1_700_000_000, 1_700_000_000)
  assert.is(
    carriedOut({ run: `touch -d @1800000000 ${product}`, creates: product, staleAgainst: [source] }, stale).status,
    0,
  )
  assert.is(statSync(product).mtimeMs, 1_800_000_000_000)
  assert.ok(existsSync(product))
})

test.run()
