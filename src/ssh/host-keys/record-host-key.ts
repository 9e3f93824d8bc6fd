// Appends a line to known_hosts, even if many hosts and several runs do so at the same time.
import { closeSync, constants, fstatSync, ftruncateSync, mkdirSync, openSync, readSync, writeSync } from 'node:fs'
import { devNull, homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileLock } from './record-lock.ts'

const NEWLINE = 10

/**
 * Writes what `lines` gives, asked while no other mailrun writes the file; nothing where it gives none. Makes the file
 * (mode 0600) and ~/.ssh (0700) where they are missing; ends a last line that has no end. One write to the end of the
 * file: no line is torn, whoever else writes (ssh itself knows no lock). A write that fails in the middle is taken
 * back.
 *
 * @throws NodeJS.ErrnoException; Error where the lock of the file is held or left over.
 */
export function appendLines(file: string, lines: () => string): void {
  // Recorded nowhere, as is wanted.
  if (file === devNull) return
  if (dirname(file) === join(homedir(), '.ssh')) mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
  const unlock = fileLock(`${file}.mailrun-lock`)
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
