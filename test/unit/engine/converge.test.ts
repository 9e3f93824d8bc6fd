// One host's run, over a real shell on this machine: trips, walls, failures, checks, secrets, interrupts.
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync, existsSync, readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { localConnect } from '../../../src/ssh/local.ts'
import { ConnectionLost, TooMuchSaid, Unreachable, type Connection } from '../../../src/engine/session/connection.ts'
import { converge } from '../../../src/engine/converge.ts'
import { hostRun } from '../../../src/engine/host-run.ts'
import { type AskOutside } from '../../../src/engine/outside.ts'
import { rollout } from '../../../src/engine/rollout.ts'
import type { RunOptions } from '../../../src/engine/run-options.ts'
import { utf8 } from '../../../src/core/probe/answer.ts'
import type { OutsideQuestion } from '../../../src/core/probe/outside-question.ts'
import { ask, blocked, change, ok, remarked } from '../../../src/core/task/plan.ts'
import { defineTask } from '../../../src/core/task/define-task.ts'
import { defineProbe } from '../../../src/core/probe/probe.ts'
import type { RunEvent } from '../../../src/core/run-event.ts'
import type { Task } from '../../../src/core/task/task.ts'
import { orOutdated } from '../../../src/shell/outdated.ts'
import { lines } from '../../../src/shell/script.ts'
import { Secret } from '../../../src/shell/secret.ts'
import { secretsIn } from '../../../src/shell/secrets-in.ts'
import { sh } from '../../../src/shell/sh.ts'
import { command } from '../../../tasks/command.ts'
import { file } from '../../../tasks/file.ts'
import { suite } from '../../suite.ts'
import { host, never, runOptions } from './local-run.ts'

const test = suite('converge')

/** A file with a text, as simply as can be. */
const note = defineTask<
  { readonly path: string; readonly text: string | Secret; readonly after?: string; readonly apply?: string },
  string
>({
  type: 'note',
  name: ({ path }) => path,
  probe: ({ path, after }) =>
    defineProbe({
      key: `note ${path}`,
      reads: [`path:${path}`, ...(after ? ([`path:${after}`] as const) : [])],
      script: sh`cat -- ${path}`,
      parse: ({ stdout }) => utf8(stdout),
    }),
  plan({ path, text, after, apply }, now) {
    if (after && !existsSync(after)) return blocked(`${after} is not there`)
    const wanted = text instanceof Secret ? text.reveal() : text
    return now === wanted
      ? ok
      : change(
          [
            {
              summary: 'write',
              apply: apply ? { text: apply, shown: apply, secrets: [] } : sh`printf %s ${text} > ${path}`,
            },
          ],
          wanted,
        )
  },
  writes: ({ path }) => [`path:${path}`],
  examples: [],
})

const runs = defineTask<{ readonly run: string }, undefined>({
  type: 'runs',
  name: ({ run }) => run,
  probe: ({ run }) => defineProbe({ key: `runs ${run}`, reads: [], script: sh`:`, parse: () => undefined }),
  plan: ({ run }) => change([{ summary: 'run', apply: { text: run, shown: run, secrets: [] } }], undefined),
  writes: () => [],
  once: () => true,
  examples: [],
})

const scratch = (): string => mkdtempSync(join(tmpdir(), 'mailrun-test-'))

async function run(
  dir: string,
  tasks: readonly Task[],
  over: Partial<RunOptions> = {},
  wrap = (connection: Connection): Connection => connection,
) {
  const events: RunEvent[] = []
  const result = await converge(
    { host, tasks, outputs: {}, secrets: [], source: () => new Uint8Array() },
    runOptions(over),
    async () => wrap(await localConnect({ MAILRUN_RUN_DIR: join(dir, 'run') })),
    (event) => events.push(event),
  )
  return { result, events, statuses: result.tasks.map(({ status }) => status) }
}

test('a result says where the seconds of its host went: all of them, and a change by its task', async () => {
  const dir = scratch()
  const path = join(dir, 'x')
  const { result } = await run(dir, [note({ path, text: 'x', apply: `sleep 0.3; printf x > ${path}` })])
  const { time, seconds } = result
  const spent = time.reduce((sum, each) => sum + each.seconds, 0)
  assert.ok(Math.abs(spent - seconds) < 0.01, `${spent} of ${seconds} s`)
  const kinds = [...new Set(time.map(({ kind }) => kind))]
  for (const kind of ['connecting', 'shell', 'questions', 'change', 'planning'] as const)
    assert.ok(kinds.includes(kind), `${kind} in ${kinds.join(', ')}`)
  const changed = time.filter(({ kind }) => kind === 'change')
  assert.equal(
    changed.map(({ of }) => of),
    [`note ${path}`],
  )
  assert.ok(changed[0]!.seconds >= 0.3)
})

test('what a change prints is reported though it ends soon, before its end is, with secrets masked', async () => {
  const secret = new Secret('hunter2-of-the-test')
  const events: RunEvent[] = []
  const dir = scratch()
  await converge(
    {
      host,
      tasks: [runs({ run: 'echo one; printf "10%%\\r100%%\\n\\n"; echo hunter2-of-the-test; printf last' })],
      outputs: {},
      secrets: [secret.reveal()],
      source: () => new Uint8Array(),
    },
    runOptions({}),
    () => localConnect({ MAILRUN_RUN_DIR: join(dir, 'run') }),
    (event) => events.push(event),
  )
  const reported = events.flatMap((event) => {
    if (event.kind === 'change-output') return [event.line]
    return event.kind === 'change-end' || event.kind === 'change-start' ? [event.kind] : []
  })
  assert.is(reported.length, 6, reported.join())
  assert.equal(
    [reported[0], reported[1], reported[2], reported[4], reported[5]],
    ['change-start', 'one', '100%', 'last', 'change-end'],
  )
  assert.match(reported[3]!, /^\*+$/)
})

