// Imports a user's file: TypeScript with Node itself if Node can read it, else with jiti.
import { createRequire } from 'node:module'
import { dirname, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { cacheFolder } from './cache-folder.ts'
import { userError } from './user-error.ts'

/** What the names that a user's file imports stand for, by name, where jiti loads it. */
export type Modules = () => Promise<Readonly<Record<string, unknown>>>

/** What Node's own type stripping cannot do, and jiti can. */
const STRIPPED_ELSEWHERE = [
  'ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX',
  'ERR_UNSUPPORTED_NODE_MODULES_TYPE_STRIPPING',
  'ERR_MODULE_NOT_FOUND',
  'ERR_UNKNOWN_FILE_EXTENSION',
]

/** What the system says where the cache finds no room. */
const NO_ROOM = ['ENOSPC', 'EDQUOT', 'EROFS', 'EFBIG']

/** @throws MailrunError with file:line for what the file throws, or cannot be read as code. */
export async function importFile(path: string, modules: Modules): Promise<{ readonly default?: unknown }> {
  const absolute = resolve(path)
  try {
    return await load(absolute, modules)
  } catch (error) {
    throw userError(error, dirname(absolute), path)
  }
}

async function load(
  path: string,
  modules: () => Promise<Readonly<Record<string, unknown>>>,
): Promise<{ readonly default?: unknown }> {
  const typescript = /\.[cm]?ts$/.test(path)
  const strips = (process.features as { readonly typescript?: unknown }).typescript === 'strip'
  if (!typescript || strips) {
    try {
      return (await import(pathToFileURL(path).href)) as { readonly default?: unknown }
    } catch (error) {
      if (!typescript || !STRIPPED_ELSEWHERE.includes((error as NodeJS.ErrnoException).code ?? '')) throw error
    }
  }
  // By `import` Node would read through all of its code for the names that it exports.
  const { createJiti } = createRequire(import.meta.url)('jiti') as typeof import('jiti')
  const virtualModules = await modules()
  const withCache = (fsCache: string | false): Promise<{ readonly default?: unknown }> =>
    createJiti(path, { virtualModules, interopDefault: false, fsCache }).import(path)
  try {
    return await withCache(cacheFolder('playbooks'))
  } catch (error) {
    if (!NO_ROOM.includes((error as NodeJS.ErrnoException).code ?? '')) throw error
    return withCache(false)
  }
}
