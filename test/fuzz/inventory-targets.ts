// Inventories, host patterns and extra vars:
// what is well-formed is read as it was meant, what is not is refused with its place.
import { Ajv } from 'ajv'
import * as assert from 'uvu/assert'
import { fileNamePattern } from '../../src/text/file-name-pattern.ts'
import { expandHostPattern } from '../../src/inventory/host-pattern.ts'
import { addIni } from '../../src/inventory/ini-source.ts'
import { inventorySchema } from '../../src/inventory/inventory-schema.ts'
import { resolveTree } from '../../src/inventory/resolve.ts'
import { readListing } from '../../src/inventory/script-source.ts'
import { selectHosts } from '../../src/inventory/select-hosts.ts'
import { newTree, type Tree } from '../../src/inventory/tree.ts'
import { parseYaml } from '../../src/inventory/yaml-file.ts'
import { addYaml } from '../../src/inventory/yaml-source.ts'
import type { Inventory } from '../../src/core/fleet/inventory.ts'
import { describeVars } from '../../src/playbook/describe-vars.ts'
import { readExtraVars } from '../../src/playbook/extra-vars.ts'
import { keyringFor } from '../../src/commands/fleet/keyring-for.ts'
import { inventoryJson } from '../../src/report/inventory/json.ts'
import { CASES } from '../lab/ansible-corpus.ts'
import { iniOf, model, value, yamlOf, type ModelGroup } from './inventory-model.ts'
import { character, mutated } from './mutate.ts'
import type { Random } from './random.ts'
import { known, target, type Target } from './target.ts'

const KNOWN = ['MailrunError'] as const
/** Nothing that it could open is met. */
const KEYRING = keyringFor({})
const resolved = async (tree: Tree): Promise<Inventory> =>
  resolveTree(tree, [], { defaults: new Map(), extra: new Map() })
const yaml = async (source: string): Promise<Inventory> => {
  const tree = newTree()
  addYaml(tree, await parseYaml('f.yaml', source, KEYRING), 'f.yaml')
  return resolved(tree)
}
const ini = async (source: string): Promise<Inventory> => {
  const tree = newTree()
  addIni(tree, source, 'f')
  return resolved(tree)
}
const listing = async (source: string): Promise<Inventory> => {
  const tree = newTree()
  const { hosts, hostvars = {} } = readListing(tree, source, 'f --list')
  for (const host of hosts)
    for (const [key, each] of Object.entries((Object.hasOwn(hostvars, host) ? hostvars[host] : {}) as object))
      tree.hosts.get(host)!.vars.set(key, { value: each as unknown, where: 'f' })
  return resolved(tree)
}

/** As a program would print it. */
const listingOf = (groups: readonly ModelGroup[]): string => {
  /** Texts are JSON already. */
  const member = ([key, each]: readonly [string, unknown]): string =>
    `${JSON.stringify(key)}: ${typeof each === 'string' ? each : JSON.stringify(each)}`
  const object = (entries: Iterable<readonly [string, unknown]>): string =>
    `{${Array.from(entries, member).join(', ')}}`
  const hostvars = new Map<string, Map<string, unknown>>()
  for (const host of groups.flatMap(({ hosts }) => hosts))
    hostvars.set(
      host.name,
      new Map([
        ...(hostvars.get(host.name) ?? []),
        ...host.vars.map(([key, each]) => [key, JSON.stringify(each)] as const),
      ]),
    )
  const reported = groups.map(
    ({ name, hosts, vars, children }) =>
      [
        name,
        object([
          ['hosts', hosts.map((host) => host.name)],
          ['vars', object(vars.map(([key, each]) => [key, JSON.stringify(each)] as const))],
          ['children', children],
        ]),
      ] as const,
  )
  return object([
    ...reported,
    ['_meta', object([['hostvars', object([...hostvars].map(([host, vars]) => [host, object(vars)] as const))]])],
  ])
}