test('nothing to do is one trip, a change is two, and the second run changes nothing', async () => {
  const dir = scratch()
  const tasks = [
    note({ path: join(dir, 'a'), text: "it's $(date) \\n\n" }),
    note({ path: join(dir, 'b'), text: 'zwölf' }),
  ]
  const first = await run(dir, tasks)
  assert.equal([first.result.status, first.result.trips, first.statuses], ['changed', 2, ['changed', 'changed']])
  assert.is(readFileSync(join(dir, 'a'), 'utf8'), "it's $(date) \\n\n")
  const second = await run(dir, tasks)
  assert.equal([second.result.status, second.result.trips, second.statuses], ['ok', 1, ['ok', 'ok']])
})

test('a host of a release that is not known is reported once, by a check and by a run', async () => {
  const dir = scratch()
  const release = join(dir, 'os-release')
  writeFileSync(release, 'ID=debian\nVERSION_ID="14"\nVERSION_CODENAME=forky\n')
  const elsewhere = (connection: Connection): Connection => ({
    ...connection,
    exchange: (request) =>
      connection.exchange({ ...request, script: request.script.replaceAll('/etc/os-release', release) }),
  })
  for (const check of [true, false]) {
    const { events } = await run(dir, [note({ path: join(dir, 'a'), text: 'x' })], { check }, elsewhere)
    const notes = events.flatMap((event) => (event.kind === 'host-note' ? [event.note] : []))
    assert.equal(notes, ['debian 14 (forky) is not tested: it is treated as Debian 13 (mailrun self-test tries it)'])
  }
})

test('where the first look tells that a task cannot be done, nothing is changed before it', async () => {
  const dir = scratch()
  const tasks = [
    note({ path: join(dir, 'a'), text: 'x' }),
    note({ path: join(dir, 'b'), text: 'y', after: join(dir, 'nowhere') }),
  ]
  const { result, statuses } = await run(dir, tasks)
  assert.equal([result.status, result.trips, statuses], ['failed', 1, ['not-reached', 'failed']])
  assert.not.ok(existsSync(join(dir, 'a')))
})

test('a check tells the same and writes nothing, not even a lock', async () => {
  const dir = scratch()
  const { result, statuses } = await run(dir, [note({ path: join(dir, 'a'), text: 'x' })], { check: true })
  assert.equal([result.status, result.trips, statuses, readdirSync(dir)], ['would-change', 1, ['would-change'], []])
})

test('a wall costs one trip, and is assumed in a check', async () => {
  const dir = scratch()
  const tasks = [
    note({ path: join(dir, 'a'), text: 'x' }),
    note({ path: join(dir, 'b'), text: 'y', after: join(dir, 'a') }),
  ]
  assert.equal((await run(dir, tasks, { check: true })).statuses, ['would-change', 'assumed'])
  const { result, statuses } = await run(dir, tasks)
  assert.equal([result.trips, statuses], [3, ['changed', 'changed']])
})

test('a check shows the text of a file that waits for what makes its directory or its owner', async () => {
  const dir = scratch()
  const dest = join(dir, 'etc/x.conf')
  const makes = command({ run: `mkdir ${dir}/etc`, unless: `test -d ${dir}/etc` })
  const { result, statuses } = await run(
    dir,
    [
      makes,
      file({ path: dest, content: 'a\nb\n', owner: 'mailrun-nobody-has' }),
      file({ path: join(dir, 'etc/secret'), content: new Secret('hunter2') }),
    ],
    { check: true },
  )
  assert.equal(statuses, ['would-change', 'assumed', 'assumed'])
  const [, shown, secret] = result.tasks
  assert.equal(shown!.diffs, [{ path: dest, before: undefined, after: 'a\nb\n' }])
  assert.match(shown!.why ?? '', `--diff shows it as if there were no ${dest} then`)
  assert.equal([shown!.changes, secret!.diffs], [[], []])
})

test('a file that is there is shown as it would be changed, if it stays until then', async () => {
  const dir = scratch()
  const path = join(dir, 'x.conf')
  writeFileSync(path, 'old\n')
  const unknown = command({ run: 'true', unless: 'false', writes: [`path:${path}`] })
  const { result, statuses } = await run(dir, [unknown, file({ path, content: 'new\n' })], { check: true })
  assert.equal(statuses, ['would-change', 'assumed'])
  assert.equal(result.tasks[1]!.diffs, [{ path, before: 'old\n', after: 'new\n' }])
  assert.match(result.tasks[1]!.why ?? '', `as if ${path} were then as it is now`)
})

test('a failing change ends the run of its host, with what it said', async () => {
  const dir = scratch()
  const { result, statuses } = await run(dir, [
    note({ path: join(dir, 'a'), text: 'x' }),
    note({ path: join(dir, 'b'), text: 'y', apply: 'echo no space left >&2; exit 3' }),
    note({ path: join(dir, 'c'), text: 'z' }),
  ])
  assert.equal([result.status, statuses], ['failed', ['changed', 'failed', 'not-reached']])
  assert.match(result.error ?? '', /exit status 3\nno space left/)
  assert.not(existsSync(join(dir, 'c')))
  // What was tried is shown; that it was made is not said.
  assert.equal([result.tasks[1]!.changes, result.tasks[1]!.commands], [[], ['echo no space left >&2; exit 3']])
})

test('the shell text of a change that failed is shown without its secrets', async () => {
  const dir = scratch()
  const { result } = await run(dir, [note({ path: join(dir, 'none/a'), text: new Secret('hunter2 and more') })])
  assert.equal(
    result.tasks.map(({ status }) => status),
    ['failed'],
  )
  assert.match(result.tasks[0]!.commands.join(), /^printf %s \S*\*{3}/)
  assert.not.match(JSON.stringify(result), 'hunter2')
})

