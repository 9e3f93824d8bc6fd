// Reads `--extra-vars` as Ansible does: k=v words, a mapping in YAML or JSON, or @FILE.
import { parseDocument } from 'yaml'
import type { Var } from '../core/fleet/host.ts'
import { MailrunError } from '../core/mailrun-error.ts'
import type { Keyring } from '../secrets/keyring.ts'
import { readYaml } from '../inventory/read-yaml.ts'
import { isTemplate, templateRefused } from '../inventory/template-refused.ts'
import { parseYaml, YAML_OPTIONS, type YamlFile } from '../inventory/yaml-file.ts'

export interface ExtraVar extends Var {
  /** Of `k=v`: the text as YAML reads it, for a var that takes no text. */
  readonly reread?: unknown
}

const WHERE = '--extra-vars'

/** Text as on the command line, or values as they are; later ones override. @throws MailrunError */
export async function readExtraVars(
  given: readonly (string | Readonly<Record<string, unknown>>)[],
  keyring: Keyring,
): Promise<ReadonlyMap<string, ExtraVar>> {
  const vars = new Map<string, ExtraVar>()
  const take = (file: YamlFile, where: string): void => {
    for (const entry of file.entries(file.root, where, where))
      vars.set(entry.key, { value: file.value(entry.value), where: where === WHERE ? WHERE : entry.where })
  }
  for (const text of given) {
    if (typeof text !== 'string')
      for (const [key, value] of Object.entries(text)) vars.set(key, { value, where: 'extraVars' })
    else if (text.startsWith('@')) take(await readYaml(text.slice(1), keyring), text.slice(1))
    else if (/^\s*[{[]/.test(text)) take(await parseYaml(WHERE, text, keyring), WHERE)
    else for (const word of text.match(/(?:[^\s"']|"[^"]*"|'[^']*')+/g) ?? []) vars.set(...assignment(word))
  }
  return vars
}

function assignment(word: string): [string, ExtraVar] {
  const [, key, quoted] = /^([\p{L}_][\p{L}\p{N}_]*)=(.*)$/su.exec(word) ?? []
  if (key === undefined || quoted === undefined)
    throw new MailrunError(`k=v, a mapping, or @FILE is wanted, got ${JSON.stringify(word)}`, WHERE)
  if (isTemplate(quoted)) throw templateRefused(`${WHERE}: ${key}`)
  const value = quoted.replace(/^(["'])(.*)\1$/s, '$2')
  return [key, { value, where: WHERE, reread: rereadText(value) }]
}

/** As YAML reads it; where it is none, or has an alias or a merge of nothing, as it is. */
export function rereadText(text: string): unknown {
  try {
    const document = parseDocument(text, YAML_OPTIONS)
    return document.errors.length > 0 ? text : (document.toJS() as unknown)
  } catch {
    return text
  }
}