const YAML_WORDS = [
  '{{',
  '!vault ',
  '!secret ',
  '!age ',
  '&a ',
  '*a',
  '<<: *a',
  '<<: [*a, *a]',
  '---\n',
  '...\n',
  '%YAML 1.2\n',
  '? ',
  '- ',
  ': ',
  ' #',
  '|\n',
  '>\n',
  '"',
  "'",
  '[',
  ']',
  '{',
  '}',
  ',',
  'hosts:',
  'children:',
  'vars:',
  'all:',
  'plugin:',
  'mx[1:3]',
  'mx[9:1]',
  'ansible_port: 0',
  'ansible_host: x',
  'ansible_hots:',
  '~',
  '0o7',
  '.inf',
  '\t',
  '[[[[[[[[',
  '{a: {a: {a: ',
  '\n  ',
  'domains: x',
]
const INI_WORDS = [
  '[',
  ']',
  '[all]',
  '[x:vars]',
  '[x:children]',
  '[x:hosts]',
  '[x:var]',
  ':vars]',
  '=',
  ' = ',
  '#',
  ';',
  "'",
  '"',
  '\\',
  '{{',
  'None',
  "u'x'",
  '(1,',
  '[1,',
  '{1:',
  'mx[1:3]',
  'mx[a:c:2]',
  'mx1:22',
  'ansible_port=0',
  '---',
  '\r',
  'x=y',
  '0x',
  '1_0',
  '1e5',
  '-',
  '\n',
]
const JSON_WORDS = [
  '{',
  '}',
  '[',
  ']',
  ',',
  ':',
  '"',
  '\\',
  'null',
  'true',
  '1e999',
  '-0',
  '"_meta"',
  '"hostvars"',
  '"hosts"',
  '"__proto__"',
  '{}',
  '[]',
  '"vars": ',
  '"children": ["a"]',
]

const YAML_CORPUS = CASES.flatMap(({ files }) =>
  Object.entries(files).flatMap(([path, each]) => (/\.ya?ml$/.test(path) ? [each] : [])),
)
const INI_CORPUS = CASES.flatMap(({ files }) =>
  Object.entries(files).flatMap(([, each]) => (each.includes('[mail]') ? [each] : [])),
)

const schema = new Ajv({ strict: false }).compile(inventorySchema('inventory', describeVars([])) as object)

/** Aliases and merges upon each other, as no fleet needs them. */
function knotted(random: Random): string {
  const names = ['a', 'b', 'c', 'd']
  const ref = (): string => `*${random.pick(names)}`
  const group = (): string =>
    random.pick([
      () => `{ hosts: ${ref()} }`,
      () => `{ <<: ${ref()}, hosts: { x: } }`,
      () => `{ <<: [${ref()}, ${ref()}] }`,
      () => `{ children: { k: ${ref()} } }`,
      () => `{ vars: ${ref()} }`,
      () => '{ hosts: { h: } }',
      () => `{ vars: { v: [${ref()}, ${ref()}] } }`,
    ])()
  const lines = names.map((name) => `${name}: &${name} ${group()}\n`)
  const levels = 2 + random.below(random.oneIn(10) ? 40 : 8)
  /** Twice what is on the level before. */
  const doubled = (level: number): string => {
    if (level === 0) return '{ }'
    const last = `*n${level - 1}`
    return random.pick([`[${last}, ${last}]`, `{ x${level}: ${last}, y${level}: ${last} }`])
  }
  const bomb = Array.from({ length: levels }, (_, level) => {
    const key = random.pick(['<<', 'children'])
    return `n${level}: &n${level} { ${key}: ${doubled(level)} }\n`
  })
  return (random.oneIn(2) ? lines : bomb).join('')
}

const deep = (random: Random): string => {
  const levels = 10 ** (1 + random.below(4))
  return random.pick([
    () => '['.repeat(levels),
    () => `a: ${'['.repeat(levels)}${']'.repeat(levels)}`,
    () => `a: { vars: { x: ${'['.repeat(levels)}${']'.repeat(levels)} }, hosts: { h: } }`,
    () => 'a: {'.repeat(levels),
    () => `${'- '.repeat(levels)}x`,
    () => `a: { children: `.repeat(Math.min(levels, 3000)),
    () =>
      Array.from(
        { length: Math.min(levels, 800) },
        (_, level) => `${' '.repeat(2 * level)}${level % 2 === 0 ? `g${level}` : 'children'}:\n`,
      ).join(''),
  ])()
}