test('a change that does not bring about what it promised did not converge', async () => {
  const dir = scratch()
  const { result, statuses } = await run(dir, [note({ path: join(dir, 'a'), text: 'x', apply: ':' })])
  assert.equal([result.status, statuses, result.trips], ['failed', ['failed'], 2])
  assert.match(result.error ?? '', /did not converge/)
})

test('a change has a time limit', async () => {
  const dir = scratch()
  const task = note({ path: join(dir, 'a'), text: 'x', apply: 'sleep 30' })
  const quick: Task = {
    ...task,
    plan: (now, context) => {
      const plan = task.plan(now as string, context)
      return plan.kind === 'change'
        ? { ...plan, changes: plan.changes.map((each) => ({ ...each, timeoutSeconds: 1 })) }
        : plan
    },
  }
  const { result } = await run(dir, [quick])
  assert.match(result.error ?? '', /not done within 1 s/)
})

test('a task without a question runs once in every run, and a check says that it would', async () => {
  const dir = scratch()
  const task = runs({ run: `echo ran >> ${dir}/log` })
  const check = await run(dir, [task], { check: true })
  assert.equal(
    [check.statuses, check.result.tasks[0]!.changes],
    [['would-change'], ['run; its effects cannot be predicted']],
  )
  for (const trips of [2, 2]) {
    const { result, statuses } = await run(dir, [task])
    assert.equal([result.trips, statuses, result.tasks[0]!.changes], [trips, ['changed'], ['run']])
  }
  assert.is(readFileSync(join(dir, 'log'), 'utf8'), 'ran\nran\n')
})

test('a change that may find no work is unknown to a check, made once, and counts where it found some', async () => {
  const dir = scratch()
  const path = join(dir, 'a')
  // Always willing to look.
  const looks = defineTask<{ readonly run: string }, string>({
    type: 'looks',
    name: () => path,
    writes: () => [`path:${path}`],
    examples: [],
    probe: () =>
      defineProbe<string>({
        key: 'looks',
        reads: [`path:${path}`],
        script: sh`cat -- ${path} 2>/dev/null || :`,
        parse: ({ stdout }) => stdout,
        facts: (text) => [{ resource: `path:${path}`, value: text }],
      }),
    plan({ run: text }) {
      const plan = change([{ summary: 'look', apply: { text, shown: text, secrets: [] } }], '')
      return plan.kind === 'change' ? { ...plan, perhaps: 'it is looked' } : plan
    },
  })
  const check = await run(dir, [looks({ run: 'exit 1' })], { check: true })
  assert.equal([check.statuses, check.result.tasks[0]!.why], [['assumed'], 'cannot be known before it is looked'])
  const found = await run(dir, [looks({ run: `echo found > ${path}` })])
  assert.equal([found.result.status, found.result.trips, found.result.tasks[0]!.changes], ['changed', 2, ['look']])
  const idle = await run(dir, [looks({ run: 'true' }), note({ path: join(dir, 'b'), text: 'x' })])
  assert.equal([idle.result.status, idle.statuses, idle.result.tasks[0]!.changes], ['changed', ['ok', 'changed'], []])
})

test('a command cannot eat the script, and its output is capped and reported', async () => {
  const dir = scratch()
  const { result, statuses } = await run(dir, [runs({ run: 'cat; seq 1 200000; echo the last words; exit 1' })])
  assert.equal([result.status, statuses], ['failed', ['failed']])
  assert.match(result.error ?? '', /the last words$/)
})

test('a long change tells its lines while it runs', async () => {
  const dir = scratch()
  const task = runs({ run: 'for i in 1 2 3; do echo line $i; sleep 0.2; done' })
  const long: Task = {
    ...task,
    plan: (now, context) => {
      const plan = task.plan(now as undefined, context)
      return plan.kind === 'change'
        ? { ...plan, changes: plan.changes.map((each) => ({ ...each, timeoutSeconds: 100 })) }
        : plan
    },
  }
  const came: (readonly [line: string, at: number])[] = []
  const { status } = await converge(
    { host, tasks: [long], outputs: {}, secrets: [], source: () => new Uint8Array() },
    runOptions({}),
    () => localConnect({ MAILRUN_RUN_DIR: join(dir, 'run') }),
    (event) => void (event.kind === 'change-output' && came.push([event.line, performance.now()])),
  )
  assert.is(status, 'changed')
  assert.equal(
    came.map(([line]) => line),
    ['line 1', 'line 2', 'line 3'],
  )
  assert.ok(came[2]![1] - came[0]![1] > 200, 'each as it is printed, not all of them at the end')
})

test('no event shows a secret, whatever the host prints', async () => {
  const dir = scratch()
  const secret = "hunter'2 $x"
  const path = join(dir, 'a')
  const { result, events } = await run(dir, [
    note({ path, text: new Secret(secret) }),
    note({ path: join(dir, 'b'), text: 'y', apply: `cat ${path}; base64 < ${path}; exit 1` }),
  ])
  assert.is(readFileSync(path, 'utf8'), secret)
  const reported = JSON.stringify([result, events])
  for (const guise of [secret, Buffer.from(secret).toString('base64'), "hunter'\\\\''2"])
    assert.not(reported.includes(guise), guise)
  assert.match(reported, /\*{8}/)
})

test('a connection lost while a change is running is made again, and the host says whether it was done', async () => {
  const dir = scratch()
  let cut = false
  const { result, statuses } = await run(
    dir,
    [note({ path: join(dir, 'a'), text: 'x', apply: `sleep 0.5; printf x > ${dir}/a` })],
    {},
    (connection) => ({
      ...connection,
      exchange: (request) =>
        connection.exchange({
          ...request,
          onStdout: (chunk) => {
            request.onStdout(chunk)
            if (!cut && chunk.includes(' start 0')) {
              cut = true
              setTimeout(() => connection.close(), 50)
            }
          },
        }),
    }),
  )
  assert.equal([result.status, statuses, cut], ['changed', ['changed'], true])
})

