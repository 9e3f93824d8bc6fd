// One host of two is taken over, and answers as it likes, round after round: the other host's results are those of a
// run without it, the run ends, nothing of what it said controls a terminal, and memory stays bounded.
import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import * as assert from 'uvu/assert'
import type { RunDocument } from '../src/report/run/json.ts'
import { randomOf } from './fuzz/random.ts'
import { BEHAVIOURS, HOSTILE_PROGRAM, speaksBeforeShell, SPOILERS } from './hostile-program.ts'
import { suite } from './suite.ts'
import { MAIN, project, ROOT } from './unit/cli/mailrun.ts'

type Lab = typeof import('../lab/index.ts')

/** Times the memory of a run in which all hosts are honest. */
const MEMORY_FACTOR = 3
const RUN_SECONDS = 150

const SLOW_CHANGE = `import { playbook, v } from 'mailrun'
import { command } from 'mailrun/tasks'
export default playbook({
  name: 'slow change', hosts: 'mail', vars: v.object({}), tasks: () => [command({ run: 'sleep 2' })],
})
`

export interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
  /** The most that the process held, in kB. */
  readonly peak: number
}

/** @param rounds - of each behaviour there is at least one where they are as many as behaviours. */
export function hostileRounds(rounds: number, lab: Lab): void {
  const seed = Number(process.env['MAILRUN_HOSTILE_SEED'] ?? '20270301')
  const choices = randomOf(seed)
  const test = suite(`hostile host, seed ${seed}`)
  const valid = new Ajv2020({ strict: true, allErrors: true }).compile(
    JSON.parse(readFileSync(join(ROOT, 'docs/run.schema.json'), 'utf8')) as object,
  )
  let honest: Readonly<Record<string, unknown>>
  let peak = 0

  const check = async (format: 'json' | 'text'): Promise<Ended> =>
    ended(['playbooks/dkim.ts', '-i', lab.inventoryPath, '--check', '--timeout', '10', '--format', format])

  test.before(async () => {
    await lab.labUp({ size: 2, tools: false, wire: undefined })
    for (const host of ['mx1', 'mx2']) await takeOver(lab, host)
    const run = await check('json')
    assert.ok(run.code === 0 || run.code === 2, run.stdout + run.stderr)
    const document = JSON.parse(run.stdout) as RunDocument
    honest = Object.fromEntries(document.hosts.map((host) => [host.name, resultOf(host)]))
    peak = run.peak
  })
  test.after(() => lab.labDown())

  for (let round = 0; round < rounds; round += 1) {
    const behaviour = BEHAVIOURS[round % BEHAVIOURS.length]!
    const own = choices.below(1_000_000_000)
    test(`${behaviour}, ${own}: the other host is as without it`, async () => {
      const taken = speaksBeforeShell(behaviour) ? 'mx2' : 'mx1'
      await tell(lab, taken, `${behaviour} ${own}`)
      try {
        const run = await check('json')
        assertEnded(run, peak, behaviour)
        const document = JSON.parse(run.stdout) as RunDocument
        assert.ok(valid(document), JSON.stringify(valid.errors))
        for (const host of document.hosts.filter(({ name }) => name !== taken))
          assert.equal(resultOf(host), honest[host.name])
        assertPlain(run)
        assertPlain(await check('text'))
      } finally {
        await tell(lab, taken, '')
      }
    })
  }
  for (const behaviour of SPOILERS) {
    test(`${behaviour}: what was begun is unknown; the other host is done`, () => spoil(behaviour, lab, peak))
  }
  test.run()
}

/** A host spoils its answers while a change is in hand. */
async function spoil(behaviour: string, lab: Lab, peak: number): Promise<void> {
  const here = project({ 'p.ts': SLOW_CHANGE })
  await tell(lab, 'mx1', `${behaviour} 1`)
  try {
    const run = await ended([join(here.folder, 'p.ts'), '-i', lab.inventoryPath, '--timeout', '10', '--format', 'json'])
    assertEnded(run, peak, behaviour)
    const { hosts } = JSON.parse(run.stdout) as RunDocument
    const reported = hosts.map(({ name, status, tasks }) => [name, status, ...tasks.map((task) => task.status)])
    const wanted = [
      ['mx1', 'failed', 'unknown'],
      ['mx2', 'changed', 'changed'],
    ]
    assert.equal(reported, wanted, run.stdout)
    assertPlain(run)
  } finally {
    await tell(lab, 'mx1', '')
    here.remove()
  }
}

/** Puts the program in place of every shell; it steps aside while there is nothing in /etc/hostile. */
export async function takeOver(lab: Lab, host: string): Promise<void> {
  const script = `
cat > /usr/local/bin/hostile-program <<'PROGRAM'
${HOSTILE_PROGRAM}PROGRAM
cat > /usr/local/bin/hostile <<'WRAPPER'
#!/bin/sh
[ ! -s /etc/hostile ] || exec /usr/local/bin/hostile-program
exec /bin/sh -c "$SSH_ORIGINAL_COMMAND"
WRAPPER
chmod 755 /usr/local/bin/hostile /usr/local/bin/hostile-program
: > /etc/hostile
echo 'ForceCommand /usr/local/bin/hostile' > /etc/ssh/sshd_config.d/00-hostile.conf
systemctl reload ssh`
  const { code, stderr } = await lab.hostExec(host, script)
  assert.is(code, 0, stderr)
}

export async function tell(lab: Lab, host: string, words: string): Promise<void> {
  assert.is((await lab.hostExec(host, `printf '%s' '${words}' > /etc/hostile`)).code, 0)
}

/** What a host's result says apart from how long it took. */
export function resultOf(host: object): unknown {
  return JSON.parse(JSON.stringify(host, (key, value: unknown) => (key === 'seconds' ? undefined : value)))
}

export function assertEnded({ code, stdout, stderr, peak }: Ended, honestPeak: number, behaviour: string): void {
  assert.ok(code !== null, `${behaviour}: the run did not end by itself`)
  assert.not.match(stdout + stderr, /\n {4}at |TypeError|RangeError|heap out of memory/)
  assert.ok(peak < MEMORY_FACTOR * honestPeak, `${behaviour}: ${peak} kB, a run without it ${honestPeak} kB`)
}

/** No control characters but line feeds, none that turn the direction of text, nothing that is no UTF-8. */
export function assertPlain({ stdout, stderr }: Ended): void {
  for (const text of [stdout, stderr]) {
    assert.not.match(text, /[\x00-\x09\x0b-\x1f\x7f-\x9f]/)
    assert.not.match(text, /[\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/)
  }
}

export async function ended(words: readonly string[]): Promise<Ended> {
  const { FORCE_COLOR: _, ...env } = process.env
  const child = spawn(process.execPath, [MAIN, ...words], { cwd: ROOT, env, stdio: ['ignore', 'pipe', 'pipe'] })
  let [stdout, stderr, peak] = ['', '', 0]
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()))
  const watch = setInterval(() => (peak = Math.max(peak, peakOf(child.pid))), 50)
  const timer = setTimeout(() => child.kill('SIGKILL'), RUN_SECONDS * 1000)
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve))
  clearInterval(watch)
  clearTimeout(timer)
  return { code, stdout, stderr, peak }
}

/** VmHWM of proc(5), in kB; 0 where the process is gone. */
function peakOf(pid: number | undefined): number {
  try {
    return Number(/^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0)
  } catch {
    return 0
  }
}