export const INVENTORY_TARGETS: readonly Target[] = [
  target({
    name: 'inventory: YAML, INI and a listing of the same fleet',
    make: (random) => {
      const groups = model(random)
      return { yaml: yamlOf(random, groups), ini: iniOf(random, groups), listing: listingOf(groups) }
    },
    async check(fleet) {
      const [a, b, c] = [
        inventoryJson(await yaml(fleet.yaml)),
        inventoryJson(await ini(fleet.ini)),
        inventoryJson(await listing(fleet.listing)),
      ]
      assert.is(JSON.stringify(sorted(a)), JSON.stringify(sorted(b)), 'YAML and INI')
      assert.is(JSON.stringify(sorted(a)), JSON.stringify(sorted(c)), 'YAML and JSON')
    },
  }),
  target({
    name: 'inventory: spoilt YAML',
    slow: 2,
    make: (random) =>
      random.oneIn(12)
        ? knotted(random)
        : random.oneIn(40)
          ? deep(random)
          : mutated(random, random.oneIn(2) ? random.pick(YAML_CORPUS) : yamlOf(random, model(random)), YAML_WORDS),
    async check(source) {
      const read = await known(KNOWN, () => yaml(source))
      if (read === undefined) return
      const file = await parseYaml('f.yaml', source, KEYRING)
      const whole = await known(KNOWN, () => file.value(file.root))
      // What is said of groups without hosts, or overridden, the loader does not look at.
      const refused =
        whole === undefined || source.includes('!secret') || schema(whole)
          ? []
          : schema.errors!.filter(
              ({ instancePath, propertyName = '' }) => !`${instancePath}/${propertyName}`.includes('/ansible_'),
            )
      assert.equal(
        refused.filter(({ keyword }) => !/^(?:if|propertyNames)$/.test(keyword)),
        [],
        `the schema for editors refuses what the loader takes: ${JSON.stringify(refused)}`,
      )
      if (!source.includes('\r'))
        assert.is(
          JSON.stringify(
            await known(KNOWN, async () =>
              inventoryJson(await yaml(`# one more line\n${source.startsWith('%') ? '' : source}`)),
            ),
          ),
          JSON.stringify(source.startsWith('%') ? inventoryJson(await yaml('')) : inventoryJson(read)),
          'a comment before it',
        )
    },
  }),
  target({
    name: 'inventory: spoilt INI',
    make: (random) =>
      mutated(random, random.oneIn(2) ? random.pick(INI_CORPUS) : iniOf(random, model(random)), INI_WORDS),
    async check(source) {
      const shown = (read: Inventory | undefined): string =>
        read === undefined ? 'refused' : JSON.stringify(inventoryJson(read))
      const read = await known(KNOWN, () => ini(source))
      const lines = source.split(/\r\n|[\n\r]/)
      assert.is(shown(await known(KNOWN, () => ini(lines.join('\r\n')))), shown(read), 'with other line ends')
      assert.is(
        shown(await known(KNOWN, () => ini(lines.flatMap((line) => ['', '; a comment', line]).join('\n')))),
        shown(read),
        'with comments between',
      )
    },
  }),
  target({
    name: 'inventory: spoilt listing of a program',
    make: (random) => mutated(random, listingOf(model(random)), JSON_WORDS),
    check: async (source) => void (await known(KNOWN, () => listing(source))),
  }),
  target({
    name: 'inventory: groups upon groups',
    slow: 10,
    make: (random) => {
      const [levels, width] = [1 + random.below(40), 1 + random.below(3)]
      const across = (each: (place: number) => string): string =>
        Array.from({ length: width }, (_, place) => each(place)).join('')
      const below = Array.from({ length: levels }, (_, level) =>
        across((place) => {
          const children = across((next) => (random.oneIn(5) ? '' : `g${level + 1}-${next}\n`))
          return `[g${level}-${place}:children]\n${children}${random.oneIn(200) ? 'g0-0\n' : ''}`
        }),
      )
      return below.join('') + across((place) => `[g${levels}-${place}]\nh${place}\n`)
    },
    check: async (source) => void (await known(KNOWN, () => ini(source))),
  }),
  target({
    name: 'host patterns: as they were meant',
    make: (random) => {
      const parts = Array.from({ length: 1 + random.below(4) }, () =>
        random.pick([() => literal(random), () => numbers(random), () => letters(random)])(),
      )
      return {
        pattern: parts.map(({ written }) => written).join(''),
        names: parts.reduce<readonly string[]>(
          (names, { means }) => names.flatMap((name) => means.map((each) => name + each)),
          [''],
        ),
        port: random.oneIn(3) ? random.below(65_536) : undefined,
      }
    },
    check({ pattern, names, port }) {
      if (names.length > 100_000) return
      assert.equal(expandHostPattern(port === undefined ? pattern : `${pattern}:${port}`, 'f'), { names, port })
    },
  }),
  target({
    name: 'host patterns: spoilt',
    slow: 4,
    make: (random) =>
      mutated(
        random,
        random.pick([
          'mx[1:3]',
          'a[01:99:2].b[a:z]',
          '[::1]:22',
          'x[1:99999]y[1:99999]',
          'mx1:2222',
          '[2001:db8::1]',
          'a[0:9]'.repeat(6),
        ]),
        ['[', ']', ':', '[1:', ':9]', '[99:', '0', '-1', '1e9', '99999', ' ', '[a:Z]', ',', '[1:9]'],
      ),
    async check(pattern) {
      const expanded = await known(KNOWN, () => expandHostPattern(pattern, 'f'))
      if (expanded !== undefined) assert.ok(expanded.names.length <= 100_001, `${expanded.names.length} names`)
    },
  }),
  target({
    name: 'limits: by set arithmetic, and spoilt',
    make: (random) =>
      random
        .list(
          5,
          () =>
            random.pick(['', ':', ',', ':!', ':&', ',!', ',&', '!', '&']) +
            random.pick([
              'a',
              'b',
              'c',
              'all',
              '*',
              'x*',
              '?1',
              '~x[12]',
              'x1',
              'x2',
              'a[0]',
              'a[-1]',
              'a[0:1]',
              'b[1:]',
              'a[',
              'a[x]',
              '~(',
              'ungrouped',
              'nobody',
              '[ab]',
              'a[0:99]',
              character(random),
            ]),
        )
        .join(''),
    async check(pattern) {
      const fleet = await FLEET
      const chosen = await known(KNOWN, () => selectHosts(fleet, pattern, '--limit'))
      if (chosen === undefined) return
      assert.ok(chosen.length > 0, 'nobody is selected, and no error')
      const names = chosen.map(({ name }) => name)
      assert.is(new Set(names).size, names.length, 'a host twice')
      // Where nobody is left, that is refused.
      const also = async (more: string): Promise<readonly string[]> =>
        (
          (await known(KNOWN, () =>
            selectHosts(fleet, `${pattern}${pattern.includes(',') ? ',' : ':'}${more}`, '--limit'),
          )) ?? []
        ).map(({ name }) => name)
      const { members } = fleet.groups.get('a')!
      assert.equal(
        await also('!a'),
        names.filter((name) => !members.includes(name)),
        'without a',
      )
      assert.equal(
        await also('&a'),
        names.filter((name) => members.includes(name)),
        'in a',
      )
    },
  }),
  target({
    name: 'wildcards: as a slow reader has them',
    make: (random) => ({
      pattern: random
        .list(8, () =>
          random.pick([
            '*',
            '?',
            '[ab]',
            '[!a]',
            '[',
            ']',
            'a',
            'b',
            '-',
            '[a-',
            '\\',
            '[]]',
            '[!]]',
            '.',
            '^',
            '[^a]',
            '\n',
            '😀',
          ]),
        )
        .join(''),
      name: random.list(6, () => random.pick(['a', 'b', ']', '[', '-', '\\', '.', '^', '!', '\n', '😀'])).join(''),
    }),
    check: ({ pattern, name }) => assert.is(fileNamePattern(pattern).test(name), slowMatch([...pattern], [...name])),
  }),
  target({
    name: 'extra vars: as they were meant',
    make: (random) => {
      const given = random.list(4, () => ({
        key: random.pick(['a', 'b', '_x', 'é', 'domains', '__proto__']),
        value: value(random, 0),
      }))
      return { given, spaces: random.pick(['', ' ', '\n']) }
    },
    async check({ given, spaces }) {
      const entries = given.map(({ key, value: each }, index) => [`${key}${index}`, each] as const)
      const members = entries.map(
        ([key, each]) => `${JSON.stringify(key)}: ${JSON.stringify(each).replaceAll('{{', '{ {')}`,
      )
      const vars = await readExtraVars([`${spaces}{${members.join(',')}}`], KEYRING)
      assert.is(JSON.stringify([...vars].map(([key, { value: each }]) => [key, each])), JSON.stringify(entries))
    },
  }),
  target({
    name: 'extra vars: spoilt',
    make: (random) =>
      mutated(
        random,
        random.pick([
          'a=1 b="x y" c=\'z\'',
          '{"a": [1, 2]}',
          '{a: *x, b: &x 1}',
          'a=*x',
          'a=&x',
          'a=!t',
          'a=[1',
          'a="{"',
          'a=<<',
          'a={<<: *b}',
          '[a, b]',
          'a=- b',
          'a=%',
          'a=|',
          'a=2001-02-03',
          'a=!!binary x',
          'a=!!set {x}',
          'a=!!omap [a: 1]',
          'a=*a',
        ]),
        [
          '=',
          '"',
          "'",
          '*x',
          '&x ',
          '!x ',
          '{',
          '}',
          '[',
          ']',
          ': ',
          '@',
          '<<: *x',
          '!!binary ',
          '!!timestamp ',
          '{{',
          ' ',
          '\n',
          '- ',
          '? ',
          '[[[[[[[[[[[[',
        ],
      ),
    check: async (source) =>
      void (source.startsWith('@') || (await known(KNOWN, () => readExtraVars([source], KEYRING)))),
  }),
]

