// Reads one configuration file from the disk, as lines of bytes.
import { closeSync, fstatSync, openSync, readSync, type Stats } from 'node:fs'
import { MailrunError } from '../../../core/mailrun-error.ts'
import { fromBytes } from './bytes.ts'
import type { Here } from '../machine.ts'
import { isSecure } from './permissions.ts'

const MOST_BYTES = 16 * 1024 * 1024

/** The lines of the file, or why it cannot be opened. A folder counts as empty, as with fopen(3). */
export type FileLines =
  | { readonly kind: 'lines'; readonly lines: readonly string[] }
  | { readonly kind: 'closed'; readonly why: string; readonly isMissing: boolean }

/** @param checked - whether permissions are checked. @throws MailrunError for bad permissions, and above 16 MiB. */
export function readLines(path: string, checked: boolean, here: Here): FileLines {
  let descriptor: number
  try {
    descriptor = openSync(Buffer.from(path, 'latin1'), 'r')
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    return { kind: 'closed', why: message, isMissing: code === 'ENOENT' }
  }
  try {
    const is = fstatSync(descriptor)
    if (checked && !isSecure(is, here)) throw insecure(path, is)
    if (is.isDirectory()) return { kind: 'lines', lines: [] }
    const lines = readAll(descriptor, path).split('\n')
    if (lines.at(-1) === '') lines.pop()
    return { kind: 'lines', lines }
  } finally {
    closeSync(descriptor)
  }
}

function insecure(path: string, { mode, uid }: Stats): MailrunError {
  const octal = (mode & 0o7777).toString(8).padStart(4, '0')
  return new MailrunError(
    'bad owner or permissions, ssh refuses it: it must belong to you or root and be writable by nobody else ' +
      `(chmod go-w, mode now ${octal}, owner ${uid})`,
    fromBytes(path),
  )
}

function readAll(descriptor: number, path: string): string {
  const chunks: Buffer[] = []
  for (let total = 0; ;) {
    const chunk = Buffer.alloc(65536)
    const count = readSync(descriptor, chunk)
    if (count === 0) return Buffer.concat(chunks).toString('latin1')
    total += count
    if (total > MOST_BYTES) throw new MailrunError('this is no ssh_config: it has more than 16 MiB', fromBytes(path))
    chunks.push(chunk.subarray(0, count))
  }
}
