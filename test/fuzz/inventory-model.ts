// A made-up fleet, and how it is written in YAML and in INI: the reader must come back to it from both.
import { text } from './mutate.ts'
import type { Random } from './random.ts'

export type Value = string | number | boolean | null | readonly Value[] | { readonly [key: string]: Value }

export interface ModelGroup {
  readonly name: string
  readonly hosts: readonly ModelHost[]
  readonly vars: readonly (readonly [string, Value])[]
  /** Of groups that come later: so none is below itself. */
  readonly children: readonly string[]
}

export interface ModelHost {
  readonly name: string
  readonly vars: readonly (readonly [string, Value])[]
}

const NAMES = ['a', 'b', 'mail', 'x_y', 'domains', 'mode', 'on', 'null', '__proto__', 'constructor', 'toString', 'é']
const HOSTS = [
  'mx1',
  'mx2',
  'mx1.example.org',
  '10.0.0.1',
  '2001:db8::1',
  '::1',
  'under_score',
  '1',
  'on',
  'UPPER',
  'bücher.example',
  'mx[1',
  '__proto__',
]
const TEXTS = [
  '',
  'x',
  'yes',
  'no',
  'on',
  'y',
  '~',
  'null',
  'true',
  '0644',
  '0x1f',
  '1e3',
  '1_000',
  '12:30',
  '-',
  '- x',
  ': x',
  'x: y',
  ' #',
  '# x',
  'a#b',
  "'",
  '"',
  '\\',
  '\\n',
  '[',
  '{',
  '{a',
  '&a',
  '*a',
  '!x',
  '|',
  '>',
  '%',
  '@',
  '`',
  '=',
  '<<',
  'None',
  'True',
  "u'x'",
  '(1, 2)',
  '2001-02-03',
  '.5',
  '.inf',
  '0b1',
  '0o7',
  ' lead',
  'trail ',
  '?',
]

export function model(random: Random): readonly ModelGroup[] {
  const names = ['g1', 'g2', 'g3', 'g4'].slice(0, 1 + random.below(4))
  return names.map((name, index) => ({
    name,
    hosts: unique(random.list(4, () => random.pick(HOSTS.filter((host) => host !== 'mx[1')))).map((host) => ({
      name: host,
      vars: vars(random),
    })),
    vars: vars(random),
    children: unique(random.list(2, () => random.pick(names))).filter((child) => names.indexOf(child) > index),
  }))
}

const unique = <T>(list: readonly T[]): readonly T[] => [...new Set(list)]
const vars = (random: Random): readonly (readonly [string, Value])[] =>
  unique(random.list(4, () => random.pick(NAMES))).map((name) => [name, value(random, 0)])

