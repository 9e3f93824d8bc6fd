// Decides how a project's package.json names this package: by version, or by the file from which it was installed.
import { readFile } from 'node:fs/promises'
import { basename, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ownVersion } from '../version.ts'

/**
 * `^0.1.0`; or `file:../mailrun-0.1.0.tgz`, relative to the project, where this very package was installed from a
 * tarball: by `npm install`, or for one command by `npm exec --package`.
 *
 * @param folder - the project's.
 */
export async function ownDependency(folder: string): Promise<string> {
  const here = fileURLToPath(new URL('.', import.meta.resolve('mailrun/package.json')))
  const holder = resolve(here, '../..')
  // The project that has it in its node_modules says where it came from.
  const isInstalled = basename(resolve(here, '..')) === 'node_modules'
  const from = isInstalled ? await specIn(join(holder, 'package.json')) : undefined
  if (from === undefined || !from.startsWith('file:')) return `^${ownVersion()}`
  const path = relative(resolve(folder), resolve(holder, from.slice('file:'.length)))
  return `file:${path.startsWith('.') ? path : `./${path}`}`
}

async function specIn(path: string): Promise<string | undefined> {
  try {
    const { dependencies = {} } = JSON.parse(await readFile(path, 'utf8')) as {
      readonly dependencies?: Readonly<Record<string, unknown>>
    }
    const spec = dependencies['mailrun']
    return typeof spec === 'string' ? spec : undefined
  } catch {
    return undefined
  }
}
