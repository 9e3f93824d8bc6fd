// Puts what `mailrun adopt` found into an existing inventory in Ansible's YAML form. No other line of the file changes.
import { isMap, isScalar, isSeq, parseDocument, type Node, type Pair, type YAMLMap } from 'yaml'
import type { AdoptedVar, Adoption } from '../../mail/adoption.ts'
import { hostLines, scalar, varLines } from './lines.ts'

/** From `start` to `end` of the text, in UTF-16. */
interface Edit {
  readonly start: number
  readonly end: number
  readonly text: string
}

type Entry = Pair<unknown, unknown>

/** Hosts and groups by name, where they are said first. */
interface Found {
  readonly hosts: Map<string, Entry>
  readonly groups: Map<string, Entry>
}

/** @returns `undefined` for a text that is no such inventory, or has no group `mail` with lines of its own. */
export function withAdoption(text: string, { hosts, shared, connection }: Adoption): string | undefined {
  const document = parseDocument(text, { schema: 'yaml-1.1', uniqueKeys: false })
  if (document.errors.length > 0 || !isMap(document.contents)) return undefined
  const found: Found = { hosts: new Map(), groups: new Map() }
  readGroups(document.contents, found)
  const mail = found.groups.get('mail')
  if (mail === undefined || !isMap(mail.value) || mail.value.flow === true) return undefined
  const edits: Edit[] = []
  const fresh = hosts.filter(({ name, status }) => status === 'adopted' && !found.hosts.has(name))
  if (fresh.length > 0 && isFull(entryOf(mail, 'hosts'))) return undefined
  for (const { name, status, vars } of hosts) {
    const entry = found.hosts.get(name)
    if (status === 'adopted' && entry !== undefined) edits.push(...put(text, entry, vars))
  }
  edits.push(
    ...below(text, mail, 'hosts', fresh.length > 0, (by) => fresh.flatMap((host) => hostLines(host, connection, by))),
  )
  const vars = entryOf(mail, 'vars')
  if (vars !== undefined) edits.push(...put(text, vars, shared))
  else edits.push(...below(text, mail, 'vars', shared.length > 0, (by) => shared.flatMap((each) => varLines(each, by))))
  return edited(text, edits)
}

const keyOf = ({ key }: Entry): string => (isScalar(key) ? String(key.value) : '')

const entryOf = ({ value }: Entry, name: string): Entry | undefined =>
  isMap(value) ? value.items.find((each) => keyOf(each) === name) : undefined

function readGroups(map: YAMLMap, found: Found): void {
  for (const group of map.items) {
    if (!found.groups.has(keyOf(group))) found.groups.set(keyOf(group), group)
    const hosts = entryOf(group, 'hosts')?.value
    for (const host of isMap(hosts) ? hosts.items : [])
      if (!found.hosts.has(keyOf(host))) found.hosts.set(keyOf(host), host)
    const children = entryOf(group, 'children')?.value
    if (isMap(children)) readGroups(children, found)
  }
}

/** Vars into the mapping of an entry. */
function put(text: string, entry: Entry, vars: readonly AdoptedVar[]): readonly Edit[] {
  const fresh = vars.filter(({ name }) => entryOf(entry, name) === undefined)
  const changed = vars.flatMap(({ name, value }) => {
    const before = entryOf(entry, name)
    return before === undefined ? [] : changedValue(text, before, value)
  })
  if (fresh.length === 0) return changed
  if (!isFlow(entry))
    return [...changed, ...linesInto(text, entry, (by) => fresh.flatMap((each) => varLines(each, by)))]
  const { items, range } = entry.value as YAMLMap
  const close = range![1] - 1
  const at = text.slice(0, close).trimEnd().length
  const said = fresh.map(({ name, value }) => `${name}: ${scalar(value)}`).join(', ')
  return [...changed, { start: at, end: at, text: items.length === 0 ? ` ${said} ` : `, ${said}` }]
}

const isFlow = ({ value }: Entry): boolean => isMap(value) && value.flow === true

