// Lists a folder of this machine that a task brings to hosts.
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { MailrunError } from '../core/mailrun-error.ts'
import type { FolderEntry, Listing } from '../core/fleet/source.ts'

/** A folder with more is rather an archive, for `unarchive`. */
const ENTRIES_AT_MOST = 5000
/** As path_resolution(7) has it for links; a folder that links to itself ends here. */
const DEPTH_AT_MOST = 40

/**
 * What is in the first of these folders that is there. Symbolic links are followed.
 *
 * @param given - as the playbook names it.
 * @throws MailrunError where none is there, or it holds what cannot be brought.
 */
export async function listFolder(
  places: readonly string[],
  given: string,
  where: string | undefined,
): Promise<Listing> {
  for (const place of places) {
    const entries: FolderEntry[] = []
    try {
      const found = await stat(place)
      if (!found.isDirectory())
        throw new MailrunError(`${place} is no folder: name it without a slash at its end`, where)
      await list(place, '', 0, entries)
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException
      if (error instanceof TooMuch) throw new MailrunError(`${place}${message}`, where)
      if (error instanceof MailrunError) throw error
      if (code === 'ENOENT' && entries.length === 0) continue
      throw new MailrunError(`${place} cannot be read: ${message}`, where)
    }
    return entries
  }
  throw new MailrunError(`there is no folder ${given}: looked for ${places.join(' and ')}`, where)
}

class TooMuch extends Error {}

async function list(folder: string, below: string, depth: number, entries: FolderEntry[]): Promise<void> {
  if (depth > DEPTH_AT_MOST)
    throw new TooMuch(`: more than ${DEPTH_AT_MOST} folders below each other: a link to itself?`)
  for (const name of (await readdir(folder)).sort()) {
    const path = `${below}${name}`
    const place = join(folder, name)
    const is = await stat(place)
    if (entries.length === ENTRIES_AT_MOST)
      throw new TooMuch(`: more than ${ENTRIES_AT_MOST} files and folders: bring them as an archive with unarchive`)
    if (is.isDirectory()) {
      entries.push({ path, kind: 'directory', executable: false })
      await list(place, `${path}/`, depth + 1, entries)
    } else if (is.isFile()) {
      entries.push({ path, kind: 'file', executable: (is.mode & 0o100) !== 0 })
    } else {
      throw new TooMuch(`/${path} is neither a file nor a folder`)
    }
  }
}
