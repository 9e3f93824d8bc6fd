// The program that runs a step: what becomes of the step where signals reach the program.
import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import * as assert from 'uvu/assert'
import { STEP_PROGRAM } from '../../../../src/engine/trip/step-program.ts'
import { suite } from '../../../suite.ts'

const test = suite('signals to a step')
const root = mkdtempSync(join(tmpdir(), 'mailrun-step-'))
test.after(() => rmSync(root, { recursive: true }))

const STICKY = 0o1000

for (const signal of ['SIGINT', 'SIGQUIT', 'SIGHUP'] as const)
  test(`${signal} to its process group ends neither it nor the step, which goes on to print`, async () => {
    const [out, begun] = [join(root, signal), join(root, `${signal}.begun`)]
    writeFileSync(out, '')
    const child = spawn('perl', ['-e', STEP_PROGRAM, out, '9', '0'], {
      detached: true,
      stdio: ['pipe', 'ignore', 'pipe'],
    })
    const ended = new Promise((resolve) => child.once('exit', (code, by) => resolve(code ?? by)))
    child.stdin.end(`: > ${begun}; sleep 0.3; echo one; echo two; exit 4`)
    while (!existsSync(begun)) await sleep(20)
    process.kill(-child.pid!, signal)
    assert.is(await ended, 4)
    assert.is(readFileSync(out, 'utf8'), 'one\ntwo\n')
    assert.ok(statSync(out).mode & STICKY)
  })

test.run()
