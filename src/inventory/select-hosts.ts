// Ansible's host patterns: names, groups, wildcards, ~expressions, group[0:2]; `,` or `:` joins, `&` intersects, `!`
// excludes, @FILE lists them.
import { readFileSync } from 'node:fs'
import { isIP } from 'node:net'
import type { Host } from '../core/fleet/host.ts'
import type { Inventory } from '../core/fleet/inventory.ts'
import { MailrunError } from '../core/mailrun-error.ts'
import { nearest } from '../text/nearest.ts'
import { fileNamePattern } from '../text/file-name-pattern.ts'
import { splitPort } from './host-pattern.ts'
import { messageOf } from '../text/message-of.ts'

const LISTED = 20

/**
 * In the order of the pattern's parts, then of the inventory.
 *
 * @param where - what the pattern was given as: `--limit`.
 * @throws MailrunError for a part that matches nothing, where Ansible warns: a mistyped exclusion would widen the
 *   selection; and for a selection that is empty.
 */
export function selectHosts(inventory: Inventory, pattern: string, where: string): readonly Host[] {
  if (pattern.trim() === '') {
    throw new MailrunError(
      'a host, a group or a pattern is wanted, got nothing: is a variable of the shell unset?',
      where,
    )
  }
  const byName = new Map(inventory.hosts.map((host) => [host.name, host]))
  const parts = splitPattern(pattern).flatMap((part) => (part.startsWith('@') ? linesOf(part.slice(1), where) : [part]))
  const plain = parts.filter((part) => !/^[&!]/.test(part))
  let chosen: readonly string[] = []
  for (const part of plain.length === 0 ? ['all'] : plain)
    chosen = [...new Set([...chosen, ...matching(inventory, byName, part, where)])]
  for (const part of parts.filter((each) => each.startsWith('&'))) {
    const those = new Set(matching(inventory, byName, part.slice(1), where))
    chosen = chosen.filter((name) => those.has(name))
  }
  for (const part of parts.filter((each) => each.startsWith('!'))) {
    const those = new Set(matching(inventory, byName, part.slice(1), where))
    chosen = chosen.filter((name) => !those.has(name))
  }
  if (chosen.length === 0)
    throw new MailrunError(`${JSON.stringify(pattern)} selects no host; there are ${listed([...byName.keys()])}`, where)
  return chosen.map((name) => byName.get(name)!)
}

/** By commas where there are any; else by colons, unless the whole is one name, address or range. */
function splitPattern(pattern: string): readonly string[] {
  return partsOf(pattern)
    .map((part) => part.trim())
    .filter((part) => part !== '')
}

function partsOf(pattern: string): readonly string[] {
  if (pattern.includes(',')) return pattern.split(',')
  return isOne(pattern) ? [pattern] : (pattern.match(/(?:[^\s:[\]]|\[[^\]]*\])+/g) ?? [])
}

const RANGE = String.raw`\[(?:[a-z]:[a-z]|\d+:\d+)(?::\d+)?\]`
const LABEL = String.raw`(?:\w|${RANGE})(?:[\w-]|${RANGE})*(?<![_-])`
const HOST_NAME = new RegExp(`^${LABEL}(?:\\.${LABEL})*$`, 'iu')

function isOne(pattern: string): boolean {
  const { host } = splitPort(pattern)
  return isIP(host) !== 0 || HOST_NAME.test(host)
}

function linesOf(path: string, where: string): readonly string[] {
  try {
    return readFileSync(path, 'utf8')
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== '')
  } catch (error) {
    throw new MailrunError(`the file ${path} cannot be read: ${messageOf(error)}`, where)
  }
}

function matching(
  inventory: Inventory,
  byName: ReadonlyMap<string, Host>,
  part: string,
  where: string,
): readonly string[] {
  if (byName.has(part)) return [part]
  const { expression, from, to } = part.startsWith('~')
    ? { expression: part, from: undefined, to: undefined }
    : subscript(part)
  const found = enumerate(inventory, expression, where)
  if (found.length === 0) throw nobody(inventory, byName, part, expression, where)
  if (from === undefined) return found
  const slice = to === undefined ? [found.at(from)].flatMap((name) => name ?? []) : found.slice(from, to + 1)
  if (slice.length === 0) {
    throw new MailrunError(
      `${part} is beyond the end: ${expression} has ${found.length} hosts, the first is [0]`,
      where,
    )
  }
  return slice
}

/** `group[2]`, `group[-1]`, `group[1:3]`, `group[2:]`: counted from 0, both ends included. */
function subscript(part: string): {
  readonly expression: string
  readonly from: number | undefined
  readonly to: number | undefined
} {
  const [, expression, index, first, separator, last] = /^(.+)\[(?:(-?\d+)|(\d+)([:-])(\d*))\]$/.exec(part) ?? []
  if (expression === undefined || (index === undefined && separator === undefined))
    return { expression: part, from: undefined, to: undefined }
  if (index !== undefined) return { expression, from: Number(index), to: undefined }
  return { expression, from: Number(first), to: last === '' ? Infinity : Number(last) }
}

function enumerate({ groups, names }: Inventory, expression: string, where: string): readonly string[] {
  const matches = expressionOf(expression, where)
  const matchingGroups = [...groups.values()].filter(({ name }) => matches.test(name))
  const alsoHosts = matchingGroups.length === 0 || /^~|[.?*[]/.test(expression)
  return [
    ...new Set([
      ...matchingGroups.flatMap(({ members }) => members),
      ...(alsoHosts ? names.filter((name) => matches.test(name)) : []),
    ]),
  ]
}

function expressionOf(expression: string, where: string): RegExp {
  try {
    // Python's match() is bound to the beginning only.
    return expression.startsWith('~') ? new RegExp(`^(?:${expression.slice(1)})`, 'u') : fileNamePattern(expression)
  } catch (error) {
    throw new MailrunError(`${expression} is no regular expression: ${messageOf(error)}`, where)
  }
}

function nobody(
  { groups }: Inventory,
  byName: ReadonlyMap<string, Host>,
  part: string,
  expression: string,
  where: string,
): MailrunError {
  const group = groups.get(expression)
  if (group !== undefined) return new MailrunError(`the group ${expression} has no hosts`, where)
  const names = [...groups.keys(), ...byName.keys()]
  const near = nearest(part, names)
  const hint = near ? `: did you mean ${near}?` : `; there are ${listed(names)}`
  return new MailrunError(`no host and no group is called ${JSON.stringify(part)}${hint}`, where)
}

const listed = (names: readonly string[]): string =>
  names.length <= LISTED ? names.join(', ') : `${names.slice(0, LISTED).join(', ')} and ${names.length - LISTED} more`
