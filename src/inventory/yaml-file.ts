// A YAML file read as Ansible reads it (YAML 1.1), with the line of every node. Encrypted values become secrets.
import {
  isAlias,
  isCollection,
  isMap,
  isPair,
  isScalar,
  LineCounter,
  parseAllDocuments,
  visit,
  type Document,
  type Node,
  type Pair,
  type Scalar,
  type Tags,
} from 'yaml'
import { MailrunError } from '../core/mailrun-error.ts'
import type { Keyring } from '../secrets/keyring.ts'
import { vaultRefused } from '../secrets/vault.ts'
import { isTemplate, templateRefused } from './template-refused.ts'
import { isSecretTag, openSecrets } from './yaml-secrets.ts'
import { messageOf } from '../text/message-of.ts'

export interface YamlEntry {
  readonly key: string
  readonly value: Node | null
  /** file:line of the key. */
  readonly where: string
}

export interface YamlFile {
  readonly root: Node | null
  /** file:line */
  at(node: Node | null | undefined): string
  /**
   * Entries of a mapping, merge keys resolved, aliases followed.
   * @throws MailrunError unless it is one (`null` counts as empty).
   */
  entries(node: Node | null, what: string, where: string): readonly YamlEntry[]
  /** The same for a mapping of names, which may also be a single name as a text. */
  names(node: Node | null, what: string, where: string): readonly YamlEntry[]
  /** The plain value. */
  value(node: Node | null): unknown
}

const YES = /^(?:yes|Yes|YES|true|True|TRUE|on|On|ON)$/
const NO = /^(?:no|No|NO|false|False|FALSE|off|Off|OFF)$/
/** PyYAML wants a point and a sign: `1.0e+3`. */
const EXPONENT = /^[-+]?[0-9][0-9_]*\.[0-9_]*[eE][-+][0-9]+$/
const asAnsible = (tag: Tags[number]): Tags => {
  if (typeof tag !== 'object' || tag.collection !== undefined) return [tag]
  if (tag.tag === 'tag:yaml.org,2002:bool') return [{ ...tag, test: tag.test?.test('true') ? YES : NO }]
  if (tag.tag === 'tag:yaml.org,2002:float' && tag.format === 'EXP') return [{ ...tag, test: EXPONENT }]
  // The package reads it in another way where it is bundled.
  if (tag.tag === 'tag:yaml.org,2002:binary')
    return [{ ...tag, resolve: (text: string) => Buffer.from(text, 'base64') }]
  // A date stays as it is written.
  return tag.tag === 'tag:yaml.org,2002:timestamp' ? [] : [tag]
}

/** YAML 1.1 as Ansible's reader has it: `yes` and `on` are booleans, but `y`, `n` and `1e3` are texts. */
export const YAML_OPTIONS = {
  version: '1.1',
  merge: true,
  uniqueKeys: false,
  prettyErrors: false,
  logLevel: 'silent',
  customTags: (tags: Tags): Tags => tags.flatMap(asAnsible),
} as const

/**
 * @throws MailrunError with file:line for what is no YAML, several documents, duplicate keys, unknown tags, or
 * templates, or cannot be decrypted.
 */
export async function parseYaml(path: string, text: string, keyring: Keyring): Promise<YamlFile> {
  const counter = new LineCounter()
  const at = (node: Node | null | undefined): string =>
    node?.range ? `${path}:${counter.linePos(node.range[0]).line}` : path
  const documents = parseAllDocuments(text, { ...YAML_OPTIONS, lineCounter: counter })
  // A file of nothing but comments holds no document.
  const document = Array.isArray(documents) ? documents[0] : undefined
  if (document === undefined) return { root: null, at, entries: () => [], names: () => [], value: () => null }
  const wrong = document.errors[0]
  if (wrong)
    throw new MailrunError(`this is not YAML: ${wrong.message}`, `${path}:${counter.linePos(wrong.pos[0]).line}`)
  if (documents.length > 1) throw new MailrunError('one YAML document is wanted, there are several', path)
  refuseOddities(document, at)
  refuseKnots(document, at)
  await openSecrets(document, at, keyring)
  const follow = (node: Node | null): Node | null => {
    if (!isAlias(node)) return node
    const found = node.resolve(document) as Node | undefined
    if (found === undefined)
      throw new MailrunError(`*${node.source} stands for nothing: no &${node.source} comes before it`, at(node))
    return found
  }

  const entries: YamlFile['entries'] = (given, what, where) => {
    const node = follow(given)
    if (node === null || (isScalar(node) && node.value === null)) return []
    if (!isMap(node))
      throw new MailrunError(`${what} must be a mapping, got ${kindOf(node)}`, given?.range ? at(given) : where)
    const merged = new Map<string, YamlEntry>()
    for (const { key, value } of node.items as readonly Pair<Node, Node | null>[]) {
      const name = isScalar(key) ? nameOf(key) : undefined
      if (name === undefined) throw new MailrunError(`a key of ${what} must be a plain word`, at(key))
      // YAML merges do not override what the mapping says itself.
      if (name === '<<') {
        for (const entry of mergedIn(value, what, at(key))) if (!merged.has(entry.key)) merged.set(entry.key, entry)
      } else merged.set(name, { key: name, value, where: at(key) })
    }
    return [...merged.values()]
  }
  const mergedIn = (value: Node | null, what: string, where: string): readonly YamlEntry[] => {
    const node = follow(value)
    const parts = node !== null && 'items' in node && !isMap(node) ? (node.items as readonly (Node | null)[]) : [node]
    return parts.flatMap((part) => {
      const merged = follow(part)
      if (!isMap(merged)) throw new MailrunError('<< takes a mapping, or a list of mappings', where)
      return entries(merged, what, where)
    })
  }
  const names: YamlFile['names'] = (node, what, where) => {
    const single = follow(node)
    return isScalar(single) && typeof single.value === 'string'
      ? [{ key: single.value, value: null, where: at(node) }]
      : entries(node, what, where)
  }
  return { root: document.contents, at, entries, names, value: (node) => toValue(node, document, at) }
}

