// The program that runs one step: what it keeps and sends of the output, how it ends, and what goes on without it.
import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { STEP_PROGRAM } from '../../../../src/engine/trip/step-program.ts'
import { suite } from '../../../suite.ts'

const test = suite('step program')
const folder = mkdtempSync(join(tmpdir(), 'mailrun-step-'))
test.after(() => rmSync(folder, { recursive: true }))

interface Ended {
  readonly code: number | null
  readonly signal: string | null
  readonly sent: string
  readonly seconds: number
  readonly file: string
}
let steps = 0

/** @param deaf - nobody reads what is sent. */
function run(step: string, { seconds = 20, most = 1 << 18, deaf = false } = {}): Promise<Ended> {
  steps += 1
  const file = join(folder, `out.${steps}`)
  const began = performance.now()
  return new Promise((resolve) => {
    const child = spawn('perl', ['-e', STEP_PROGRAM, file, String(seconds), String(most)])
    let sent = ''
    if (deaf) child.stdout.destroy()
    else child.stdout.on('data', (chunk: Buffer) => (sent += chunk.toString('latin1')))
    child.stdin.end(step)
    child.on(deaf ? 'exit' : 'close', (code: number | null, signal: string | null) =>
      resolve({ code, signal, sent, seconds: (performance.now() - began) / 1000, file }),
    )
  })
}
/** As src/engine/trip/trip-steps.ts sees it. */
const cameToItsEnd = (file: string): boolean => (statSync(file).mode & 0o1000) !== 0

test('it ends as the step does, with what it printed in the file and sent', async () => {
  const { code, sent, file } = await run('echo out; echo err >&2; exit 7')
  assert.is(code, 7)
  assert.is(sent, 'out\nerr\n')
  assert.is(readFileSync(file, 'utf8'), sent)
  assert.ok(cameToItsEnd(file))
  assert.is(statSync(file).mode & 0o777, 0o600)
})

test('what takes too long is ended', async () => {
  const { code, file } = await run('sleep 10', { seconds: 1 })
  assert.is(code, 124)
  assert.ok(cameToItsEnd(file))
})

test('a step that was killed ends with the number of the signal', async () => {
  assert.is((await run('kill -9 $PPID')).code, 137)
})

test('no more is sent than is asked for, and all is kept', async () => {
  const { code, sent, file } = await run('printf 123456789', { most: 4 })
  assert.equal([code, sent, readFileSync(file, 'utf8')], [0, '1234', '123456789'])
  assert.is((await run('printf 1', { most: 0 })).sent, '')
})

test('of much output the first and the last are kept', async () => {
  const { code, sent, file } = await run('yes first | head -c 1048576; yes last | head -c 3000000; echo end')
  assert.is(code, 0)
  assert.is(sent.length, 1 << 18)
  assert.is(readFileSync(file, 'utf8'), 'first\n'.repeat(174_763).slice(0, 1 << 20))
  const last = readFileSync(`${file}.a`, 'utf8') + readFileSync(`${file}.b`, 'utf8')
  assert.ok(last.endsWith('last\nend\n'))
  assert.ok(last.length >= 1 << 20 && last.length <= 2 << 20, String(last.length))
})

test('a step does not die of output that nobody reads', async () => {
  const { code, file } = await run('yes | head -c 500000; echo end >&2; exit 3', { deaf: true })
  assert.is(code, 3)
  assert.ok(readFileSync(file, 'utf8').endsWith('end\n'))
})

test('what a step leaves running is not waited for, and does not die of its output', async () => {
  const done = join(folder, 'done')
  const { code, sent, seconds } = await run(`{ sleep 3; yes | head -c 500000 && : > ${done}; } & echo first`)
  assert.equal([code, sent], [0, 'first\n'])
  assert.ok(seconds < 2.9, String(seconds))
  assert.not(existsSync(done))
  for (let i = 0; i < 100 && !existsSync(done); i++) await new Promise((resolve) => setTimeout(resolve, 100))
  assert.ok(existsSync(done))
})

test('where the program was killed, the file tells', async () => {
  const { signal, file } = await run('kill -9 $(ps -o ppid= -p $PPID); sleep 0.2', { deaf: true })
  assert.is(signal, 'SIGKILL')
  assert.not(cameToItsEnd(file))
})

test.run()
