// One trip over a real shell: questions that hang.
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { localConnect } from '../../../src/connection/local.ts'
import { makeTrip, newMark, type Trip } from '../../../src/engine/make-trip.ts'
import { defineProbe } from '../../../src/model/probe.ts'
import { pathProbe } from '../../../src/probes/path.ts'
import { raw } from '../../../src/shell/script.ts'
import { suite } from '../../suite.ts'

const test = suite('makeTrip')

const asks = (script: string) => defineProbe({ key: script, reads: [], script: raw(script), parse: ({ stdout }) => stdout })

test('a question that hangs is ended, said by its name, and leaves the others their answers', async () => {
  const connection = await localConnect({})
  const never = new AbortController().signal
  const [before, hangs, after, path] = [asks('echo one'), asks('echo two; sleep 1000'), asks('echo three'), pathProbe({ path: '/', wanted: 'nothing' })]
  const trip = { mark: newMark(), steps: [], after: undefined, probes: [before, hangs, after, path], questionsSeconds: 1, holder: undefined, lockSeconds: 1, beginSeconds: undefined, interrupt: never, abandon: never }
  const outcome = await makeTrip(connection, trip, { waiting: () => {}, started: () => {}, progress: () => {}, done: () => {} })
  connection.close()
  if (outcome.kind !== 'asked') throw new Error(outcome.kind)
  assert.equal(outcome.asked(before), { state: 'one\n' })
  assert.equal(outcome.asked(hangs), { error: 'its question did not end in time, and was ended' })
  assert.equal(outcome.asked(after), { error: 'it was not asked, for a question before it did not end' })
  assert.ok('state' in outcome.asked(path))
})

test('a lock that is not freed in time is told with its holder; a process that is gone holds none', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'mailrun-test-'))
  const [holds, waits] = await Promise.all([localConnect({ MAILRUN_RUN_DIR: dir }), localConnect({ MAILRUN_RUN_DIR: dir })])
  const never = new AbortController().signal
  const trip = (holder: string, script: string): Trip => ({ mark: newMark(), steps: [], after: undefined, probes: [asks(script)], questionsSeconds: 10, holder, lockSeconds: 1, beginSeconds: undefined, interrupt: never, abandon: never })
  const waited: string[] = []
  const watcher = { waiting: (holder: string) => void waited.push(holder), started: () => {}, progress: () => {}, done: () => {} }
  const first = makeTrip(holds, trip('one, since now', 'sleep 3'), watcher)
  await new Promise((resolve) => setTimeout(resolve, 500))
  assert.equal(await makeTrip(waits, trip('two', ':'), watcher), { kind: 'locked', holder: 'one, since now' })
  assert.equal(waited, ['one, since now'])
  assert.is((await first).kind, 'asked')
  assert.is((await makeTrip(waits, trip('two', ':'), watcher)).kind, 'asked')
  assert.equal(waited, ['one, since now'])
  holds.close()
  waits.close()
})

test.run()