function toValue(node: Node | null, document: Document, at: (node: Node) => string): unknown {
  try {
    return node === null ? null : (node.toJS(document, { maxAliasCount: 1000 }) as unknown)
  } catch (error) {
    throw new MailrunError(`this value cannot be read: ${messageOf(error)}`, node ? at(node) : undefined)
  }
}

/** A key as it is written: a host may be called `1` or `on`; a merge key has a value of its own kind. */
const nameOf = (key: Scalar): string =>
  typeof key.value === 'string' ? key.value : (key.source ?? (typeof key.value === 'symbol' ? '<<' : String(key.value)))

const kindOf = (node: Node): string => (isScalar(node) ? `the value ${JSON.stringify(node.value)}` : 'a list')

const unknownTag = (tag: string, where: string): MailrunError =>
  tag.startsWith('!vault')
    ? vaultRefused('the value', where)
    : new MailrunError(`the tag ${tag} is not supported: give the value itself, or keep it in a file of its own`, where)

function refuseOddities(document: Document, at: (node: Node) => string): void {
  visit(document, {
    Collection(_, node) {
      if (node.tag?.startsWith('!')) throw unknownTag(node.tag, at(node))
    },
    Map(_, node) {
      if (node.tag?.startsWith('!')) throw unknownTag(node.tag, at(node))
      const seen = new Map<string, Node>()
      for (const { key } of node.items as readonly Pair<Node>[]) {
        // What an unquoted template looks like to YAML.
        if (isMap(key)) throw templateRefused(at(node))
        const name = isScalar(key) ? `${typeof key.value} ${String(key.value)}` : undefined
        if (name === undefined) continue
        const first = seen.get(name)
        if (first) {
          throw new MailrunError(
            `the key ${String((key as { value?: unknown }).value)} is here twice: first at ${at(first)}`,
            at(key),
          )
        }
        seen.set(name, key)
      }
    },
    Scalar(key, node) {
      const hidden = isSecretTag(node.tag)
      if (hidden && key === 'key')
        throw new MailrunError(`a key cannot be secret: ${node.tag ?? ''} goes before a value`, at(node))
      if (node.tag?.startsWith('!') && !hidden) throw unknownTag(node.tag, at(node))
      if (!hidden && isTemplate(node.value)) throw templateRefused(at(node))
    },
  })
}

/** Aliases spelled out, a file has no more nodes than this. */
const MOST_NODES = 2_000_000

/** Aliases that lead into themselves, and few lines that stand for millions. @throws MailrunError */
function refuseKnots(document: Document, at: (node: Node) => string): void {
  const known = new Map<Node, number>()
  const open = new Set<Node>()
  const weight = (node: unknown): number => {
    if (isAlias(node)) {
      const found = node.resolve(document)
      if (found !== undefined && open.has(found))
        throw new MailrunError(`*${node.source} is a part of itself`, at(node))
      return found === undefined ? 1 : weight(found)
    }
    if (!isCollection(node)) return 1
    const before = known.get(node)
    if (before !== undefined) return before
    open.add(node)
    let sum = 1
    for (const item of node.items as readonly unknown[])
      sum += isPair(item) ? weight(item.key) + weight(item.value) : weight(item)
    open.delete(node)
    if (sum > MOST_NODES)
      throw new MailrunError(`with its aliases spelled out this has more than ${MOST_NODES} nodes`, at(node))
    known.set(node, sum)
    return sum
  }
  // Without aliases there is nothing to look for.
  if (hasAlias(document)) weight(document.contents)
}

function hasAlias(document: Document): boolean {
  const found: Node[] = []
  visit(document, {
    Alias(_, node) {
      found.push(node)
      return visit.BREAK
    },
  })
  return found.length > 0
}
