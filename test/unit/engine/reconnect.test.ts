// Changes that want a new connection, over a real shell on this machine: when it is made, how long it is tried, and
// what is reported where there is none.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { converge } from '../../../src/engine/converge.ts'
import type { RunOptions } from '../../../src/engine/run-options.ts'
import { ConnectionLost, Unreachable, type Connect, type Connection } from '../../../src/engine/session/connection.ts'
import { utf8 } from '../../../src/core/probe/answer.ts'
import type { Reconnect } from '../../../src/core/task/change.ts'
import { change, ok } from '../../../src/core/task/plan.ts'
import { defineTask } from '../../../src/core/task/define-task.ts'
import { defineProbe } from '../../../src/core/probe/probe.ts'
import type { RunEvent } from '../../../src/core/run-event.ts'
import type { Task } from '../../../src/core/task/task.ts'
import { localConnect } from '../../../src/ssh/local.ts'
import { sh } from '../../../src/shell/sh.ts'
import { suite } from '../../suite.ts'
import { host, runOptions } from './local-run.ts'

const test = suite('reconnect')

let dir = ''
test.before.each(() => {
  dir = mkdtempSync(join(tmpdir(), 'mailrun-reconnect-'))
  writeFileSync(join(dir, 'log'), '')
  writeFileSync(join(dir, 'boot'), '00000000-0000-0000-0000-000000000001\n')
})
test.after.each(() => rmSync(dir, { recursive: true }))

/** Writes two lines, the second one over a new connection. */
const two = defineTask<{ readonly word: string; readonly reconnect?: Reconnect }, readonly string[]>({
  type: 'two',
  name: ({ word }) => word,
  probe: ({ word }) =>
    defineProbe<readonly string[]>({
      key: `two ${word}`,
      reads: [`two:${word}`],
      script: sh`cat ${join(dir, 'log')}`,
      parse: ({ stdout }) =>
        utf8(stdout)
          .split('\n')
          .filter((line) => line.startsWith(`${word} `)),
      foresee: (state) => state,
    }),
  plan({ word, reconnect }, now) {
    const line = (which: string) => sh`echo ${`${word} ${which}`} >> ${join(dir, 'log')}`
    const second = { summary: 'second', apply: line('second'), ...(reconnect === undefined ? {} : { reconnect }) }
    return now.length >= 2 ? ok : change([{ summary: 'first', apply: line('first') }, second], ['', ''])
  },
  writes: ({ word }) => [`two:${word}`],
  examples: [],
})

/** @param nth - is given how many connections were wanted before; throws where it is not to come about. */
async function run(tasks: readonly Task[], nth: (before: number) => void, over: Partial<RunOptions> = {}) {
  const events: RunEvent[] = []
  let count = 0
  let open = 0
  const connect: Connect = async (_host, _signal, _tell, _greeting, anew): Promise<Connection> => {
    assert.is(anew === true, count > 0, 'a master connection that stands would prove nothing')
    nth(count)
    count += 1
    assert.is(open, 0, 'the connection before is closed')
    const connection = await localConnect({ MAILRUN_RUN_DIR: join(dir, 'run') })
    open += 1
    return {
      ...connection,
      exchange: (request) => {
        const script = request.script.replaceAll('/proc/sys/kernel/random/boot_id', join(dir, 'boot'))
        return connection.exchange({ ...request, script })
      },
      close: () => {
        open = 0
        connection.close()
      },
    }
  }
  const prepared = { host, tasks, outputs: {}, secrets: [], source: () => new Uint8Array() }
  const result = await converge(prepared, runOptions(over), connect, (event) => events.push(event))
  return { result, events, count, statuses: result.tasks.map(({ status }) => status) }
}

const log = (): readonly string[] => readFileSync(join(dir, 'log'), 'utf8').trim().split('\n')
const anew: Reconnect = { withinSeconds: 6, otherwise: 'It goes back by itself.' }

test('a change is made over a new connection, and what comes after it over the same', async () => {
  const { result, count, statuses } = await run([two({ word: 'a', reconnect: anew }), two({ word: 'b' })], () => {})
  assert.equal([result.status, statuses, count], ['changed', ['changed', 'changed'], 2])
  assert.equal(log(), ['a first', 'a second', 'b first', 'b second'])
  assert.is((await run([two({ word: 'a', reconnect: anew })], () => {})).result.trips, 1)
})

test('it is tried again while there is time', async () => {
  let refused = 0
  const { result, statuses } = await run([two({ word: 'a', reconnect: anew })], (before) => {
    if (before === 1 && (refused += 1) < 3) throw new Unreachable('no route')
  })
  assert.equal([result.status, statuses, refused], ['changed', ['changed'], 3])
})

test('without one, the host is unreachable, nothing after it is made, and what becomes of it is told', async () => {
  const { result, statuses } = await run(
    [two({ word: 'a', reconnect: { ...anew, withinSeconds: 1 } }), two({ word: 'b' })],
    (before) => {
      if (before > 0) throw new Unreachable('no route')
    },
  )
  assert.equal([result.status, statuses], ['unreachable', ['failed', 'not-reached']])
  assert.is(result.error, 'two a: second: no new connection within 1 s: no route\nIt goes back by itself.')
  assert.equal(log(), ['a first'])
})

test('a host that has not booted yet is asked again, until it has', async () => {
  const boot = { ...anew, notBoot: bootNow('1'), withinSeconds: 10 }
  const began = performance.now()
  let lost = false
  const { result, events, statuses, count } = await run([two({ word: 'a', reconnect: boot })], (before) => {
    if (before === 2 && !lost) {
      lost = true
      throw new ConnectionLost('it goes down')
    }
    if (performance.now() - began > 3000) writeFileSync(join(dir, 'boot'), '00000000-0000-0000-0000-000000000002\n')
  })
  assert.equal([result.status, statuses], ['changed', ['changed']], result.error)
  assert.ok(count >= 3)
  assert.ok(events.some((event) => event.kind === 'host-note' && event.note === 'restarts: waits for it up to 10 s'))
})

test('a host that does not boot is unreachable, though it answers', async () => {
  const { result } = await run(
    [two({ word: 'a', reconnect: { ...anew, notBoot: bootNow('1'), withinSeconds: 1 } })],
    () => {},
  )
  assert.is(result.status, 'unreachable')
  assert.match(result.error ?? '', /it has not restarted yet/)
})

test('what stands after a boot is planned on the answers of the new one', async () => {
  const boot = { ...anew, notBoot: bootNow('9') }
  const { result } = await run([two({ word: 'a', reconnect: boot }), two({ word: 'b' })], () => {})
  assert.is(result.status, 'changed')
  // Ask, change, ask which boot it is, change and ask, change and ask.
  assert.is(result.trips, 5)
})

test('an interrupt ends the wait', async () => {
  const interrupt = new AbortController()
  const { result } = await run(
    [two({ word: 'a', reconnect: { ...anew, withinSeconds: 60 } })],
    (before) => {
      if (before === 0) return
      setTimeout(() => interrupt.abort(), 200)
      throw new Unreachable('no route')
    },
    { interrupt: interrupt.signal },
  )
  assert.is(result.status, 'interrupted')
})

test('a check makes no other connection', async () => {
  const { result, count } = await run([two({ word: 'a', reconnect: anew })], () => {}, { check: true })
  assert.equal([result.status, count, log()], ['would-change', 1, ['']])
})

/** As this machine tells it, with the boot's number of the test. */
function bootNow(number: string): string {
  const ticks = readFileSync('/proc/1/stat', 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ')[19]
  return `00000000-0000-0000-0000-00000000000${number}-${ticks}`
}

test.run()
