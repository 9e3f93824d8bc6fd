// Runs a program with time(1), and returns its time, its processor time, and the memory of its largest process.
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface Timed {
  readonly seconds: number
  /** Of the program and of all whose end it waited for, user and system. */
  readonly cpuSeconds: number
  readonly megabytes: number
  readonly stdout: string
}

export interface Command {
  readonly words: readonly string[]
  /** The repository's root, for most. */
  readonly cwd: string
  readonly env: Readonly<Record<string, string>>
  /** The exit statuses that say that it did its job. */
  readonly wanted: readonly number[]
}

/** Longer, nothing of a bench takes. */
const MINUTES = 30

/** @throws Error with what it said, where it ends otherwise than wanted. */
export async function timed({ words, cwd, env, wanted }: Command): Promise<Timed> {
  const folder = mkdtempSync(join(tmpdir(), 'mailrun-bench-'))
  const usage = join(folder, 'usage')
  try {
    const began = performance.now()
    const child = spawn(
      '/usr/bin/time',
      ['--quiet', '-f', '%U %S %M', '-o', usage, 'timeout', '--foreground', '-k', '10', String(MINUTES * 60), ...words],
      { cwd, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] },
    )
    const [stdout, stderr]: [Buffer[], Buffer[]] = [[], []]
    child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk))
    child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk))
    let seconds = NaN
    child.once('exit', () => (seconds = (performance.now() - began) / 1000))
    const code = await new Promise<number | null>((resolve, reject) =>
      child.once('error', reject).once('close', resolve),
    )
    const said = Buffer.concat(stdout).toString()
    if (code === null || !wanted.includes(code)) {
      const ended = `ended with ${String(code)}, not ${wanted.join(' or ')}, after ${seconds.toFixed(1)} s`
      const output = said.slice(-4000) + Buffer.concat(stderr).toString().slice(-2000)
      throw new Error(`${words.slice(0, 4).join(' ')} … ${ended}\n${output}`)
    }
    const [user = NaN, system = NaN, kilobytes = NaN] = readFileSync(usage, 'utf8').trim().split(' ').map(Number)
    return { seconds, cpuSeconds: user + system, megabytes: kilobytes / 1024, stdout: said }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
