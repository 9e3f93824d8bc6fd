// A program that is given text while it runs: what reaches it, how it ends, and what is told of that.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { feedProgram, type FedProgram } from '../../../src/programs/feed-program.ts'
import { suite } from '../../suite.ts'

const test = suite('programs/feed')
let folder: string
test.before(() => {
  folder = mkdtempSync(join(tmpdir(), 'mailrun-feed-'))
})
test.after(() => rmSync(folder, { recursive: true, force: true }))

const fed = (script: string, seconds = 20, bytes = 1 << 20): Promise<FedProgram> => {
  const path = join(folder, 'program')
  rmSync(path, { force: true })
  writeFileSync(path, `#!/bin/sh\n${script}\n`, { mode: 0o755 })
  return feedProgram(path, { seconds, bytes })
}

test('it gets all that is written, and that there is no more', async () => {
  const program = await fed(`cat > '${folder}/got'`)
  program.write('one\n')
  program.write('zwölf\n')
  assert.is(await program.end(), undefined)
  assert.is(readFileSync(join(folder, 'got'), 'utf8'), 'one\nzwölf\n')
})

test('how it failed is told, with the last that it said', async () => {
  const program = await fed('cat > /dev/null; echo one; echo "no such channel" >&2; exit 3')
  program.write('x\n')
  assert.is(await program.end(), 'ended with status 3: no such channel')
  assert.is(await (await fed('kill -9 $$')).end(), 'was ended by SIGKILL')
})

test('it need not read, if it is content', async () => {
  const program = await fed('exit 0')
  await new Promise((resolve) => setTimeout(resolve, 200))
  program.write('x'.repeat(1 << 20))
  assert.is(await program.end(), undefined)
})

test('what it does not read does not pile up, and it is not waited for without end', async () => {
  const program = await fed('sleep 60', 0.2, 1 << 18)
  for (let sent = 0; sent < 64; sent += 1) program.write('x'.repeat(1 << 16))
  const began = performance.now()
  assert.is(await program.end(), 'does not read the events that it is given')
  assert.ok(performance.now() - began < 10_000)
  assert.is(await (await fed("trap '' TERM; cat > /dev/null; sleep 60", 0.2)).end(), LATE)
})

const LATE = 'did not end within 0.2 s after the last event'

test('a program that is not there is an error', async () => {
  const error = await feedProgram('/nowhere/program', { seconds: 1, bytes: 1 }).then(
    () => undefined,
    (thrown: NodeJS.ErrnoException) => thrown,
  )
  assert.is(error?.code, 'ENOENT')
})

test.run()
