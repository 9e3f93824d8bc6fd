// What the package brings: its playbooks, by path (`playbooks/dkim.ts`) or by name (`dkim`), and their templates.
import { existsSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

const PLAYBOOK_NAME = /^[\w-]+$/
const PLAYBOOK_PATH = /^(?:\.\/)?(playbooks\/[\w-]+\.ts)$/
const TEMPLATE_PATH = /^(?:\.\/)?(templates\/[\w.-]+\.ejs)$/
/** By name. */
export const SHIPPED_PLAYBOOKS: readonly string[] = ['dkim', 'mail-auth', 'mail-host']

const ENDINGS = ['ts', 'mts', 'js', 'mjs']

/**
 * The file of a playbook that is given by path or by name. A path where something is stands for itself. A name stands
 * for the project's `playbooks/NAME.ts` (or .mts, .js, .mjs), else for the package's playbook of that name; a path
 * `playbooks/NAME.ts` where the project has nothing stands for the package's, too. All else is returned as it is.
 */
export function playbookFile(given: string): string {
  if (PLAYBOOK_NAME.test(given)) {
    const own = ENDINGS.map((ending) => join('playbooks', `${given}.${ending}`)).find((path) => existsSync(path))
    return own ?? nearOr(shippedPlaybook(given), given)
  }
  const [, path] = PLAYBOOK_PATH.exec(given) ?? []
  return path === undefined || existsSync(given) ? given : nearOr(shippedFile(path), given)
}

/** The file of the package's playbook of that name. */
export const shippedPlaybook = (name: string): string | undefined => shippedFile(`playbooks/${name}.ts`)

/** The file of a template of the package, such as `templates/aliases.ejs`; `undefined` where it has none. */
export function shippedTemplate(given: string): string | undefined {
  const [, path] = TEMPLATE_PATH.exec(given) ?? []
  return path === undefined ? undefined : shippedFile(path)
}

/** @param path - in the package's folder. */
function shippedFile(path: string): string | undefined {
  const file = join(fileURLToPath(new URL('.', import.meta.resolve('mailrun/package.json'))), path)
  return existsSync(file) ? file : undefined
}

/** Relative to the current folder where it is below it. */
function nearOr(file: string | undefined, given: string): string {
  if (file === undefined) return given
  const near = relative(process.cwd(), file)
  return near.startsWith('..') ? file : near
}
