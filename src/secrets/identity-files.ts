// Reads age identity files: one identity per line, with comments, or the whole file encrypted with a passphrase.
import { readFile, stat } from 'node:fs/promises'
import { MailrunError } from '../core/mailrun-error.ts'
import { Secret } from '../shell/secret.ts'
import { isAge, isArmoured } from './age-format.ts'

const IDENTITY = /^AGE-SECRET-KEY-(?:PQ-)?1[0-9A-Z]+$/

/**
 * @param open - of a file that is encrypted with a passphrase.
 * @param warn - of files that others can read.
 * @throws MailrunError with file:line
 */
export async function readIdentities(
  files: readonly string[],
  open: (binary: Uint8Array, file: string) => Promise<Uint8Array>,
  warn: (line: string) => void,
): Promise<readonly string[]> {
  const all: string[] = []
  for (const file of files) {
    const bytes = await readFile(file).catch((error: NodeJS.ErrnoException) => {
      throw new MailrunError(
        error.code === 'ENOENT'
          ? 'there is no such identity file'
          : `the identity file cannot be read: ${error.message.replace(/,.*$/, '')}`,
        file,
      )
    })
    const sealed = isAge(bytes)
    const { mode } = await stat(file)
    if (!sealed && (mode & 0o077) !== 0)
      warn(`${file} can be read by others (mode ${(mode & 0o7777).toString(8).padStart(4, '0')}); chmod 600 it`)
    const text = Buffer.from(sealed ? await open(await binaryOf(bytes), file) : bytes).toString()
    all.push(...(await identitiesIn(text, file)))
  }
  return all
}

async function identitiesIn(text: string, file: string): Promise<readonly string[]> {
  const { identityToRecipient } = await import('age-encryption')
  const found: string[] = []
  for (const [index, untrimmed] of text.split('\n').entries()) {
    const line = untrimmed.trim()
    if (line === '' || line.startsWith('#')) continue
    const where = `${file}:${index + 1}`
    // Whatever stands there may be a key: it is not repeated.
    if (line.startsWith('AGE-PLUGIN-'))
      throw new MailrunError('identities of age plugins are not supported: AGE-SECRET-KEY-1… is', where)
    if (/^-----BEGIN .*PRIVATE KEY-----$/.test(line))
      throw new MailrunError('SSH keys are not supported as age identities: make one with age-keygen', where)
    if (!IDENTITY.test(line))
      throw new MailrunError('this is no age identity: AGE-SECRET-KEY-1… is wanted, as age-keygen writes it', where)
    await identityToRecipient(line).catch(() => {
      throw new MailrunError('this age identity is damaged, or not whole', where)
    })
    found.push(new Secret(line).reveal())
  }
  if (found.length === 0) {
    throw new MailrunError(
      'there is no identity in this file: AGE-SECRET-KEY-1… is wanted, as age-keygen writes it',
      file,
    )
  }
  return found
}

async function binaryOf(bytes: Uint8Array): Promise<Uint8Array> {
  if (!isArmoured(bytes)) return bytes
  const { armor } = await import('age-encryption')
  return armor.decode(Buffer.from(bytes).toString('latin1'))
}
