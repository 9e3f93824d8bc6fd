// The file of `mailrun adopt --write`: it is created if it does not exist, else compared.
import { mkdir, readFile, unlink, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { MailrunError } from '../../core/mailrun-error.ts'

/** What is in the file; `undefined`: it was not there, and is ours. */
export interface AdoptionTarget {
  readonly path: string
  readonly before: string | undefined
  write(text: string): Promise<void>
  /** Removes what was made and not written. */
  giveUp(): Promise<void>
}

/** Made beforehand: what is wrong with it must not come after all the work. @throws MailrunError */
export async function adoptionTarget(path: string): Promise<AdoptionTarget> {
  const before = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw new MailrunError(`the file cannot be read: ${error.message}`, `--write ${path}`)
  })
  if (before !== undefined) return { path, before, write: async () => {}, giveUp: async () => {} }
  try {
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path, '', { flag: 'wx' })
  } catch (error) {
    throw new MailrunError(`the file cannot be made: ${(error as Error).message}`, `--write ${path}`)
  }
  let isEmpty = true
  return {
    path,
    before,
    async write(text) {
      await writeFile(path, text)
      isEmpty = false
    },
    async giveUp() {
      if (isEmpty) await unlink(path)
    },
  }
}
