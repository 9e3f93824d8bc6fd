// The fleet as `mailrun inventory` shows it: for people, and in the shape of ansible-inventory --list.
import type { Host, Var } from '../model/host.ts'
import type { Inventory } from '../model/inventory.ts'
import { STARS } from '../shell/secret.ts'
import type { Colours } from './colour.ts'
import { pad, width } from './width.ts'
import { asLines, EMPTY, joined, said, term, type TerminalText } from './write/terminal.ts'

/** Never shown. */
const PASSWORDS = /^ansible_(?:\w+_)?pass(?:word|phrase)?$/

const shown = (key: string, value: unknown): unknown => (PASSWORDS.test(key) ? STARS : value)

/** All vars of a host, the connection's too, by name. */
const varsOf = ({ vars, connection }: Host): readonly (readonly [string, Var])[] =>
  [...vars, ...connection].sort(([a], [b]) => (a < b ? -1 : 1))

/** The shape of `ansible-inventory --list`. */
export function inventoryJson({ hosts, groups }: Inventory): Readonly<Record<string, unknown>> {
  const names = new Set(hosts.map(({ name }) => name))
  const members = [...groups.values()].flatMap(({ name, hosts: own, children }): [string, object][] => {
    const listed = name === 'all' ? [] : own.filter((each) => names.has(each))
    const group = { ...(listed.length === 0 ? {} : { hosts: listed }), ...(children.length === 0 ? {} : { children }) }
    return Object.keys(group).length === 0 ? [] : [[name, group]]
  })
  const hostvars = hosts.map((host): [string, object] => [
    host.name,
    Object.fromEntries(varsOf(host).map(([key, { value }]) => [key, shown(key, value)])),
  ])
  return {
    _meta: { hostvars: Object.fromEntries(hostvars.filter(([, vars]) => Object.keys(vars).length > 0)) },
    ...Object.fromEntries(members),
  }
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
    text: said(jsonOf(shown(key, value)) ?? 'null'),
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

export const hostJson = (host: Host): Readonly<Record<string, unknown>> => ({
  name: host.name,
  groups: host.groups,
  where: host.where,
  vars: Object.fromEntries(varsOf(host).map(([key, { value, where }]) => [key, { value: shown(key, value), where }])),
})

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
