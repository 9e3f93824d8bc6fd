// Reads a YAML file of vars: plain, or encrypted with age or sops.
import { readFile, stat } from 'node:fs/promises'
import { isMap, type Node } from 'yaml'
import { MailrunError } from '../core/mailrun-error.ts'
import { isAge } from '../secrets/age-format.ts'
import type { Keyring } from '../secrets/keyring.ts'
import { sealed } from '../secrets/sealed.ts'
import { isSops, sealedAs, sopsDecrypt } from '../secrets/sops.ts'
import { Secret } from '../shell/secret.ts'
import { utf8Of } from './utf8-of.ts'
import { parseYaml, type YamlFile } from './yaml-file.ts'

/** @throws MailrunError with file:line for what cannot be read, decrypted, or taken as YAML. */
export async function readYaml(path: string, keyring: Keyring): Promise<YamlFile> {
  const file = await parseYamlBytes(path, await bytesOf(path), keyring)
  const entries = isMap(file.root) && file.root.has('sops') ? file.value(file.root) : undefined
  return isSops(entries) ? withSops(path, file, entries, keyring) : file
}

async function bytesOf(path: string): Promise<Uint8Array> {
  try {
    if ((await stat(path)).isDirectory())
      throw new MailrunError('this is a directory: give the file, and repeat -i for several', path)
    return await readFile(path)
  } catch (error) {
    if (error instanceof MailrunError) throw error
    const { code, message } = error as NodeJS.ErrnoException
    throw new MailrunError(code === 'ENOENT' ? 'there is no such file' : message, path)
  }
}

/** All values of an encrypted file are secret; its keys are not. */
export async function parseYamlBytes(path: string, bytes: Uint8Array, keyring: Keyring): Promise<YamlFile> {
  if (!isAge(bytes)) return parseYaml(path, utf8Of(path, bytes), keyring)
  const text = new Secret(utf8Of(path, await keyring.open(bytes, path))).reveal()
  const file = await parseYaml(path, text, keyring)
  return { ...file, value: (node) => sealed(file.value(node)) }
}

/** The entries with the lines of the file as it lies there, their values as sops tells them. */
async function withSops(
  path: string,
  file: YamlFile,
  encrypted: Readonly<Record<string, unknown>>,
  keyring: Keyring,
): Promise<YamlFile> {
  const plain = await parseYaml(
    path,
    await sopsDecrypt(path, path.endsWith('.json') ? 'json' : 'yaml', keyring.identityFiles),
    keyring,
  )
  const values = new Map(
    plain.entries(plain.root, 'what sops tells', path).map(({ key, value }) => [key, plain.value(value)]),
  )
  const reported = new Map<Node, unknown>()
  const entries = file.entries(file.root, 'a file of vars', path).filter(({ key }) => key !== 'sops')
  for (const { key, value } of entries)
    if (value !== null) reported.set(value, sealedAs(encrypted[key], values.get(key)))
  return {
    ...file,
    entries: (node, what, where) => (node === file.root ? entries : file.entries(node, what, where)),
    value: (node) => (node !== null && reported.has(node) ? reported.get(node) : file.value(node)),
  }
}
