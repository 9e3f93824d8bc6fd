// Vars as JSON Schema: as much as can be said, and nothing that would flag a value which the schema takes.
import { Ajv } from 'ajv'
import * as assert from 'uvu/assert'
import { playbook, v, type Playbook } from '../../../src/index.ts'
import { inventorySchema } from '../../../src/inventory/inventory-schema.ts'
import type { StandardSchema } from '../../../src/core/standard-schema.ts'
import { describeVars } from '../../../src/playbook/describe-vars.ts'
import { suite } from '../../suite.ts'

const test = suite('vars as JSON Schema')

const taking = (vars: StandardSchema, name = 'p'): Playbook => playbook({ name, hosts: 'all', vars, tasks: () => [] })
const validator = (...playbooks: readonly Playbook[]) =>
  new Ajv({ strict: false }).compile(inventorySchema('vars', describeVars(playbooks)) as object)
const verdicts = (schema: v.GenericSchema, value: unknown): readonly boolean[] => [
  v.safeParse(v.object({ x: schema }), { x: value }).success,
  validator(taking(v.object({ x: schema })))({ x: value }),
]

/** Values that valibot takes, and that a plain conversion would flag. */
const GOOD: readonly (readonly [string, v.GenericSchema, unknown])[] = [
  ['a check after a transformation', v.pipe(v.string(), v.trim(), v.regex(/^x$/)), ' x '],
  ['a length after a transformation', v.pipe(v.string(), v.trim(), v.maxLength(1)), ' x '],
  ['a regular expression with flags', v.pipe(v.string(), v.regex(/^x$/i)), 'X'],
  ['one that is none with u', v.pipe(v.string(), v.regex(new RegExp('^\\-$'))), '-'],
  ["valibot's own expressions with flags", v.pipe(v.string(), v.mac48()), 'AA:BB:CC:DD:EE:FF'],
  ['a date-time without a zone', v.pipe(v.string(), v.isoDateTime()), '2026-11-25T10:10'],
  ['a URL that is hardly one', v.pipe(v.string(), v.url()), 'x:'],
  ['a fallback', v.fallback(v.number(), 5), 'no number'],
  ['a fallback inside', v.object({ y: v.fallback(v.pipe(v.number(), v.integer()), 5) }), { y: 'no number' }],
  ['a fallback in a list', v.array(v.fallback(v.number(), 5)), ['no number']],
  ['a fallback that is missing', v.object({ y: v.fallback(v.number(), 5) }), {}],
  [
    'alternatives that overlap',
    v.variant('t', [v.object({ t: v.literal('a'), z: v.optional(v.string()) }), v.object({ t: v.literal('b') })]),
    { t: 'a' },
  ],
  ['a tuple with an optional end', v.tuple([v.string(), v.optional(v.string())]), ['x']],
  ['what JSON cannot hold', v.custom(() => true), 'x'],
  [
    'a custom check',
    v.pipe(
      v.number(),
      v.check((n) => n > 5),
    ),
    6,
  ],
  ['a transformation to another type', v.pipe(v.string(), v.transform(Number), v.number()), '5'],
  ['a union of inputs', v.pipe(v.union([v.string(), v.number()]), v.transform(String), v.regex(/^5$/)), 5],
  ['optional inside', v.object({ y: v.optional(v.string(), 'z') }), {}],
  ['more than an object declares', v.object({ y: v.string() }), { y: 'a', z: 1 }],
]
for (const [what, schema, value] of GOOD)
  test(`never flags ${what}`, () => assert.equal(verdicts(schema, value), [true, true]))

const BAD: readonly (readonly [string, v.GenericSchema, unknown])[] = [
  ['another type', v.string(), 5],
  ['nothing', v.optional(v.string()), null],
  ['a number in quotes', v.number(), '5'],
  ['a number below the least', v.pipe(v.number(), v.minValue(5)), 4],
  ['no whole number', v.pipe(v.number(), v.integer()), 1.5],
  ['a text that does not match', v.pipe(v.string(), v.regex(/^x$/)), 'y'],
  ['a word that is none of them', v.picklist(['a', 'b']), 'c'],
  ['a nested object that lacks something', v.object({ y: v.string() }), {}],
  ['a wrong type after a transformation', v.pipe(v.string(), v.trim(), v.minLength(1)), 5],
]
for (const [what, schema, value] of BAD)
  test(`flags ${what}`, () => assert.equal(verdicts(schema, value), [false, false]))