const FLEET = ini('[a]\nx1\nx2\nx3\n[b]\nx2\ny1\n[c:children]\na\n[d]\nz\n')

interface Part {
  readonly written: string
  readonly means: readonly string[]
}

const literal = (random: Random): Part => {
  const written = random.pick(['mx', '-', '.example.org', 'a', '_', '0'])
  return { written, means: [written] }
}

function numbers(random: Random): Part {
  const from = random.below(random.oneIn(5) ? 500 : 12)
  const to = from + random.below(15)
  const step = 1 + random.below(3)
  const width = random.oneIn(2) ? String(to).length + random.below(2) : 0
  // Equally long with zeros in front, else as they are.
  const padded = (n: number): string => String(n).padStart(width, '0')
  const first = padded(from)
  const zeros = first.startsWith('0') && first.length > 1
  return {
    written: `[${first}:${zeros ? padded(to) : to}${step === 1 && random.oneIn(2) ? '' : `:${step}`}]`,
    means: sequence(from, to, step).map((n) => (zeros ? padded(n) : String(n))),
  }
}

function letters(random: Random): Part {
  const [from, to] = [random.below(20), random.below(6)]
  const step = 1 + random.below(3)
  const letter = (n: number): string => String.fromCharCode(97 + n)
  return {
    written: `[${letter(from)}:${letter(from + to)}:${step}]`,
    means: sequence(from, from + to, step).map(letter),
  }
}

