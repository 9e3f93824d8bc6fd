// Reads a secret from the first line of a file.
import { readFile, stat } from 'node:fs/promises'
import { MailrunError } from '../../core/mailrun-error.ts'
import { Secret } from '../../shell/secret.ts'

/** @param flag - that named the file. @param what - is wanted there: `the password`. @throws MailrunError */
export async function secretFromFile(
  flag: string,
  path: string,
  what: string,
  warn: (line: string) => void,
): Promise<Secret> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new MailrunError(`${flag} ${path} cannot be read: ${error.message.replace(/,.*$/, '')}`)
  })
  const line = text.split(/\r?\n/, 1)[0]!
  if (line === '') throw new MailrunError(`${flag} ${path}: its first line is empty; wanted ${what} there`)
  const { mode } = await stat(path)
  if ((mode & 0o077) !== 0)
    warn(`${path} can be read by others (mode ${(mode & 0o7777).toString(8).padStart(4, '0')}); chmod 600 it`)
  return new Secret(line)
}
