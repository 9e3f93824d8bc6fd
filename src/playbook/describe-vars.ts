// Describes the vars of playbooks in JSON Schema: which values each var can have in an inventory.
import type { JsonSchema } from '../core/json-schema.ts'
import type { Playbook } from '../core/fleet/playbook.ts'
import type { StandardSchema } from '../core/standard-schema.ts'
import { asYamlHas } from './as-yaml-has.ts'
import { declaredNames } from './declared-names.ts'
import { valibotJsonSchema } from './valibot-json-schema.ts'
import { messageOf } from '../text/message-of.ts'

export interface PlaybookVars {
  readonly vars: Readonly<Record<string, JsonSchema>>
  /** Schemas to which those of the vars refer. */
  readonly definitions: Readonly<Record<string, JsonSchema>>
  /** Warnings for the author of the playbook: vars of which only the names are known, or not even those. */
  readonly warnings: readonly string[]
}

type Keywords = Readonly<Record<string, unknown>>

/** A playbook or a command of mailrun, which declares vars. */
export type Taker = Pick<Playbook, 'name' | 'vars'> & { readonly command?: true }

/** If several declare a var, its schema allows what any of them allows. */
export function describeVars(takers: readonly Taker[]): PlaybookVars {
  const described = takers.map(describe)
  const names = new Set(described.flatMap(({ vars }) => [...vars.keys()]))
  const vars = [...names].map((name): [string, JsonSchema] => [
    name,
    either(described.flatMap(({ vars: own }) => own.get(name) ?? ([] as readonly Keywords[]))),
  ])
  return {
    vars: Object.fromEntries(vars),
    definitions: Object.assign({}, ...described.map(({ definitions }) => definitions)) as Keywords &
      PlaybookVars['definitions'],
    warnings: described.flatMap(({ warnings }) => warnings),
  }
}

interface Described {
  readonly vars: ReadonlyMap<string, Keywords>
  readonly definitions: PlaybookVars['definitions']
  readonly warnings: readonly string[]
}

function describe({ name, vars: schema, command }: Taker, index: number): Described {
  const taker = command === true ? name : `the playbook ${name}`
  const reported = jsonSchemaOf(schema)
  if (typeof reported === 'string') return onlyNamed(declaredNames(schema), taker, reported)
  const place = `playbook${index + 1}`
  const { schema: whole, refers } = asYamlHas(reported, `#/definitions/${place}`)
  const vars = new Map([...varsOf(whole)].map(([each, { is, required }]) => [each, withWords(is, taker, required)]))
  return {
    vars,
    definitions: refers ? { [place]: whole } : {},
    warnings: vars.size > 0 ? [] : [`${taker} declares no vars`],
  }
}

/** Describes vars of which only the names are known. @param why - why there is no JSON Schema. */
function onlyNamed(names: readonly string[], taker: string, why: string): Described {
  const description = `A var of ${taker}; what it may be is not known here, for ${why}.`
  const known = names.length > 0 ? `(${names.join(', ')}) are only named` : 'cannot be named'
  return {
    vars: new Map(names.map((each) => [each, { description }])),
    definitions: {},
    warnings: [`the vars of ${taker} ${known}: ${why}`],
  }
}

/** The JSON Schema of a schema, or a text that says why there is none. */
function jsonSchemaOf(schema: StandardSchema): Keywords | string {
  const { vendor, jsonSchema } = schema['~standard']
  if (vendor === 'valibot') return valibotJsonSchema(schema)
  if (jsonSchema === undefined)
    return `this version of ${vendor} offers no JSON Schema (Standard JSON Schema: ~standard.jsonSchema)`
  try {
    // With this option zod does not fail for types that JSON Schema cannot express.
    return jsonSchema.input({ target: 'draft-07', libraryOptions: { unrepresentable: 'any' } })
  } catch (error) {
    return `${vendor} makes no JSON Schema of it (${messageOf(error)})`
  }
}

interface One {
  readonly is: Keywords
  readonly required: boolean
}

/**
 * The vars in a schema: the properties of an object; for `allOf` those of all parts; for `anyOf` those of any part,
 * with the values that any part allows.
 */
function varsOf(schema: Keywords): ReadonlyMap<string, One> {
  const required = new Set((schema['required'] ?? []) as readonly string[])
  const own = new Map(
    Object.entries((schema['properties'] ?? {}) as Readonly<Record<string, Keywords>>).map(([name, is]) => [
      name,
      { is, required: required.has(name) },
    ]),
  )
  const all = ((schema['allOf'] ?? []) as readonly Keywords[]).map(varsOf)
  const any = ((schema['anyOf'] ?? []) as readonly Keywords[]).map(varsOf)
  const vars = new Map(own)
  for (const name of all.flatMap((each) => [...each.keys()])) {
    const parts = [own, ...all].flatMap((each) => each.get(name) ?? ([] as readonly One[]))
    vars.set(
      name,
      parts.length === 1
        ? parts[0]!
        : { is: { allOf: unique(parts.map(({ is }) => is)) }, required: parts.some((each) => each.required) },
    )
  }
  for (const name of any.flatMap((each) => [...each.keys()])) {
    if (vars.has(name)) continue
    const parts = any.map((each) => each.get(name))
    const known = unique(parts.flatMap((part) => (part ? [part.is] : [])))
    // A part that does not name the var allows any value.
    vars.set(name, {
      is: parts.includes(undefined) ? only(known[0]!, ['description', 'title']) : either(known),
      required: parts.every((part) => part?.required === true),
    })
  }
  return vars
}

const only = (schema: Keywords, keys: readonly string[]): Keywords =>
  Object.fromEntries(Object.entries(schema).filter(([key]) => keys.includes(key)))

const unique = (schemas: readonly Keywords[]): readonly Keywords[] => [
  ...new Map(schemas.map((each) => [JSON.stringify(each), each])).values(),
]

function either(schemas: readonly Keywords[]): Keywords {
  const plain = (schema: Keywords): Keywords =>
    Object.fromEntries(Object.entries(schema).filter(([key]) => key !== 'description'))
  const description = [
    ...new Set(schemas.flatMap((each) => (each['description'] === undefined ? [] : [each['description'] as string]))),
  ].join('\n\n')
  const different = unique(schemas.map(plain))
  return {
    ...(description === '' ? {} : { description }),
    ...(different.length === 1 ? different[0] : { anyOf: different }),
  }
}

/** Adds the text that an editor shows for the name of the var. */
function withWords(schema: Keywords, taker: string, required: boolean): Keywords {
  const { description, ...rest } = schema
  const belongs = required ? `Required by ${taker}.` : `A var of ${taker}.`
  return { description: description === undefined ? belongs : `${description as string}\n\n${belongs}`, ...rest }
}
