// Runs the compiled command in a folder of the test's own.
import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtempSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

export const ROOT = join(import.meta.dirname, '../../../..')
/** The command, as users have it. */
export const MAIN = join(ROOT, 'dist/bundle/mailrun.js')

export interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface Project {
  readonly folder: string
  mailrun(...words: readonly string[]): Promise<Ended>
  /** The same, with a signal sent once standard output holds `until`. */
  interrupted(signal: NodeJS.Signals, until: string, ...words: readonly string[]): Promise<Ended>
  /** The same, with a standard output that nobody reads: closed from the start. */
  unread(...words: readonly string[]): Promise<Ended>
  remove(): void
}

/**
 * A user's project, in which the package is installed.
 *
 * @param seconds - after which a command is ended.
 */
export function project(files: Readonly<Record<string, string>>, seconds = 60): Project {
  const folder = mkdtempSync(join(tmpdir(), 'mailrun-cli-'))
  mkdirSync(join(folder, 'node_modules'))
  symlinkSync(ROOT, join(folder, 'node_modules/mailrun'))
  symlinkSync(join(ROOT, 'node_modules/valibot'), join(folder, 'node_modules/valibot'))
  for (const [path, text] of Object.entries({ 'package.json': '{ "type": "module" }', ...files })) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
  return {
    folder,
    mailrun: (...words) =>
      run(
        folder,
        seconds,
        words,
        () => {},
        () => {},
      ),
    interrupted(signal, until, ...words) {
      let sent = false
      return run(
        folder,
        seconds,
        words,
        (printed, child) => {
          if (!sent && printed.includes(until)) sent = child.kill(signal)
        },
        () => {},
      )
    },
    unread: (...words) =>
      run(
        folder,
        seconds,
        words,
        () => {},
        (child) => child.stdout?.destroy(),
      ),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}

const run = (
  folder: string,
  seconds: number,
  words: readonly string[],
  onOutput: (printed: string, child: ChildProcess) => void,
  onStart: (child: ChildProcess) => void,
): Promise<Ended> =>
  new Promise((resolve, reject) => {
    const { FORCE_COLOR: _, ...env } = process.env
    const child = spawn(process.execPath, [MAIN, ...words], {
      cwd: folder,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
      timeout: seconds * 1000,
    })
    onStart(child)
    let [stdout, stderr] = ['', '']
    child.stdout.on('data', (chunk: Buffer) => {
      stdout += chunk.toString()
      onOutput(stdout, child)
    })
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()))
    child.on('error', reject)
    child.on('close', (code) => resolve({ code, stdout, stderr }))
  })
