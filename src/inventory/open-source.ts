// Detects the kind of an inventory and reads it, in Ansible's order: a list of hosts, a folder, a program, TypeScript,
// YAML, or INI.
import { open, readdir, readFile, stat } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { MailrunError } from '../core/mailrun-error.ts'
import { isAge } from '../secrets/age-format.ts'
import type { Keyring } from '../secrets/keyring.ts'
import { splitPort } from './host-pattern.ts'
import { addIni } from './ini-source.ts'
import { parseYamlBytes } from './read-yaml.ts'
import { addScript } from './script-source.ts'
import { addHost, type Tree } from './tree.ts'
import { addTyped, type LoadModule } from './typed-source.ts'
import { utf8Of } from './utf8-of.ts'
import { parseYaml } from './yaml-file.ts'
import { addYaml } from './yaml-source.ts'

const YAML = ['.yaml', '.yml', '.json']
const CODE = ['.ts', '.mts', '.js', '.mjs']
/** Of a folder's entries Ansible passes over these, besides hidden files. */
const IGNORED =
  /^\.|^(?:group_vars|host_vars|vars_plugins)$|(?:~|\.(?:pyc|pyo|swp|bak|rpm|md|txt|rst|orig|ini|cfg|retry))$/

/** @param source - as `-i` takes it. @throws MailrunError with file:line */
export async function addSource(tree: Tree, source: string, load: LoadModule, keyring: Keyring): Promise<void> {
  const is = await stat(source).catch(() => undefined)
  if (is === undefined && source.includes(',')) return addList(tree, source)
  if (is === undefined) {
    const looksLikePath = /[/]|\.[a-z]+$/.test(source)
    const hint = looksLikePath ? '' : ` (a list of hosts has a comma: ${source},)`
    throw new MailrunError(`there is no such file${hint}`, source)
  }
  if (is.isDirectory()) return addFolder(tree, source, load, keyring)
  const ending = extname(source)
  if (CODE.includes(ending)) return addTyped(tree, source, load)
  if (await isProgram(source)) return addScript(tree, source)
  const bytes = await bytesOf(source)
  if (isAge(bytes)) return addYaml(tree, await parseYamlBytes(source, bytes, keyring), source)
  const text = utf8Of(source, bytes)
  if (YAML.includes(ending)) return addYaml(tree, await parseYaml(source, text, keyring), source)
  // Without an ending both are tried; what looks like INI is not reported as broken YAML.
  if (ending === '' && !looksLikeIni(text)) return addYaml(tree, await parseYaml(source, text, keyring), source)
  return addIni(tree, text, source)
}

/** `-i mx1,mx2,` */
function addList(tree: Tree, list: string): void {
  const parts = list.split(',').map((part) => part.trim())
  for (const each of parts.filter((part) => part !== '')) {
    const { host, port } = splitPort(each)
    addHost(tree, host, 'ungrouped', port, '-i')
  }
}

async function addFolder(tree: Tree, folder: string, load: LoadModule, keyring: Keyring): Promise<void> {
  const all = (await readdir(folder)).sort()
  const names = all.filter((name) => !IGNORED.test(name))
  if (names.length === 0) {
    const passed = all.length === 0 ? '' : `; passed over, as in Ansible: ${all.join(', ')}`
    throw new MailrunError(`there is no inventory in this folder${passed}`, folder)
  }
  for (const name of names) await addSource(tree, join(folder, name), load, keyring)
}

/**
 * By its first bytes: a script's, or those of ELF. The mode tells little where a file system makes everything
 * executable.
 */
async function isProgram(path: string): Promise<boolean> {
  const file = await open(path).catch(() => undefined)
  if (file === undefined) return false
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(4), 0, 4, 0)
    const start = buffer.toString('latin1', 0, bytesRead)
    return start.startsWith('#!') || start === '\x7fELF'
  } finally {
    await file.close()
  }
}

const bytesOf = (path: string): Promise<Uint8Array> =>
  readFile(path).catch((error: Error) => {
    throw new MailrunError(error.message, path)
  })

/** The first line that says anything: a section, or a host without the colon of a mapping. */
function looksLikeIni(text: string): boolean {
  const first = text
    .split('\n')
    .map((line) => line.trim())
    .find((line) => line !== '' && !line.startsWith('#') && !line.startsWith(';'))
  return first !== undefined && (first.startsWith('[') || !/:(?:\s|$)|^[{-]/.test(first))
}
