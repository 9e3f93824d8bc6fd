// A lock that makes two lab commands wait for each other. It is released when its holder ends, however it ends.
import { spawn } from 'node:child_process'
import { mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Lab } from './lab.ts'
import { LabError } from './lab-error.ts'
import { say } from './say.ts'

/** Beside the state directory, which `down` removes. */
export const lockPath = (lab: Lab): string => `${lab.stateDir}.lock`

/** Of all labs of this machine. */
export const SUBNETS_LOCK = '/run/lock/mailrun-lab-subnets'

/** Of all that changes this machine's own packages or lists: apt itself would fail where another apt is at work. */
export const PACKAGES_LOCK = '/run/lock/mailrun-lab-packages'

const WAIT_SECONDS = 900

/**
 * Holds flock(1) on the file while `body` runs. The helper process reads a pipe from us, so our death by any signal
 * frees the lock.
 *
 * @throws LabError when another holder keeps it for 15 minutes.
 */
export async function withLock<T>(path: string, body: () => Promise<T>): Promise<T> {
  await mkdir(dirname(path), { recursive: true })
  const held =
    (await hold(path, ['--nonblock'])) ??
    (say(`another lab command holds ${path}; waiting for it`), await hold(path, ['--wait', String(WAIT_SECONDS)]))
  if (held === undefined)
    throw new LabError(
      `another lab command still holds ${path} after ${WAIT_SECONDS / 60} minutes: see who with "fuser ${path}"`,
    )
  try {
    return await body()
  } finally {
    await held()
  }
}

async function hold(path: string, how: readonly string[]): Promise<(() => Promise<void>) | undefined> {
  // Its own session: Ctrl-C at the terminal must not free the lock before we are gone.
  const child = spawn('flock', ['--exclusive', ...how, path, 'sh', '-c', 'echo held; exec cat'], {
    stdio: ['pipe', 'pipe', 'ignore'],
    detached: true,
  })
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()))
  const held = await new Promise<boolean>((resolve, reject) => {
    child.once('error', (error) => reject(new LabError(`flock (of util-linux) could not be started: ${error.message}`)))
    child.stdout.once('data', () => resolve(true))
    child.once('close', () => resolve(false))
  })
  if (!held) return undefined
  return async () => {
    child.stdin.end()
    await ended
  }
}