test('what YAML 1.1 has for booleans and numbers an editor takes that sees texts', () => {
  const valid = validator(taking(v.object({ flag: v.boolean(), count: v.number(), on: v.literal(true) })))
  for (const flag of [true, false, 'yes', 'No', 'ON', 'off']) assert.ok(valid({ flag }), String(flag))
  for (const flag of ['maybe', 'y', 5, null]) assert.not(valid({ flag }), String(flag))
  for (const count of [1, 1.5, '1_000', '12:30', '0b1_0']) assert.ok(valid({ count }), String(count))
  for (const count of ['1000', 'x', '', '_x']) assert.not(valid({ count }), String(count))
  for (const on of [true, 'yes', 'on']) assert.ok(valid({ on }), String(on))
  for (const on of [false, 'no']) assert.not(valid({ on }), String(on))
})

test('a var of several playbooks may be what any of them wants', () => {
  const [one, two] = [
    taking(v.object({ x: v.string(), y: v.number() }), 'one'),
    taking(v.object({ x: v.pipe(v.array(v.string()), v.description('A list.')), y: v.number() }), 'two'),
  ]
  const valid = validator(one, two)
  for (const x of ['a', ['a']]) assert.ok(valid({ x }))
  for (const wrong of [{ x: 5 }, { y: 'a' }]) assert.not(valid(wrong))
  const { vars } = describeVars([one, two])
  assert.match(JSON.stringify(vars['x']), /Required by the playbook one.*A list.*Required by the playbook two/)
  assert.not.match(JSON.stringify(vars['y']), /anyOf/)
})

test('vars of several schemas, and of alternatives', () => {
  const both = validator(
    taking(
      v.intersect([v.object({ x: v.string() }), v.object({ x: v.pipe(v.string(), v.regex(/a/)), y: v.number() })]),
    ),
  )
  assert.ok(both({ x: 'a' }))
  for (const wrong of [{ x: 'b' }, { y: 'b' }]) assert.not(both(wrong))
  const either = validator(taking(v.union([v.object({ x: v.string() }), v.object({ x: v.number(), y: v.number() })])))
  for (const good of [{ x: 'a' }, { x: 1 }, { y: 'anything, where x is a text' }]) assert.ok(either(good))
  assert.not(either({ x: [] }))
})

test('a schema that refers to itself', () => {
  interface Tree {
    readonly below?: readonly Tree[] | undefined
  }
  const tree: v.GenericSchema<Tree> = v.object({ below: v.optional(v.array(v.lazy(() => tree))) })
  const valid = validator(taking(v.object({ other: v.string() })), taking(v.object({ tree })))
  assert.ok(valid({ tree: { below: [{ below: [] }] } }))
  assert.not(valid({ tree: { below: [{ below: 5 }] } }))
})

test('descriptions and defaults are reported, also behind optional and transformations', () => {
  const { vars } = describeVars([
    taking(
      v.object({
        a: v.optional(v.pipe(v.string(), v.transform(Number), v.description('Of a.')), '5'),
        b: v.optional(v.number(), () => 7),
        c: v.optional(v.any(), () => 5n),
      }),
    ),
  ])
  assert.match(JSON.stringify(vars['a']), /^{"description":"Of a.\\n\\nA var of the playbook p."/)
  assert.is((vars['b'] as { default: unknown }).default, 7)
  assert.not.match(JSON.stringify(vars['c']), /default/)
})

/** As a vendor's schema looks to mailrun. */
const foreign = (more: object, standard: object = {}): StandardSchema => ({
  ...more,
  '~standard': { version: 1, vendor: 'other', validate: (value: unknown) => ({ value }), ...standard },
})

test('a schema of another vendor describes itself, or its vars are only named, and that is reported', () => {
  const reported = foreign(
    {},
    {
      jsonSchema: {
        input: ({ target }: { target: string }) => ({
          $schema: target,
          type: 'object',
          properties: { x: { type: 'string', format: 'email', pattern: 'a' }, y: { $ref: '#/$defs/y' } },
          $defs: { y: { type: 'number' } },
          required: ['x'],
          additionalProperties: false,
        }),
      },
    },
  )
  const valid = validator(taking(reported))
  assert.ok(valid({ x: 'a', y: 5, another: 1 }))
  for (const wrong of [{ x: 'b' }, { y: 'b' }]) assert.not(valid(wrong))
  const named = describeVars([taking(foreign({ shape: { x: {} } }))])
  assert.equal(Object.keys(named.vars), ['x'])
  assert.match(
    named.warnings.join(),
    /the vars of the playbook p \(x\) are only named: this version of other offers no JSON Schema/,
  )
  const broken = describeVars([
    taking(
      foreign(
        {},
        {
          jsonSchema: {
            input: () => {
              throw new Error('a Date has none')
            },
          },
        },
      ),
    ),
  ])
  assert.match(
    broken.warnings.join(),
    /the vars of the playbook p cannot be named: other makes no JSON Schema of it \(a Date has none\)/,
  )
  assert.match(describeVars([taking(v.object({}))]).warnings.join(), /the playbook p declares no vars/)
})

test.run()