test('changes that the lost connection kept from being made are made afterwards', async () => {
  const dir = scratch()
  let cut = false
  const { result, statuses } = await run(
    dir,
    ['a', 'b', 'c'].map((name) =>
      note({ path: join(dir, name), text: 'x', ...(name === 'b' ? { apply: `sleep 0.5; printf x > ${dir}/b` } : {}) }),
    ),
    {},
    (connection) => ({
      ...connection,
      exchange: (request) =>
        connection.exchange({
          ...request,
          onStdout: (chunk) => {
            request.onStdout(chunk)
            if (!cut && chunk.includes(' start 1')) {
              cut = true
              setTimeout(() => connection.close(), 50)
            }
          },
        }),
    }),
  )
  assert.is(result.error, undefined)
  assert.equal([result.status, statuses, cut], ['changed', ['changed', 'changed', 'changed'], true])
  assert.equal(
    ['a', 'b', 'c'].map((name) => readFileSync(join(dir, name), 'utf8')),
    ['x', 'x', 'x'],
  )
})

/** Once: what is made afterwards is not to be cut, too, however slow the machine is. */
function cutAtStart(): (connection: Connection) => Connection {
  let cut = false
  return (connection) => ({
    ...connection,
    exchange: (request) =>
      connection.exchange({
        ...request,
        onStdout: (chunk) => {
          request.onStdout(chunk)
          if (!cut && chunk.includes(' start 0')) {
            cut = true
            setTimeout(() => connection.close(), 50)
          }
        },
      }),
  })
}

test(
  'a command without a question that is lost on its way is not run twice: ' +
    'the host remembers that it ended, and how',
  async () => {
    const dir = scratch()
    const { result, statuses } = await run(
      dir,
      [runs({ run: `sleep 0.5; echo ran >> ${dir}/log` }), runs({ run: `echo second >> ${dir}/log` })],
      {},
      cutAtStart(),
    )
    assert.equal([result.status, statuses], ['changed', ['changed', 'changed']])
    assert.is(readFileSync(join(dir, 'log'), 'utf8'), 'ran\nsecond\n')
    const failed = await run(
      dir,
      [runs({ run: 'sleep 0.5; echo its last words; exit 7' }), runs({ run: ':' })],
      {},
      cutAtStart(),
    )
    assert.equal([failed.result.status, failed.statuses], ['failed', ['failed', 'not-reached']])
    assert.match(failed.result.error ?? '', /exit status 7\nits last words$/)
  },
)

test('a change that said on its lost way that its plan is outdated is made again, not failed', async () => {
  const dir = scratch()
  const apply = `sleep 0.4
[ -e ${dir}/flag ] || {
  touch ${dir}/flag
  printf %s "$MAILRUN_OUTDATED"
  exit 75
}
printf x > ${dir}/a`
  const { result, statuses } = await run(dir, [note({ path: join(dir, 'a'), text: 'x', apply })], {}, cutAtStart())
  assert.equal([result.error, result.status, statuses], [undefined, 'changed', ['changed']])
})

/** Shell text that prints, as a frame `done 1 0`, each word that a program can come by. */
const FORGED = `
seen=$(env; tr '\\0' '\\n' < /proc/self/environ; ls -l /proc/self/fd; cat "$run"/*progress; ls "$run"; ls /tmp
for p in /proc/[0-9]*; do tr '\\0' '\\n' < "$p/cmdline"; done 2>/dev/null)
for w in $(printf %s "$seen" | grep -o 'mailrun-[0-9a-z]*' | sort -u); do
  for frame in 'output 0' 'done 0 0' 'done 1 0' 'answered 0 0' end; do printf '\\n%s %s\\n' "$w" "$frame"; done
done`

test('a program that prints all words that it can come by as frames is not believed', async () => {
  for (const status of [1, 75]) {
    const dir = scratch()
    const { result, statuses } = await run(dir, [
      runs({ run: `${FORGED}\nprintf %s "$w"; exit ${status}` }),
      runs({ run: `echo second > ${dir}/ran` }),
    ])
    assert.match(result.error ?? '', `exit status ${status}`)
    assert.equal([result.status, statuses], ['failed', ['failed', 'not-reached']])
    assert.not.ok(existsSync(join(dir, 'ran')))
  }
})

test('that a plan is outdated is said by a word that no program sees, and that is no frame', async () => {
  const dir = scratch()
  const apply = `sh -c 'printf %s "$MAILRUN_OUTDATED"' > ${dir}/seen
[ -e ${dir}/asked ] || {
  touch ${dir}/asked
  printf '\\n%s done 0 1\\n%s' "$MAILRUN_OUTDATED" "$MAILRUN_OUTDATED"
  exit 75
}
printf x > ${dir}/a`
  process.env['MAILRUN_OUTDATED'] = 'brought along'
  const { result, statuses } = await run(dir, [note({ path: join(dir, 'a'), text: 'x', apply })]).finally(() => {
    delete process.env['MAILRUN_OUTDATED']
  })
  assert.equal([result.error, statuses, result.trips], [undefined, ['changed'], 3])
  assert.is(readFileSync(join(dir, 'seen'), 'utf8'), '')
})

test('a script cut short on its way was never begun: the host remembers, and a command is run once', async () => {
  const dir = scratch()
  let cut = false
  const { result, statuses } = await run(dir, [runs({ run: `echo ran >> ${dir}/log` })], {}, (connection) => ({
    ...connection,
    exchange(request) {
      if (cut || !request.script.includes('echo ran')) return connection.exchange(request)
      cut = true
      setTimeout(() => connection.close(), 200)
      return connection.exchange({ ...request, script: request.script.slice(0, request.script.length / 2) })
    },
  }))
  assert.equal([result.error, result.status, statuses, cut], [undefined, 'changed', ['changed'], true])
  assert.is(readFileSync(join(dir, 'log'), 'utf8'), 'ran\n')
})

