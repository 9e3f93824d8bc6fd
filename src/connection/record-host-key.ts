// Appends a line to known_hosts, where many hosts of a run and several runs may do so at once.
import {
  closeSync,
  constants,
  fstatSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readSync,
  statSync,
  unlinkSync,
  writeSync,
} from 'node:fs'
import { devNull, homedir } from 'node:os'
import { dirname, join } from 'node:path'

const LOCK_POLL_MILLISECONDS = 2
/** Whoever holds the lock does so for a few milliseconds: one that is as old was left by a process that was killed. */
const STALE_LOCK_MILLISECONDS = 3000
const NEWLINE = 10

/**
 * Writes what `lines` gives, asked while no other mailrun writes the file; nothing where it gives none. Makes the file
 * (mode 0600) and ~/.ssh (0700) where they are missing; ends a last line that has no end. One write to the end of the
 * file: no line is torn, whoever else writes (ssh itself knows no lock). A write that fails half way is taken back.
 *
 * @throws NodeJS.ErrnoException
 */
export function appendLines(file: string, lines: () => string): void {
  // Recorded nowhere, as is wanted.
  if (file === devNull) return
  if (dirname(file) === join(homedir(), '.ssh')) mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
  const unlock = lock(`${file}.mailrun-lock`)
  try {
    const text = lines()
    if (text !== '') append(file, Buffer.from(text, 'latin1'))
  } finally {
    unlock()
  }
}

function append(file: string, text: Buffer): void {
  const descriptor = openSync(file, constants.O_RDWR | constants.O_APPEND | constants.O_CREAT, 0o600)
  try {
    const before = fstatSync(descriptor)
    const last = Buffer.of(NEWLINE)
    if (before.isFile() && before.size > 0) readSync(descriptor, last, 0, 1, before.size - 1)
    const whole = last[0] === NEWLINE ? text : Buffer.concat([Buffer.of(NEWLINE), text])
    const written = writeSync(descriptor, whole)
    if (written === whole.length) return
    if (fstatSync(descriptor).size === before.size + written) ftruncateSync(descriptor, before.size)
    throw Object.assign(new Error('no space is left'), { code: 'ENOSPC' })
  } finally {
    closeSync(descriptor)
  }
}

/**
 * A file that only one can make. Where none can be made (no right to the folder), the append alone must do: it tears no
 * line, but two runs may write the same one.
 */
function lock(path: string): () => void {
  for (;;) {
    try {
      closeSync(openSync(path, 'wx', 0o600))
      return () => forget(path)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') return () => {}
    }
    if (ageOf(path) > STALE_LOCK_MILLISECONDS) forget(path)
    // A host key is judged in the middle of a handshake, by a function that cannot wait otherwise.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, LOCK_POLL_MILLISECONDS)
  }
}

function ageOf(path: string): number {
  try {
    return Date.now() - statSync(path).mtimeMs
  } catch {
    return 0
  }
}

function forget(path: string): void {
  try {
    unlinkSync(path)
  } catch {
    // Another has removed it.
  }
}
