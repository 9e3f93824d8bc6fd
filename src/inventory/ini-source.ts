// Reads an inventory in Ansible's INI form: [group], [group:vars], [group:children], hosts with key=value.
import { MailrunError } from '../core/mailrun-error.ts'
import { nearest } from '../text/nearest.ts'
import { pythonLiteral } from '../text/python-literal.ts'
import { shellWords } from '../text/shell-words.ts'
import { expandHostPattern } from './host-pattern.ts'
import { isTemplate, templateRefused } from './template-refused.ts'
import { addChild, addGroup, addHost, setGroupVar, type Tree } from './tree.ts'
import { messageOf } from '../text/message-of.ts'

const SECTION = /^\[([^:\]\s]+)(?::(\w+))?\]\s*(?:#.*)?$/
const STATES = ['hosts', 'vars', 'children']

interface Section {
  readonly group: string
  readonly state: string
}

/** Groups that are named before they are declared. */
type Pending = Map<string, { readonly where: string; readonly what: string }>

/** @throws MailrunError with file:line */
export function addIni(tree: Tree, text: string, path: string): void {
  const pending: Pending = new Map()
  const declared = new Set(['all', 'ungrouped', ...tree.groups.keys()])
  let section: Section = { group: 'ungrouped', state: 'hosts' }
  text.split(/\r\n|[\n\r]/).forEach((untrimmed, index) => {
    const line = untrimmed.trim()
    const where = `${path}:${index + 1}`
    if (line === '' || line.startsWith('#') || line.startsWith(';')) return
    if (isTemplate(line)) throw templateRefused(where)
    const header = SECTION.exec(line)
    if (header) section = readSection(tree, header, declared, pending, where)
    else if (line.startsWith('[') && line.endsWith(']')) {
      throw new MailrunError(
        `${line} is no section: [group], [group:vars] or [group:children] is wanted, without blanks`,
        where,
      )
    } else readLine(tree, section, line, declared, pending, where)
  })
  for (const [group, { where, what }] of pending)
    throw new MailrunError(`${what} the group ${group}, which is declared nowhere: add a section [${group}]`, where)
}

function readSection(
  tree: Tree,
  [, group = '', state = 'hosts']: RegExpExecArray,
  declared: Set<string>,
  pending: Pending,
  where: string,
): Section {
  if (!STATES.includes(state)) {
    const near = nearest(state, STATES)
    const hint = near ? `: did you mean ${near}?` : ''
    throw new MailrunError(
      `a section is [${group}], [${group}:vars] or [${group}:children], got [${group}:${state}]${hint}`,
      where,
    )
  }
  addGroup(tree, group, where)
  if (state === 'vars' && !declared.has(group) && !pending.has(group))
    pending.set(group, { where, what: 'these are vars of' })
  if (state !== 'vars') {
    declared.add(group)
    pending.delete(group)
  }
  return { group, state }
}

function readLine(
  tree: Tree,
  { group, state }: Section,
  line: string,
  declared: ReadonlySet<string>,
  pending: Pending,
  where: string,
): void {
  switch (state) {
    case 'hosts':
      return readHost(tree, group, line, where)
    case 'vars': {
      const at = line.indexOf('=')
      if (at < 0) throw new MailrunError(`key=value is wanted, got ${line}`, where)
      return setGroupVar(addGroup(tree, group, where), line.slice(0, at).trim(), {
        value: valueOf(line.slice(at + 1).trim()),
        where,
      })
    }
    default: {
      const child = /^([^:\]\s]+)\s*(?:#.*)?$/.exec(line)?.[1]
      if (child === undefined) throw new MailrunError(`the name of a group is wanted, got ${line}`, where)
      if (!declared.has(child) && !pending.has(child)) pending.set(child, { where, what: `${group} has as a child` })
      return addChild(tree, group, child, where)
    }
  }
}

function readHost(tree: Tree, group: string, line: string, where: string): void {
  const [pattern, ...assignments] = words(line, where)
  if (pattern === undefined) return
  if (pattern === '---') throw new MailrunError("this looks like YAML: let the file's name end in .yaml", where)
  const { names, port } = expandHostPattern(pattern, where)
  if (pattern.endsWith(':')) throw new MailrunError(`${pattern} ends in a colon, and no port follows`, where)
  const vars = assignments.map((word): readonly [string, unknown] => {
    const at = word.indexOf('=')
    if (at < 0) throw new MailrunError(`key=value is wanted after a host, got ${word}`, where)
    return [word.slice(0, at), valueOf(word.slice(at + 1))]
  })
  for (const name of names) {
    const host = addHost(tree, name, group, port, where)
    for (const [key, value] of vars) host.vars.set(key, { value, where })
  }
}

function words(line: string, where: string): readonly string[] {
  try {
    return shellWords(line, { comments: true })
  } catch (error) {
    throw new MailrunError(`this line cannot be taken apart: ${messageOf(error)}`, where)
  }
}

const valueOf = (text: string): unknown => pythonLiteral(text).value
