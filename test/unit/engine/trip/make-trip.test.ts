// One trip over a real shell: questions that hang or never end, a shell that takes nothing, a lock.
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { localConnect } from '../../../../src/ssh/local.ts'
import { ConnectionLost, Unreachable, type Connection } from '../../../../src/engine/session/connection.ts'
import { makeTrip, newMark } from '../../../../src/engine/trip/make-trip.ts'
import type { Trip } from '../../../../src/engine/trip/trip-course.ts'
import { tripScript } from '../../../../src/engine/trip/trip.ts'
import { tripWords } from '../../../../src/engine/trip/trip-words.ts'
import { defineProbe } from '../../../../src/core/probe/probe.ts'
import { pathProbe } from '../../../../src/resources/files/path.ts'
import { readerQuestion } from '../../../../src/resources/reader/reader.ts'
import { raw } from '../../../../src/shell/script.ts'
import { questionFrames, questionKey } from '../../../../src/engine/trip/questions.ts'
import { watchdog } from '../../../../src/engine/trip/watchdog.ts'
import { suite } from '../../../suite.ts'

const test = suite('makeTrip')

test('the mark of frames is in no argument of a program, no file and no environment of the script', () => {
  const words = tripWords(newMark())
  const { mark } = words
  const script = tripScript({
    words,
    steps: [1, 100].map((timeoutSeconds) => ({ text: `echo "$MAILRUN_OUTDATED"`, timeoutSeconds })),
    questions: [...['print "one"', 'print "two"'].map((program) => readerQuestion({ program })), raw('echo three')].map(
      (script) => ({ script, family: undefined, items: [] }),
    ),
    questionsSeconds: 10,
    lock: { holder: 'one', waitSeconds: 1 },
    after: tripWords(newMark()).record,
  })
  // printf is the shell's own, and what ends a here-document is read by the shell alone.
  const ways = [
    `printf '[^']*'(?: ${mark})?`,
    `^print (?:STDERR )?"[^"]*";$`,
    `<<'${mark}-(?:text|questions|reader)'`,
    `^${mark}-(?:text|questions|reader)$`,
  ]
  const others = script.replace(new RegExp(ways.join('|'), 'gm'), '')
  assert.equal(
    others.split('\n').filter((line) => line.includes(mark)),
    [],
  )
  assert.is(new Set(Object.values<string>({ ...words })).size, 4)
})

/** Nobody ends it. */
const never = new AbortController().signal
const tripOf = (given: Partial<Trip>): Trip => ({
  mark: newMark(),
  steps: [],
  after: undefined,
  probes: [asks('echo one'), asks('echo two')],
  questionsSeconds: 1,
  holder: undefined,
  lockSeconds: 1,
  beginSeconds: undefined,
  interrupt: never,
  abandon: never,
  ...given,
})
const SILENT = { waiting: () => {}, started: () => {}, progress: () => {}, done: () => {} }

const asks = (script: string) =>
  defineProbe({ key: script, reads: [], script: raw(script), parse: ({ stdout }) => stdout })

const asksPerl = (program: string) =>
  defineProbe({ key: program, reads: [], script: readerQuestion({ program }), parse: ({ stdout }) => stdout })

test('a question that hangs is ended, said by its name, and leaves the others their answers', async () => {
  const connection = await localConnect({})
  const [before, hangs, after, path] = [
    asks('echo one'),
    asks('echo two; sleep 1000'),
    asks('echo three'),
    pathProbe({ path: '/', wanted: 'nothing' }),
  ]
  const trip = tripOf({ probes: [before, hangs, after, path] })
  const outcome = await makeTrip(connection, trip, SILENT)
  connection.close()
  if (outcome.kind !== 'asked') throw new Error(outcome.kind)
  assert.equal(outcome.asked(before), { state: 'one\n' })
  assert.equal(outcome.asked(hangs), { error: 'its question did not end in time, and was ended' })
  assert.equal(outcome.asked(after), { error: 'it was not asked, for a question before it did not end' })
  assert.ok('state' in outcome.asked(path))
})

