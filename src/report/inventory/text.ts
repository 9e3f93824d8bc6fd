// Writes an inventory for people.
import type { Host } from '../../core/fleet/host.ts'
import type { Inventory } from '../../core/fleet/inventory.ts'
import type { Colours } from '../write/colour.ts'
import { pad, width } from '../write/width.ts'
import { varsOf, type InventoryFormat } from './format.ts'
import { asLines, EMPTY, joined, said, term, type TerminalText } from '../write/terminal.ts'

export const format: InventoryFormat = {
  language: 'terminal',
  about: 'people: each host with its groups and vars, and where each var was said',
  list: ({ hosts }, paint) => inventoryText(hosts, paint),
  names: ({ hosts }) => asLines(hosts.map(({ name }) => said(name))),
  host: hostText,
  graph: inventoryGraph,
}

/** Each host with its groups and vars, and where each var was said. */
export function inventoryText(hosts: readonly Host[], paint: Colours): TerminalText {
  return joined(
    hosts.map((host) => hostText(host, paint)),
    term`\n`,
  )
}

export function hostText(host: Host, paint: Colours): TerminalText {
  const vars = varsOf(host).map(([key, { value, where }]) => ({
    key: said(key),
    text: said(jsonOf(value) ?? 'null'),
    where: said(where),
  }))
  const columns = Math.max(0, ...vars.map(({ key }) => width(key)))
  const groups = host.groups.length === 0 ? EMPTY : term`  ${said(host.groups.join(', '))}`
  return asLines([
    term`${paint.strong(said(host.name))}${paint.head(groups)}${paint.faint(term`  ${said(host.where)}`)}`,
    ...vars.map(({ key, text, where }) => term`  ${pad(key, columns)}  ${text}${paint.faint(term`  ${where}`)}`),
  ])
}

/** `undefined` for what JSON cannot say. */
const jsonOf = (value: unknown): string | undefined => JSON.stringify(value)

/** The tree of groups, as ansible-inventory --graph draws it. */
export function inventoryGraph({ hosts, groups }: Inventory): TerminalText {
  const names = new Set(hosts.map(({ name }) => name))
  const line = (text: TerminalText, depth: number): TerminalText =>
    depth === 0 ? term`${text}\n` : term`${joined(Array.from({ length: depth }, () => term`  |`))}--${text}\n`
  const draw = (name: string, depth: number): TerminalText => {
    const { hosts: own, children } = groups.get(name)!
    const members = name === 'all' ? [] : own.filter((each) => names.has(each))
    return joined([
      line(term`@${said(name)}:`, depth),
      ...children.map((child) => draw(child, depth + 1)),
      ...members.map((each) => line(said(each), depth + 1)),
    ])
  }
  return draw('all', 0)
}