const sequence = (from: number, to: number, step: number): readonly number[] =>
  Array.from({ length: Math.floor((to - from) / step) + 1 }, (_, index) => from + index * step)

/** By trying everything. */
function slowMatch(pattern: readonly string[], name: readonly string[]): boolean {
  const [first, ...rest] = pattern
  if (first === undefined) return name.length === 0
  if (first === '*') return name.some((_, index) => slowMatch(rest, name.slice(index))) || slowMatch(rest, [])
  if (name.length === 0) return false
  if (first === '?') return slowMatch(rest, name.slice(1))
  const body = first === '[' ? rest : []
  const negated = body[0] === '!'
  const start = negated ? 1 : 0
  const end = body.indexOf(']', start + 1)
  if (first !== '[' || end < 0) return first === name[0] && slowMatch(rest, name.slice(1))
  return inSet(body.slice(start, end), name[0]!) !== negated && slowMatch(body.slice(end + 1), name.slice(1))
}

function inSet(members: readonly string[], char: string): boolean {
  for (let at = 0; at < members.length; at += 1) {
    if (members[at + 1] === '-' && at + 2 < members.length) {
      if (members[at]! <= char && char <= members[at + 2]!) return true
      at += 2
    } else if (members[at] === char) return true
  }
  return false
}

/** With keys in order, at any depth. */
const sorted = (given: unknown): unknown =>
  Array.isArray(given)
    ? given.map(sorted)
    : typeof given === 'object' && given !== null
      ? Object.fromEntries(
          Object.entries(given)
            .sort(([a], [b]) => (a < b ? -1 : 1))
            .map(([key, each]) => [key, sorted(each)]),
        )
      : given