/** A mapping in braces, which takes no lines. */
const isFull = (entry: Entry | undefined): boolean =>
  entry !== undefined && isFlow(entry) && (entry.value as YAMLMap).items.length > 0

/** A list in lines of its own grows; all else is written again where it differs. */
function changedValue(text: string, entry: Entry, wanted: unknown): readonly Edit[] {
  const node = entry.value as Node
  const before: unknown = JSON.parse(JSON.stringify(node))
  if (JSON.stringify(before) === JSON.stringify(wanted)) return []
  const isLines = isSeq(node) && node.flow !== true
  if (isLines && Array.isArray(wanted)) {
    const more = wanted.filter((each) => !(before as readonly unknown[]).includes(each))
    const by = ' '.repeat(columnOf(text, node.range![0]))
    return more.length === 0
      ? []
      : [
          after(
            text,
            endOf(node),
            more.map((each) => `${by}- ${scalar(each)}`),
          ),
        ]
  }
  return [{ start: node.range![0], end: node.range![1], text: scalar(wanted) }]
}

/** More lines into an entry of a group, which is made where it is not there. */
function below(
  text: string,
  group: Entry,
  name: string,
  wanted: boolean,
  lines: (by: string) => readonly string[],
): readonly Edit[] {
  if (!wanted) return []
  const entry = entryOf(group, name)
  if (entry !== undefined) return linesInto(text, entry, lines)
  return linesInto(text, group, (by) => [`${by}${name}:`, ...lines(`${by}  `)])
}

/** At the end of a mapping whose entries are lines, or of one that is not there yet. */
function linesInto(text: string, entry: Entry, lines: (by: string) => readonly string[]): readonly Edit[] {
  const first = isMap(entry.value) ? entry.value.items[0] : undefined
  const key = (first ?? entry).key as Node
  const column = columnOf(text, key.range![0]) + (first === undefined ? 2 : 0)
  const value = entry.value as Node
  const [start, end] = isFlow(entry) ? value.range! : [0, 0]
  // Empty braces make way for the lines.
  const braces = isFlow(entry) ? [{ start: text.slice(0, start).trimEnd().length, end, text: '' }] : []
  const at = behindComments(text, endOf(first === undefined ? key : value), column)
  return [...braces, after(text, at, lines(' '.repeat(column)))]
}

/** Comments below a place, at least as deep as a column, belong to what ends there. */
function behindComments(text: string, at: number, column: number): number {
  const line = /^\n( *)#.*/.exec(text.slice(lineEnd(text, at)))
  return line !== null && line[1]!.length >= column
    ? behindComments(text, lineEnd(text, at) + line[0].length, column)
    : at
}

const columnOf = (text: string, at: number): number => at - (text.lastIndexOf('\n', at - 1) + 1)

/** Where its last word ends. */
function endOf(node: Node): number {
  const last = isMap(node) ? node.items.at(-1) : undefined
  if (last !== undefined && (node as YAMLMap).flow !== true) return endOf((last.value ?? last.key) as Node)
  const item = isSeq(node) && node.flow !== true ? node.items.at(-1) : undefined
  return item === undefined ? node.range![1] : endOf(item as Node)
}

/** Behind the line of a place. */
function after(text: string, at: number, lines: readonly string[]): Edit {
  const end = lineEnd(text, at)
  const isLast = end === text.length
  const place = isLast ? end : end + 1
  const said = lines.map((line) => `${line}\n`).join('')
  return { start: place, end: place, text: isLast ? `\n${said}` : said }
}

/** Where the line of a place ends, without its line break; a place behind a line break is of the line before. */
function lineEnd(text: string, at: number): number {
  const end = text.indexOf('\n', text[at - 1] === '\n' ? at - 1 : at)
  return end === -1 ? text.length : end
}

function edited(text: string, edits: readonly Edit[]): string {
  let [whole, at] = ['', 0]
  for (const { start, end, text: put } of [...edits].sort((one, other) => one.start - other.start)) {
    whole += text.slice(at, start) + put
    at = end
  }
  return whole + text.slice(at)
}
