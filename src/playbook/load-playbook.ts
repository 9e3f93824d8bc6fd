// Loads a playbook file, and checks that it exports a playbook.
import { readdir, stat } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { MailrunError } from '../core/mailrun-error.ts'
import type { Playbook } from '../core/fleet/playbook.ts'
import { nearest } from '../text/nearest.ts'
import { importFile, type Modules } from './import-file.ts'

/**
 * @param modules - what the names that a playbook imports stand for, by name.
 * @throws MailrunError with file:line where the file is missing, cannot be read as code, or exports no playbook.
 */
export async function loadPlaybook(path: string, modules: Modules): Promise<Playbook> {
  await checkPlaybookPath(path)
  const found = (await importFile(path, modules)).default
  if (found === undefined)
    throw new MailrunError('the file has no default export: write export default playbook({ … })', path)
  if (typeof found !== 'object' || found === null || (found as { kind?: unknown }).kind !== 'playbook') {
    throw new MailrunError('the default export is no playbook: write export default playbook({ … })', path)
  }
  return found as Playbook
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
    throw new MailrunError(
      `this is a folder; wanted is a playbook${playbooks.length > 0 ? `, such as ${join(path, playbooks[0]!)}` : ''}`,
      path,
    )
  }
  const yaml = /\.ya?ml$/.test(path) ? ": Ansible's playbooks are not run, and an inventory goes after -i" : ''
  if (!CODE.test(path))
    throw new MailrunError(`a playbook is a file of TypeScript or JavaScript (.ts, .mts, .js, .mjs)${yaml}`, path)
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
