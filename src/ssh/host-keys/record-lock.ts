// A lock for a file that several runs may write: a second file beside it, which only one process can create.
import { closeSync, lstatSync, openSync, unlinkSync } from 'node:fs'

const POLL_MILLISECONDS = 2
/** Whoever holds the lock does so for a few milliseconds: one that is as old was left by a process that was killed. */
const STALE_MILLISECONDS = 3000

/**
 * Waits without letting go of the process, for a lock that is younger than that. Where none can be made (no right to
 * the folder), there is none.
 *
 * @returns what frees it.
 * @throws Error where one is left that cannot be removed, or others hold it all the time.
 */
export function fileLock(path: string): () => void {
  const until = performance.now() + STALE_MILLISECONDS
  for (;;) {
    try {
      closeSync(openSync(path, 'wx', 0o600))
      return () => void isRemoved(path)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') return () => {}
    }
    if (isStale(path)) {
      if (!isRemoved(path)) throw new Error(`its lock ${path} is left over and cannot be removed: remove it`)
      continue
    }
    if (performance.now() > until) {
      const seconds = STALE_MILLISECONDS / 1000
      throw new Error(`its lock ${path} did not get free within ${seconds} s: see who holds it, and remove it`)
    }
    // A host key is judged in the middle of a handshake, by a function that cannot wait otherwise.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, POLL_MILLISECONDS)
  }
}

/** Of the lock itself, were it a link. One of the future was made while the clock was wrong. */
function isStale(path: string): boolean {
  try {
    return Math.abs(Date.now() - lstatSync(path).mtimeMs) > STALE_MILLISECONDS
  } catch {
    return false
  }
}

/** Whether it is gone now, whoever removed it. */
function isRemoved(path: string): boolean {
  try {
    unlinkSync(path)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT'
  }
}
