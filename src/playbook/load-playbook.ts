// Loads a playbook file: TypeScript by Node itself where it can, else by jiti.
import { access, readdir } from 'node:fs/promises'
import { basename, dirname, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { MailrunError } from '../model/mailrun-error.ts'
import type { Playbook } from '../model/playbook.ts'
import { nearest } from '../text/nearest.ts'
import { cacheFolder } from './cache-folder.ts'
import { userError } from './user-error.ts'

/** What Node's own type stripping cannot do, and jiti can. */
const BEYOND_STRIPPING = ['ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX', 'ERR_UNSUPPORTED_NODE_MODULES_TYPE_STRIPPING', 'ERR_MODULE_NOT_FOUND', 'ERR_UNKNOWN_FILE_EXTENSION']

/**
 * `modules`: what the names that a playbook imports stand for, by name, where jiti loads it.
 * @throws MailrunError with file:line where the file is missing, cannot be read as code, or exports no playbook.
 */
export async function loadPlaybook(path: string, modules: () => Promise<Readonly<Record<string, unknown>>>): Promise<Playbook> {
  const absolute = resolve(path)
  await refuseMissing(path, absolute)
  let module: { readonly default?: unknown }
  try {
    module = await load(absolute, modules)
  } catch (error) {
    throw userError(error, dirname(absolute), path)
  }
  const found = module.default
  if (found === undefined) throw new MailrunError('the file has no default export: write export default playbook({ … })', path)
  if (typeof found !== 'object' || found === null || (found as { kind?: unknown }).kind !== 'playbook') {
    throw new MailrunError('the default export is no playbook: write export default playbook({ … })', path)
  }
  return found as Playbook
}

async function load(path: string, modules: () => Promise<Readonly<Record<string, unknown>>>): Promise<{ readonly default?: unknown }> {
  const typescript = /\.[cm]?ts$/.test(path)
  const strips = (process.features as { readonly typescript?: unknown }).typescript === 'strip'
  if (!typescript || strips) {
    try {
      return (await import(pathToFileURL(path).href)) as { readonly default?: unknown }
    } catch (error) {
      if (!typescript || !BEYOND_STRIPPING.includes((error as NodeJS.ErrnoException).code ?? '')) throw error
    }
  }
  const { createJiti } = await import('jiti')
  return createJiti(path, { virtualModules: await modules(), interopDefault: false, fsCache: cacheFolder() }).import(path)
}

async function refuseMissing(path: string, absolute: string): Promise<void> {
  if (await access(absolute).then(() => true, () => false)) return
  const names = await readdir(dirname(absolute)).catch(() => [])
  const near = nearest(basename(absolute), names)
  throw new MailrunError(`there is no such playbook${near ? `: did you mean ${near}?` : ''}`, path)
}
