// Finds the package's own playbooks: `playbooks/dkim.ts` means one of them if the project has no file of that name.
import { existsSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

const SHIPPED = /^(?:\.\/)?(playbooks\/[\w-]+\.ts)$/

/** The path itself where something is there; else the package's playbook of that name; else the path itself. */
export function playbookFile(path: string): string {
  const [, name] = SHIPPED.exec(path) ?? []
  if (name === undefined || existsSync(path)) return path
  const own = join(fileURLToPath(new URL('.', import.meta.resolve('mailrun/package.json'))), name)
  if (!existsSync(own)) return path
  const near = relative(process.cwd(), own)
  return near.startsWith('..') ? own : near
}