test('a question whose process is killed is not said to have hung, nor are those behind it', async () => {
  const connection = await localConnect({})
  const [before, killed, after] = [asksPerl('print "one";'), asksPerl('kill "KILL", $$;'), asks('echo three')]
  const outcome = await makeTrip(connection, tripOf({ probes: [before, killed, after], questionsSeconds: 20 }), SILENT)
  connection.close()
  if (outcome.kind !== 'asked') throw new Error(outcome.kind)
  assert.equal(outcome.asked(before), { state: 'one' })
  for (const probe of [killed, after])
    assert.match(JSON.stringify(outcome.asked(probe)), /^\{"error":"the host did not answer the question/)
})

test('a lock that is not freed in time is reported with its holder; a process that is gone holds none', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'mailrun-test-'))
  const [holds, waits] = await Promise.all([
    localConnect({ MAILRUN_RUN_DIR: dir }),
    localConnect({ MAILRUN_RUN_DIR: dir }),
  ])
  const trip = (holder: string, script: string): Trip =>
    tripOf({ probes: [asks(script)], questionsSeconds: 10, holder })
  const waited: string[] = []
  const watcher = {
    waiting: (holder: string) => void waited.push(holder),
    started: () => {},
    progress: () => {},
    done: () => {},
  }
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

test('a question that is answered without end is said by its name, and not kept in memory', async () => {
  const connection = await localConnect({})
  const floods = asks('yes it is')
  const trip = tripOf({ probes: [asks('echo one'), floods], questionsSeconds: 100 })
  const outcome = await makeTrip(connection, trip, SILENT)
  connection.close()
  assert.equal(outcome, {
    kind: 'garbled',
    why: 'the host sent more than 8 MiB, when it was asked: yes it is',
    none: false,
  })
})

test('a shell that never takes the script is unreachable, with what may hang', async () => {
  const connection = await localConnect({})
  await connection.exchange({
    script: 'echo; echo go; echo >&2; echo go >&2; sleep 20\n',
    end: 'go',
    onStdout: () => {},
    signal: never,
  })
  const trip = tripOf({ probes: [], beginSeconds: 1 })
  let why: unknown
  await makeTrip(connection, trip, SILENT).catch((error: unknown) => (why = error))
  connection.close()
  assert.ok(why instanceof Unreachable)
  assert.match(
    why.message,
    /said nothing for \d s \(beginning\): does the login shell's profile, sudo, .*Log in with ssh/,
  )
})

test('each host is asked its own questions, though the last one had others of the same family', () => {
  const textFor = (...paths: readonly string[]): string =>
    questionFrames(paths.map((path) => pathProbe({ path, wanted: 'nothing' })))
      .map(({ script }) => questionKey(script))
      .join()
  const [one, both] = [textFor('/srv/one'), textFor('/srv/one', '/srv/two')]
  assert.match(one, '/srv/one')
  assert.not.match(one, '/srv/two')
  assert.match(both, '/srv/two')
  assert.is(textFor('/srv/one'), one)
})

/** A connection whose host says these frames, one after the other, without end. */
function saying(frames: (mark: string, count: number) => string | undefined, milliseconds = 0): Connection {
  return {
    notes: [],
    touch: () => Promise.resolve(),
    close: () => {},
    exchange: ({ end, onStdout, signal }) =>
      new Promise((_, reject) => {
        const mark = end.split(' ')[0]!
        let count = 0
        const next = (): void => {
          if (signal.aborted) return
          const frame = frames(mark, count)
          count += 1
          if (frame !== undefined) onStdout(Buffer.from(`\n${mark} ${frame}\n`))
          setTimeout(next, milliseconds)
        }
        signal.addEventListener('abort', () => reject(new ConnectionLost('broken off')))
        next()
      }),
  }
}

test('what is said out of its turn ends the trip, as that host’s failure', async () => {
  for (const frames of [
    ['ask 0', 'ask 0'],
    ['ask 1'],
    ['ask 0', 'answered 0 0', 'answered 0 0'],
    ['start 0'],
    ['done 0 0'],
  ]) {
    const outcome = await makeTrip(
      saying((_, count) => frames[count]),
      tripOf({}),
      SILENT,
    )
    assert.is(outcome.kind, 'garbled', frames.join())
    assert.match((outcome as { readonly why: string }).why, /cannot be read: "\w+" is out of its turn: log in/)
  }
})

test('a whole trip has an end, whatever signs of life there are', async () => {
  const controller = new AbortController()
  const watch = watchdog(controller.signal)
  watch.endWithin(0.3)
  const lives = setInterval(() => watch.expectWithin(100, 'going on'), 20)
  await new Promise((resolve) => watch.signal.addEventListener('abort', resolve))
  clearInterval(lives)
  assert.match(watch.why ?? '', /did not end within 0.3 s, the most that all its parts may take/)
  watch.clear()
})

test.run()
