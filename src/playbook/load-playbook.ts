// Loads a playbook file: TypeScript by Node itself where it can, else by jiti.
import { readdir, stat } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
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
  await checkPlaybookPath(path)
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

const CODE = /\.[cm]?[tj]s$/

/** @throws MailrunError unless there is a file of code. */
export async function checkPlaybookPath(path: string): Promise<void> {
  const absolute = resolve(path)
  const is = await stat(absolute).catch(() => undefined)
  if (is === undefined) {
    const near = await nearFile(path, absolute)
    throw new MailrunError(`there is no such playbook${near ? `: did you mean ${near}?` : ''}`, path)
  }
  if (is.isDirectory()) {
    const playbooks = (await readdir(absolute)).filter((name) => CODE.test(name)).sort()
    throw new MailrunError(`this is a folder; wanted is a playbook${playbooks.length > 0 ? `, such as ${join(path, playbooks[0]!)}` : ''}`, path)
  }
  const yaml = /\.ya?ml$/.test(path) ? ": Ansible's playbooks are not run, and an inventory goes after -i" : ''
  if (!CODE.test(path)) throw new MailrunError(`a playbook is a file of TypeScript or JavaScript (.ts, .mts, .js, .mjs)${yaml}`, path)
}

/** What lies beside it under a like name, or in playbooks/. */
async function nearFile(path: string, absolute: string): Promise<string | undefined> {
  const name = basename(absolute)
  for (const folder of [dirname(absolute), resolve('playbooks')]) {
    const names = (await readdir(folder).catch(() => [])).filter((each) => CODE.test(each))
    const found = names.find((each) => each.replace(CODE, '') === name.replace(CODE, '')) ?? nearest(name, names)
    if (found !== undefined) return folder === dirname(absolute) ? join(dirname(path), found) : join('playbooks', found)
  }
  return undefined
}
