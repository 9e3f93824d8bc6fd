// Reads files and renders templates before any connection, each once. Files that are encrypted with age are decrypted,
// and their content is secret.
import { readFile } from 'node:fs/promises'
import { dirname, isAbsolute, join } from 'node:path'
import { MailrunError } from '../core/mailrun-error.ts'
import { sourceKey, type Listing, type Source } from '../core/fleet/source.ts'
import type { Task } from '../core/task/task.ts'
import { isAge } from '../secrets/age-format.ts'
import type { Keyring } from '../secrets/keyring.ts'
import { refuseVault } from '../secrets/vault.ts'
import { Secret } from '../shell/secret.ts'
import { textsOf } from '../shell/secrets-in.ts'
import { listFolder } from './list-folder.ts'
import { render } from './render.ts'
import { shippedTemplate } from './shipped.ts'

interface SourceFile {
  readonly path: string
  readonly bytes: Buffer
  readonly sealed: boolean
}

export interface Sources {
  /** The tasks; those that bring a folder are made of what is in it. @throws MailrunError where there is none. */
  listed(tasks: readonly Task[]): Promise<readonly Task[]>
  /** @throws MailrunError where a source is missing, or a template cannot be rendered. */
  prepare(tasks: readonly Task[]): Promise<void>
  /** @throws for one that was not prepared. */
  get(source: Source): Uint8Array
  /** The texts of those of their sources that were encrypted. */
  secrets(tasks: readonly Task[]): readonly string[]
}

/**
 * Relative paths are looked up beside the playbook, then in the folder above; templates of the package's own
 * playbooks in the package at last.
 * @param playbook - absolute path of the playbook file.
 */
export function sourcesFor(playbook: string, keyring: Keyring): Sources {
  const contents = new Map<string, Uint8Array>()
  const secrets = new Map<string, readonly string[]>()
  const files = new Map<string, SourceFile>()
  const file = async (path: string, where: string | undefined): Promise<SourceFile> => {
    const known = files.get(path)
    if (known) return known
    const places = placesOf(path, playbook)
    for (const place of places) {
      const bytes = await readFile(place).catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined
        throw new MailrunError(`${place} cannot be read: ${error.message}`, where)
      })
      if (bytes === undefined) continue
      // Ansible's copy and template open these; put on a host as it is, it would be of no use there.
      refuseVault(bytes, place)
      const sealed = isAge(bytes)
      const found = {
        path: place,
        bytes: sealed ? Buffer.from(new Secret(await keyring.open(bytes, place)).reveal()) : bytes,
        sealed,
      }
      files.set(path, found)
      return found
    }
    throw new MailrunError(`there is no file ${path}: looked for ${places.join(' and ')}`, where)
  }
  const listings = new Map<string, Promise<Listing>>()
  const listing = (path: string, where: string | undefined): Promise<Listing> => {
    const known = listings.get(path) ?? listFolder(placesOf(path, playbook), path, where)
    listings.set(path, known)
    return known
  }
  return {
    listed: (tasks) =>
      Promise.all(
        tasks.map(async (task) =>
          task.folder === undefined ? task : task.folder.listed(await listing(task.folder.path, task.where)),
        ),
      ),
    async prepare(tasks) {
      for (const task of tasks) {
        for (const source of task.sources) {
          const key = sourceKey(source)
          if (contents.has(key)) continue
          const { path, bytes, sealed } = await file(source.path, task.where)
          const content =
            source.kind === 'file' ? bytes : Buffer.from(render(path, bytes.toString('utf8'), source.vars))
          contents.set(key, content)
          if (sealed) secrets.set(key, textsOf([bytes, content]))
        }
      }
    },
    get(source) {
      const content = contents.get(sourceKey(source))
      if (content === undefined) throw new Error(`the source ${source.path} was not prepared`)
      return content
    },
    secrets: (tasks) => tasks.flatMap((task) => task.sources.flatMap((source) => secrets.get(sourceKey(source)) ?? [])),
  }
}

function placesOf(path: string, playbook: string): readonly string[] {
  if (isAbsolute(path)) return [path]
  const shipped = shippedTemplate(path)
  const near = [join(dirname(playbook), path), join(dirname(playbook), '..', path)]
  return shipped === undefined ? near : [...near, shipped]
}
