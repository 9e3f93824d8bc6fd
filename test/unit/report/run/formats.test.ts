// JSON and NDJSON of a run, against the schema that is kept in docs.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import * as assert from 'uvu/assert'
import type { RunEvent } from '../../../../src/core/run-event.ts'
import { jsonReporter } from '../../../../src/report/run/json.ts'
import { ndjsonReporter } from '../../../../src/report/run/ndjson.ts'
import { HOST_STATUSES, TASK_STATUSES } from '../../../../src/report/run/totals.ts'
import { suite } from '../../../suite.ts'
import { host, run, task } from '../results.ts'

const test = suite('report/formats')
const schema = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../../../../docs/run.schema.json'), 'utf8'),
) as object
const valid = new Ajv2020({ strict: true, allErrors: true }).compile(schema)

const everyStatus = run(
  HOST_STATUSES.map((status) =>
    host({
      name: `host-${status}`,
      status,
      tasks: TASK_STATUSES.map((each) =>
        task({
          name: each,
          status: each,
          changes: ['x'],
          why: 'because',
          warning: 'look',
          commands: ['true'],
          diffs: [{ path: '/a', before: undefined, after: 'b' }],
        }),
      ),
      outputs: { dns: null, list: [1, 'two'] },
      ...(status === 'failed' ? { error: 'it broke\u009b' } : {}),
    }),
  ),
)

const written = (
  use: (out: { write(text: string): void }) => (event: RunEvent) => void,
  events: readonly RunEvent[],
): string => {
  let text = ''
  events.forEach(use({ write: (part) => void (text += part) }))
  return text
}

test('the document says exactly what the schema says, for every status', () => {
  const document: unknown = JSON.parse(
    written(jsonReporter, [
      { kind: 'host-start', host: 'a' },
      { kind: 'run-end', result: everyStatus },
    ]),
  )
  assert.ok(valid(document), JSON.stringify(valid.errors))
  assert.equal((document as { hosts: unknown[] }).hosts[4], {
    name: 'host-failed',
    status: 'failed',
    trips: 1,
    tasks: TASK_STATUSES.map((status) => ({
      name: status,
      type: 'file',
      status,
      changes: ['x'],
      ...(status === 'held' ? { held: 'because' } : {}),
      warning: 'look',
    })),
    outputs: { dns: null, list: [1, 'two'] },
    error: 'it broke\u009b',
  })
})

test('with --profile, the document and the line of a host say where the time went', () => {
  const time = [{ kind: 'questions', of: 'path', seconds: 0.0456 }] as const
  const result = { ...everyStatus, hosts: [{ ...everyStatus.hosts[0]!, time }] }
  const events: readonly RunEvent[] = [
    { kind: 'run-start', playbook: 'dkim', check: false, hosts: ['host-ok'] },
    { kind: 'host-end', host: 'host-ok', result: result.hosts[0]! },
    { kind: 'run-end', result },
  ]
  const said = [{ kind: 'questions', of: 'path', seconds: 0.046 }]
  const profiled = JSON.parse(written((out) => jsonReporter(out, true), events)) as {
    readonly hosts: readonly { readonly time: unknown }[]
    readonly startSeconds: number
  }
  assert.ok(valid(profiled), JSON.stringify(valid.errors))
  assert.equal(profiled.hosts[0]!.time, said)
  assert.ok(profiled.startSeconds > 0)
  const plain = written(jsonReporter, events)
  assert.not.match(plain, /"time"|startSeconds/)
  const lines = (profile: boolean): readonly string[] =>
    written((out) => ndjsonReporter({ diff: false, verbose: false, profile }, out), events).split('\n')
  assert.equal((JSON.parse(lines(true)[1]!) as { readonly time: unknown }).time, said)
  assert.not.match(lines(false)[1]!, '"time"')
})

test('the schema refuses what is more, less or other', () => {
  const document = JSON.parse(written(jsonReporter, [{ kind: 'run-end', result: everyStatus }])) as Record<
    string,
    unknown
  >
  assert.ok(valid({ error: 'no such file' }))
  assert.not(valid({ ...document, error: 'x' }))
  assert.not(valid({ ...document, more: 1 }))
  assert.not(valid({ ...document, hosts: [{ name: 'a' }] }))
  assert.not(valid({ error: '' }))
})

test('totals count hosts and tasks by status', () => {
  const { totals } = JSON.parse(written(jsonReporter, [{ kind: 'run-end', result: everyStatus }])) as {
    totals: { hosts: Record<string, number>; tasks: Record<string, number>; trips: number }
  }
  assert.is(totals.hosts['unreachable'], 1)
  assert.is(totals.tasks['assumed'], 8)
  assert.is(totals.trips, 8)
})

test('no control character that a terminal obeys is in the JSON text', () => {
  assert.not.match(written(jsonReporter, [{ kind: 'run-end', result: everyStatus }]), /[\u007f-\u009f]/)
})

test('ndjson is a line per event, the moment it happens; diffs and shell text only when asked for', () => {
  const events: readonly RunEvent[] = [
    { kind: 'run-start', playbook: 'dkim', check: false, hosts: ['a'] },
    { kind: 'change-output', host: 'a', task: 't', line: 'two\nlines' },
    { kind: 'host-end', host: 'host-ok', result: everyStatus.hosts[0]! },
    { kind: 'run-end', result: everyStatus },
  ]
  const plain = written((out) => ndjsonReporter({ diff: false, verbose: false }, out), events)
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>)
  assert.equal(
    plain.map(({ kind }) => kind),
    ['run-start', 'change-output', 'host-end', 'run-end'],
  )
  assert.is(plain[2]!['host'], 'host-ok')
  assert.equal((plain[2]!['tasks'] as unknown[])[0], {
    name: 'ok',
    type: 'file',
    status: 'ok',
    changes: ['x'],
    why: 'because',
    warning: 'look',
  })
  const full = written((out) => ndjsonReporter({ diff: true, verbose: true }, out), events)
  assert.match(full, '"commands":["true"]')
  assert.match(full, '"diffs":[{"path":"/a","after":"b"}]')
})

test.run()