test('a host that is away for a while after its connection was lost is tried again', async () => {
  const dir = scratch()
  const cutting = cutAtStart()
  let tries = 0
  const result = await converge(
    {
      host,
      tasks: [runs({ run: `sleep 0.3; echo ran >> ${dir}/log` })],
      outputs: {},
      secrets: [],
      source: () => new Uint8Array(),
    },
    runOptions({}),
    async () => {
      tries += 1
      if (tries === 2 || tries === 3) throw new Unreachable('connection refused')
      return cutting(await localConnect({ MAILRUN_RUN_DIR: join(dir, 'run') }))
    },
    () => {},
  )
  assert.equal([result.error, result.status, tries], [undefined, 'changed', 4])
  assert.is(readFileSync(join(dir, 'log'), 'utf8'), 'ran\n')
})

test('of a command whose shell was killed nobody can tell: unknown, and the host failed', async () => {
  const dir = scratch()
  const killShell = 'read -r _ _ _ shell _ < /proc/$PPID/stat; kill -9 $shell; sleep 0.3'
  const { result, statuses } = await run(dir, [runs({ run: killShell }), runs({ run: ':' })])
  assert.equal([result.status, statuses], ['failed', ['unknown', 'not-reached']])
})

/** What the host says after a change has begun, in place of what its shell says. */
const sayingAfterStart =
  (words: (mark: string) => string) =>
  (connection: Connection): Connection => ({
    ...connection,
    exchange: (request) =>
      connection.exchange({
        ...request,
        onStdout(chunk) {
          request.onStdout(chunk)
          const mark = request.end.split(' ')[0]!
          if (chunk.includes(' start 0')) request.onStdout(Buffer.from(words(mark)))
        },
      }),
  })

test('a change in hand when a host cannot be read any more is unknown, as are those after it', async () => {
  const tasks = [runs({ run: 'sleep 0.3' }), runs({ run: 'true' })]
  for (const words of [
    (mark: string) => `\n${mark} done 7 0\n`,
    (mark: string) => `\n${mark} ${'x'.repeat(8192)}`,
    (mark: string) => `\n${mark} ask 4\n`,
  ]) {
    const { result, statuses } = await run(scratch(), tasks, {}, sayingAfterStart(words))
    assert.equal([result.status, statuses], ['failed', ['unknown', 'unknown']], result.error)
    assert.match(result.error ?? '', /what the host says of its work cannot be read/)
    assert.match(result.tasks[0]?.why ?? '', /cannot be read/)
  }
})

test('a change in hand when a host says too much is unknown', async () => {
  const loud = (connection: Connection): Connection => ({
    ...connection,
    exchange: (request) =>
      new Promise((resolve, reject) => {
        const onStdout = (chunk: Buffer): void => {
          request.onStdout(chunk)
          if (chunk.includes(' start 1')) reject(new TooMuchSaid('the host sent more than 8 MiB'))
        }
        connection.exchange({ ...request, onStdout }).then(resolve, reject)
      }),
  })
  const tasks = [runs({ run: 'true' }), runs({ run: 'sleep 0.3' })]
  const { result, statuses } = await run(scratch(), tasks, {}, loud)
  assert.equal([result.status, statuses], ['failed', ['changed', 'unknown']], result.error)
  assert.match(result.error ?? '', /^the host sent more than 8 MiB/)
})

test('a change that failed before the host could not be read any more has failed', async () => {
  const failing = (mark: string): string => `\n${mark} output 0\nno\n${mark} done 0 3\n\n${mark} done 7 0\n`
  const { result, statuses } = await run(
    scratch(),
    [runs({ run: 'sleep 0.3' }), runs({ run: 'true' })],
    {},
    sayingAfterStart(failing),
  )
  assert.equal([result.status, statuses], ['failed', ['failed', 'not-reached']], result.error)
  assert.match(result.tasks[0]?.why ?? '', /^exit status 3/)
})

test('an interrupt lets the change in hand finish and starts nothing more', async () => {
  const dir = scratch()
  const interrupt = new AbortController()
  const { result, statuses } = await run(
    dir,
    [runs({ run: `sleep 1; echo done > ${dir}/a` }), runs({ run: `touch ${dir}/b` })],
    { interrupt: interrupt.signal },
    (connection) => ({
      ...connection,
      exchange: (request) =>
        connection.exchange({
          ...request,
          onStdout: (chunk) => {
            request.onStdout(chunk)
            if (chunk.includes(' start 0')) interrupt.abort()
          },
        }),
    }),
  )
  assert.equal(
    [result.status, statuses, existsSync(join(dir, 'a')), existsSync(join(dir, 'b'))],
    ['interrupted', ['changed', 'not-reached'], true, false],
  )
})

test('a second interrupt leaves at once, and says that the change in hand is unknown', async () => {
  const dir = scratch()
  const interrupt = new AbortController()
  const abandon = new AbortController()
  const { result, statuses } = await run(
    dir,
    [runs({ run: 'sleep 5' })],
    { interrupt: interrupt.signal, abandon: abandon.signal },
    (connection) => ({
      ...connection,
      exchange: (request) =>
        connection.exchange({
          ...request,
          onStdout: (chunk) => {
            request.onStdout(chunk)
            if (chunk.includes(' start 0')) {
              interrupt.abort()
              abandon.abort()
            }
          },
        }),
    }),
  )
  assert.equal([result.status, statuses], ['interrupted', ['unknown']])
})

