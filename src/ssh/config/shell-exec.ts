// Runs the command of a `Match exec` through the user's shell; the same command runs once for a run, however many hosts
// ask.
import { spawn } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { fromBytes } from './files/bytes.ts'
import { Refusal } from './files/refusal.ts'

const EXEC_SECONDS = 30

/** By command text. */
export type Runs = Map<string, Promise<boolean>>

/**
 * @throws Refusal where it cannot run, is ended by a signal, or takes longer than 30 s (for which OpenSSH would wait).
 */
export function succeeds(command: string, runs: Runs): Promise<boolean> {
  const known = runs.get(command) ?? run(fromBytes(command))
  runs.set(command, known)
  return known
}

async function run(command: string): Promise<boolean> {
  const shell = process.env['SHELL'] ?? '/bin/sh'
  try {
    accessSync(shell, constants.X_OK)
  } catch {
    throw new Refusal(`the shell ${shell} (SHELL) cannot be run`)
  }
  return new Promise((resolve, reject) => {
    const child = spawn(shell, ['-c', command], { stdio: ['ignore', 'ignore', 'inherit'], detached: true })
    const timer = setTimeout(() => {
      reject(new Refusal(`the command ${JSON.stringify(command)} ran for more than ${EXEC_SECONDS} s`))
      endGroup(child.pid)
    }, EXEC_SECONDS * 1000)
    child.on('error', (error) => {
      clearTimeout(timer)
      reject(new Refusal(`the command ${JSON.stringify(command)} cannot be run: ${error.message}`))
    })
    child.on('exit', (code, signal) => {
      clearTimeout(timer)
      if (code === null) reject(new Refusal(`the command ${JSON.stringify(command)} was ended by ${String(signal)}`))
      else resolve(code === 0)
    })
  })
}

/** The shell leads a group of its own, with all that it started. */
function endGroup(pid: number | undefined): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL')
  } catch {
    // It has ended just now.
  }
}