export function value(random: Random, depth: number): Value {
  switch (random.below(depth > 3 ? 5 : 8)) {
    case 0:
      return random.pick(TEXTS)
    case 1:
      return text(random, 12).replace(/\{\{|[\ud800\ufeff]/g, '')
    case 2:
      return random.oneIn(2) ? random.below(100_000) - 50_000 : (random.below(2000) - 1000) / 8
    case 3:
      return random.oneIn(2)
    case 4:
      return null
    case 5:
    case 6:
      return random.list(3, () => value(random, depth + 1))
    default:
      return Object.fromEntries(
        unique(random.list(3, () => random.pick(NAMES))).map((name) => [name, value(random, depth + 1)]),
      )
  }
}

/** In one of the ways of YAML: JSON's texts and brackets are YAML, too. */
export function yamlOf(random: Random, groups: readonly ModelGroup[]): string {
  const flow = (given: Value): string => {
    if (Array.isArray(given)) return `[${(given as readonly Value[]).map(flow).join(random.pick([', ', ',']))}]`
    if (typeof given === 'object' && given !== null) return `{ ${Object.entries(given).map(pair).join(', ')} }`
    if (typeof given === 'boolean')
      return random.pick(given ? ['true', 'yes', 'on', 'True', 'ON'] : ['false', 'no', 'off', 'False', 'NO'])
    if (given === null) return random.pick(['null', '~', 'Null'])
    if (typeof given === 'number') return String(given)
    return /^[a-z]$/.test(given) && random.oneIn(2) ? given : JSON.stringify(given)
  }
  const pair = ([key, each]: readonly [string, Value]): string => `${JSON.stringify(key)}: ${flow(each)}`
  const mapping = (entries: readonly (readonly [string, Value])[], indent: string): string => {
    if (entries.length === 0) return random.pick([' {}', '', ' null', ' # nothing'])
    if (random.oneIn(2)) return ` { ${entries.map(pair).join(', ')} }`
    return entries.map((entry) => `\n${indent}${pair(entry)}`).join('')
  }
  const hostsOf = (hosts: readonly ModelHost[]): string => {
    if (hosts.length === 0) return random.pick(['', ' {}'])
    return hosts.map(({ name, vars: given }) => `\n    ${JSON.stringify(name)}:${mapping(given, '      ')}`).join('')
  }
  return groups
    .map(({ name, hosts, vars: given, children }) => {
      const parts = [
        ...(hosts.length > 0 || random.oneIn(2) ? [`  hosts:${hostsOf(hosts)}\n`] : []),
        ...(given.length > 0 || random.oneIn(2) ? [`  vars:${mapping(given, '    ')}\n`] : []),
        ...(children.length > 0 ? [`  children:${children.map((child) => `\n    ${child}:`).join('')}\n`] : []),
      ]
      const comment = random.oneIn(4) ? '# a comment\n' : ''
      const ordered = random.oneIn(2) ? parts : parts.toReversed()
      return `${comment}${name}:\n${ordered.join('')}`
    })
    .join('')
}

/** Of an INI inventory a var's value is a Python literal, or the text itself where that is none. */
export const pythonOf = (random: Random, given: Value): string => {
  if (Array.isArray(given)) {
    const items = (given as readonly Value[]).map((each) => pythonOf(random, each))
    return random.oneIn(3)
      ? `(${items.map((each) => `${each},`).join(' ')})`
      : `[${items.join(random.pick([', ', ',', ' , ']))}${items.length > 0 && random.oneIn(4) ? ',' : ''}]`
  }
  if (typeof given === 'object' && given !== null)
    return `{${Object.entries(given)
      .map(([key, each]) => `${pythonText(random, key)}: ${pythonOf(random, each)}`)
      .join(', ')}}`
  if (typeof given === 'boolean') return given ? 'True' : 'False'
  if (given === null) return 'None'
  return typeof given === 'number' ? String(given) : pythonText(random, given)
}

function pythonText(random: Random, given: string): string {
  const quote = random.pick(["'", '"', "'''", '"""'])
  const inner = [...given]
    .map((char) => {
      const code = char.codePointAt(0)!
      if (char === '\\' || char === quote[0]) return `\\${char}`
      const isControl = code < 0x20 || code === 0x7f
      return isControl || (code > 0x7e && random.oneIn(2)) ? pythonEscape(code) : char
    })
    .join('')
  return `${random.oneIn(6) ? 'u' : ''}${quote}${inner}${quote}`
}

function pythonEscape(code: number): string {
  const hex = code.toString(16)
  if (code < 0x100) return `\\x${hex.padStart(2, '0')}`
  return code < 0x10000 ? `\\u${hex.padStart(4, '0')}` : `\\U${hex.padStart(8, '0')}`
}

export function iniOf(random: Random, groups: readonly ModelGroup[]): string {
  // A word of a line is what shlex makes of it: single quotes keep all but themselves.
  const word = (key: string, given: Value): string => `${key}='${pythonOf(random, given).replaceAll("'", `'"'"'`)}'`
  const noise = (): string => (random.oneIn(4) ? random.pick(['\n', '# a comment\n', '; another\n', '  \n']) : '')
  const line = (host: ModelHost): string => {
    const before = noise()
    const words = [host.name, ...host.vars.map(([key, each]) => word(key, each))]
    return `${before}${words.join(' ')}${random.oneIn(5) ? '  # why' : ''}\n`
  }
  return groups
    .map(({ name, hosts, vars: given, children }) =>
      [
        `${noise()}[${name}]\n`,
        ...hosts.map(line),
        ...(given.length > 0
          ? [
              `${noise()}[${name}:vars]\n`,
              ...given.map(([key, each]) => `${key}${random.pick(['=', ' = '])}${pythonOf(random, each)}\n`),
            ]
          : []),
        ...(children.length > 0 ? [`[${name}:children]\n`, ...children.map((child) => `${child}\n`)] : []),
      ].join(''),
    )
    .join('')
}