test('two runs on one host do not interleave: the second waits and says for whom', async () => {
  const dir = scratch()
  const log = join(dir, 'log')
  writeFileSync(log, '')
  const slow = (name: string): Task =>
    runs({ run: `echo ${name} begins >> ${log}; sleep 0.5; echo ${name} ends >> ${log}` })
  const [one, two] = await Promise.all([run(dir, [slow('one')]), run(dir, [slow('two')])])
  assert.equal([one.result.status, two.result.status], ['changed', 'changed'])
  assert.match(
    readFileSync(log, 'utf8'),
    /^(one begins\none ends\ntwo begins\ntwo ends\n|two begins\ntwo ends\none begins\none ends\n)$/,
  )
  assert.match(JSON.stringify([one.events, two.events]), /"host-waiting","host":"here","holder":"\w+@.*process \d+/)
})

test('who waited for another run asks again before it changes anything', async () => {
  const dir = scratch()
  // Fails where it is there already, as mkdir does.
  const made = (): Task => note({ path: join(dir, 'a'), text: 'x', apply: `sleep 0.3; set -C; printf x > ${dir}/a` })
  const runs = await Promise.all([1, 2, 3].map(() => run(dir, [made()])))
  assert.equal(
    runs.map(({ result }) => result.error),
    [undefined, undefined, undefined],
  )
  assert.equal(runs.map(({ result }) => result.status).sort(), ['changed', 'ok', 'ok'])
})

test('a change whose plan is outdated is not made: the host is asked again', async () => {
  const dir = scratch()
  const path = join(dir, 'a')
  writeFileSync(path, 'one')
  // Adds a line to what was read, as long as it is still that.
  const adds = defineTask<{ readonly line: string }, string>({
    type: 'adds',
    name: ({ line }) => line,
    probe: () =>
      defineProbe({ key: 'adds', reads: [], script: sh`cat -- ${path}`, parse: ({ stdout }) => utf8(stdout) }),
    plan: ({ line }, now) =>
      now.includes(line)
        ? ok
        : change(
            [
              {
                summary: 'add',
                apply: lines([
                  orOutdated(sh`[ "$(cat -- ${path})" = ${now} ]`),
                  sh`printf %s ${`${now} ${line}`} > ${path}`,
                ]),
              },
            ],
            `${now} ${line}`,
          ),
    writes: () => [],
    examples: [],
  })
  const { result, statuses } = await run(dir, [runs({ run: `printf ' two' >> ${path}` }), adds({ line: 'three' })])
  assert.is(result.error, undefined)
  assert.equal([statuses, readFileSync(path, 'utf8')], [['changed', 'changed'], 'one two three'])
  const restless = adds({ line: 'four' })
  const failed = await run(dir, [
    {
      ...restless,
      plan: (now, context) => {
        const plan = restless.plan(now as string, context)
        writeFileSync(path, String(Math.random()))
        return plan
      },
    },
  ])
  assert.match(failed.result.error ?? '', /somebody else keeps changing this host/)
})

test(
  'a command that ends with the status of a time-out has not timed out; ' +
    'no status of its own makes a plan outdated',
  async () => {
    const dir = scratch()
    assert.match((await run(dir, [runs({ run: 'exit 124' })])).result.error ?? '', /exit status 124$/)
    assert.match((await run(dir, [runs({ run: 'exit 75' })])).result.error ?? '', /exit status 75$/)
  },
)

test("what a change leaves running does not write into the next one's output", async () => {
  const dir = scratch()
  const { result } = await run(dir, [
    runs({ run: '(for i in 1 2 3 4 5; do echo from the first; sleep 0.1; done) & :' }),
    runs({ run: 'sleep 0.3; echo from the second; exit 1' }),
  ])
  assert.match(result.error ?? '', /exit status 1\nfrom the second$/)
})

test('working files that cannot be written are said, before anything is changed', async () => {
  const dir = scratch()
  mkdirSync(join(dir, 'run/progress'), { recursive: true })
  const { result, statuses } = await run(dir, [note({ path: join(dir, 'a'), text: 'x' })])
  assert.equal([result.status, statuses, existsSync(join(dir, 'a'))], ['failed', ['not-reached'], false])
  assert.match(
    result.error ?? '',
    /cannot write .*progress: is its file system full or read-only\? \(df -h, df -i, mount\)/,
  )
})

test('an interrupt while another run is waited for ends at once, and nothing is unknown', async () => {
  const dir = scratch()
  const holds = run(dir, [runs({ run: 'sleep 3' })])
  await new Promise((resolve) => setTimeout(resolve, 1000))
  const interrupt = new AbortController()
  const began = performance.now()
  const waits = await run(dir, [runs({ run: `touch ${dir}/b` })], { interrupt: interrupt.signal }, (connection) => ({
    ...connection,
    exchange: (request) =>
      connection.exchange({
        ...request,
        onStdout: (chunk) => {
          request.onStdout(chunk)
          if (chunk.includes(' waiting ')) interrupt.abort()
        },
      }),
  }))
  assert.ok(performance.now() - began < 1500)
  assert.equal([waits.result.status, waits.statuses], ['interrupted', ['not-reached']])
  await holds
  assert.not(existsSync(join(dir, 'b')))
})

test('a secret of a task that has nothing to do is masked, and so is one deep in its arguments', async () => {
  const dir = scratch()
  const path = join(dir, 'a')
  writeFileSync(path, 'correct horse')
  const { result, events } = await run(dir, [
    note({ path, text: new Secret('correct horse') }),
    runs({ run: `cat ${path}; exit 1` }),
  ])
  assert.match(result.error ?? '', /\*{8}/)
  assert.not(JSON.stringify([result, events]).includes('correct horse'))
  assert.equal(
    secretsIn({ vars: { deep: [{ pw: new Secret('a') }, sh`x ${new Secret('b')}`, new Secret({ user: 'c' })] } }),
    ['a', 'b', 'c'],
  )
})

test('what stood there before a secret is not shown: no diff, and no summary that says from what to what', async () => {
  const dir = scratch()
  const path = join(dir, 'a')
  writeFileSync(path, 'the-old-password')
  const rotate = defineTask<{ readonly to: string; readonly secret: Secret }, string>({
    type: 'rotate',
    name: () => path,
    probe: () =>
      defineProbe({
        key: path,
        reads: [`path:${path}`],
        script: sh`cat -- ${path}`,
        parse: ({ stdout }) => utf8(stdout),
      }),
    plan: ({ to }, now) =>
      now === to
        ? ok
        : change(
            [
              {
                summary: `${now} → ${to}`,
                apply: sh`printf %s ${to} > ${path}; exit 3`,
                diff: { path, before: now, after: to },
              },
            ],
            to,
          ),
    writes: () => [`path:${path}`],
    examples: [],
  })
  for (const check of [true, false]) {
    const { result, events } = await run(
      dir,
      [rotate({ to: 'the-new-password', secret: new Secret('the-new-password') })],
      { check },
    )
    assert.equal(result.tasks[0]!.diffs, [])
    for (const password of ['the-old-password', 'the-new-password'])
      assert.not(JSON.stringify([result, events]).includes(password), `${password}: ${JSON.stringify(result)}`)
  }
})

test('a host that no turn came to shows no secret in the names of its tasks', async () => {
  const dir = scratch()
  const prepared = (name: string, tasks: readonly Task[]) => ({
    host: { ...host, name },
    tasks,
    outputs: {},
    secrets: ['of-the-vars'],
    source: () => new Uint8Array(),
  })
  const hosts = [prepared('first', [runs({ run: 'exit 1' })]), prepared('second', [runs({ run: 'echo of-the-vars' })])]
  const result = await rollout(
    hosts,
    runOptions({ maxFail: { count: 0 } }),
    async () => localConnect({ MAILRUN_RUN_DIR: join(dir, 'run') }),
    () => {},
  )
  assert.equal(
    result.hosts.map(({ status, tasks }) => [status, tasks[0]!.name]),
    [
      ['failed', 'exit 1'],
      ['not-reached', 'echo ********'],
    ],
  )
})

const question = (name: string): OutsideQuestion => ({
  to: 'name-servers',
  record: { name, type: 'TXT', value: 'v', purpose: 'dkim' },
  dns: {},
})
/** Writes the names that are served, and holds back the others. */
const gated = defineTask<{ readonly path: string; readonly names: readonly string[] }, string>({
  type: 'gated',
  name: ({ path }) => path,
  writes: ({ path }) => [`path:${path}`],
  examples: [],
  probe: ({ path }) =>
    defineProbe({
      key: `gated ${path}`,
      reads: [`path:${path}`],
      script: sh`cat -- ${path} 2>/dev/null || :`,
      parse: ({ stdout }) => utf8(stdout),
    }),
  plan: ({ path, names }, now) =>
    ask(names.map(question), (answers) => {
      const wanted = names.filter((_, index) => answers[index]!.kind === 'served').join(',')
      const plan = now === wanted ? ok : change([{ summary: wanted, apply: sh`printf %s ${wanted} > ${path}` }], wanted)
      return remarked<string>(
        plan,
        answers.every(({ kind }) => kind === 'served') ? {} : { held: 'not all are served' },
      )
    }),
})

test(
  'name servers are asked once a run for each question, without a trip; ' +
    'what is held back is neither failed nor ok, in a check as in the run',
  async () => {
    const dir = scratch()
    const asked: string[] = []
    const askOutside: AskOutside = ({ record: { name } }) => {
      asked.push(name)
      return Promise.resolve(name === 'b' ? { kind: 'not-served', where: ['ns2'] } : { kind: 'served' })
    }
    const tasks = [
      gated({ path: join(dir, 'a'), names: ['a', 'b'] }),
      gated({ path: join(dir, 'c'), names: ['a'] }),
      note({ path: join(dir, 'd'), text: 'x' }),
    ]
    const check = await run(dir, tasks, { check: true, askOutside })
    assert.equal(
      [check.result.status, check.result.trips, check.statuses, asked],
      ['held', 1, ['held', 'would-change', 'would-change'], ['a', 'b']],
    )
    const first = await run(dir, tasks, { askOutside })
    assert.equal(
      [first.result.status, first.result.trips, first.statuses, asked],
      ['held', 2, ['held', 'changed', 'changed'], ['a', 'b', 'a', 'b']],
    )
    assert.equal(
      first.result.tasks.map(({ changes }) => changes),
      check.result.tasks.map(({ changes }) => changes),
    )
    assert.is(first.result.tasks[0]!.why, 'not all are served')
    assert.is(readFileSync(join(dir, 'a'), 'utf8'), 'a')
    const again = await run(dir, tasks, { askOutside })
    assert.equal([again.result.status, again.result.trips, again.statuses], ['held', 1, ['held', 'ok', 'ok']])
  },
)

test('a warning about changes stays once they are made; the next run, which makes none, is without it', async () => {
  const careful = defineTask<{ readonly path: string }, string>({
    type: 'careful',
    name: () => 'it',
    probe: ({ path }) =>
      defineProbe({
        key: `careful ${path}`,
        reads: [`path:${path}`],
        script: sh`cat -- ${path} 2>/dev/null || :`,
        parse: ({ stdout }) => utf8(stdout),
      }),
    plan: ({ path }, now) =>
      remarked<string>(
        now === 'x' ? ok : change([{ summary: 'write', apply: sh`printf x > ${path}` }], 'x'),
        now === 'x' ? {} : { caution: 'nobody looked' },
      ),
    writes: ({ path }) => [`path:${path}`],
    examples: [],
  })
  const dir = scratch()
  const tasks = [careful({ path: join(dir, 'a') })]
  const warnings = []
  for (const check of [true, false, false])
    warnings.push((await run(dir, tasks, { check })).result.tasks.map(({ warning }) => warning))
  assert.equal(warnings, [['nobody looked'], ['nobody looked'], [undefined]])
})

test('a warning about a change that was not made is not kept', async () => {
  const dir = scratch()
  const path = join(dir, 'a')
  // Its first plan is outdated when it comes to it; what it does then needs no warning.
  const adds = defineTask<{}, string>({
    type: 'adds',
    name: () => 'it',
    probe: () =>
      defineProbe({
        key: 'adds',
        reads: [],
        script: sh`cat -- ${path} 2>/dev/null || :`,
        parse: ({ stdout }) => utf8(stdout),
      }),
    plan: (_, now) => {
      const apply = lines([orOutdated(sh`[ "$(cat -- ${path} 2>/dev/null)" = ${now} ]`), sh`printf x >> ${path}`])
      const plan = now.includes('x') ? ok : change([{ summary: 'add', apply }], `${now}x`)
      return remarked<string>(plan, now === '' ? { caution: 'nobody looked' } : {})
    },
    writes: () => [],
    examples: [],
  })
  const { result, statuses } = await run(dir, [runs({ run: `printf other >> ${path}` }), adds({})])
  assert.equal([result.error, statuses], [undefined, ['changed', 'changed']])
  assert.is(readFileSync(path, 'utf8'), 'otherx')
  assert.equal(
    result.tasks.map(({ warning }) => warning),
    [undefined, undefined],
  )
})

test('a host that waits for something outside does what goes before it, and goes on where it was', async () => {
  const dir = scratch()
  const tasks = [
    runs({ run: `echo once >> ${dir}/log` }),
    gated({ path: join(dir, 'a'), names: ['a'] }),
    note({ path: join(dir, 'b'), text: 'x' }),
  ]
  const host1 = hostRun(
    { host, tasks, outputs: {}, secrets: [], source: () => new Uint8Array() },
    runOptions({}),
    async () => localConnect({ MAILRUN_RUN_DIR: join(dir, 'run') }),
    () => {},
  )
  const parked = await host1.go(() => Promise.resolve({ kind: 'later' }))
  assert.equal(
    [parked.kind, parked.result.tasks.map(({ status }) => status)],
    ['parked', ['changed', 'not-reached', 'not-reached']],
  )
  const ended = await host1.go(() => Promise.resolve({ kind: 'served' }))
  assert.equal(
    [ended.kind, ended.result.status, ended.result.tasks.map(({ status }) => status), ended.result.trips],
    ['ended', 'changed', ['changed', 'changed', 'changed'], 4],
  )
  assert.is(readFileSync(join(dir, 'log'), 'utf8'), 'once\n')
})

test('once its connection was lost, a host is connected to anew, also where it is gone on with', async () => {
  for (const loses of [true, false]) {
    const dir = scratch()
    const cutting = loses ? cutAtStart() : (connection: Connection) => connection
    const wanted: unknown[] = []
    const host1 = hostRun(
      {
        host,
        tasks: [runs({ run: 'sleep 0.3' }), gated({ path: join(dir, 'a'), names: ['a'] })],
        outputs: {},
        secrets: [],
        source: () => new Uint8Array(),
      },
      runOptions({}),
      async (_host, _signal, _tell, _greeting, anew) => {
        wanted.push(anew === true)
        return cutting(await localConnect({ MAILRUN_RUN_DIR: join(dir, 'run') }))
      },
      () => {},
    )
    assert.is((await host1.go(() => Promise.resolve({ kind: 'later' }))).kind, 'parked')
    assert.is((await host1.go(() => Promise.resolve({ kind: 'served' }))).result.status, 'changed')
    assert.equal(wanted, loses ? [false, true, true] : [false, false])
  }
})

test('a plan that asks without end is a bug of its module', async () => {
  const dir = scratch()
  const endless = (depth: number): ReturnType<typeof ask<string>> =>
    ask<string>([question(`n${depth}`)], () => endless(depth + 1))
  const task: Task = { ...note({ path: join(dir, 'a'), text: 'x' }), plan: () => endless(0) }
  const { result } = await run(dir, [task], { askOutside: () => Promise.resolve({ kind: 'served' }) })
  assert.match(result.error ?? '', /note has a bug: its plan asks name servers without end/)
})

test('an interrupt while name servers are asked ends at once', async () => {
  const dir = scratch()
  const interrupt = new AbortController()
  const askOutside: AskOutside = (_, signal) => {
    interrupt.abort()
    return Promise.resolve(signal.aborted ? { kind: 'served' } : { kind: 'later' })
  }
  const { result, statuses } = await run(dir, [gated({ path: join(dir, 'a'), names: ['a'] })], {
    interrupt: interrupt.signal,
    askOutside,
  })
  assert.equal([result.status, statuses, existsSync(join(dir, 'a'))], ['interrupted', ['not-reached'], false])
})

test('an exchange with a dead shell is a lost connection', async () => {
  const connection = await localConnect({})
  await connection.exchange({
    script: 'echo; echo E; echo >&2; echo E >&2\n',
    end: 'E',
    onStdout: () => {},
    signal: never,
  })
  await assertRejects(
    connection.exchange({ script: 'exit 3\n', end: 'E', onStdout: () => {}, signal: never }),
    ConnectionLost,
  )
  await assertRejects(
    connection.exchange({ script: ':\n', end: 'E', onStdout: () => {}, signal: never }),
    ConnectionLost,
  )
})

test('a shell that ends before its first word never came up', async () => {
  const connection = await localConnect({})
  await assertRejects(
    connection.exchange({ script: 'echo no; exit 3\n', end: 'E', onStdout: () => {}, signal: never }),
    Unreachable,
  )
})

async function assertRejects(promise: Promise<unknown>, type: new (message: string) => Error): Promise<void> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  assert.instance(error, type)
}

test.run()
