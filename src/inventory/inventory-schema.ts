// The JSON Schema of YAML inventories and of files of vars, for editors. It marks nothing that mailrun accepts.
import { DRAFT, type JsonSchema } from '../core/json-schema.ts'
import {
  ADDRESS,
  CONNECTION_KEYS,
  GROUP_PRIORITY,
  NAMES,
  NO,
  RANGES,
  YES,
  type ConnectionKey,
} from './connection-keys.ts'

/** What a file holds: groups and hosts, or as the files in group_vars/ and host_vars/ nothing but vars. */
export type SchemaFor = 'inventory' | 'vars'

export interface DescribedVars {
  /**
   * By name: what a var may be wherever it is given. None is required there, for it may as well come from elsewhere.
   */
  readonly vars: Readonly<Record<string, JsonSchema>>
  /** What the schemas of vars refer to. */
  readonly definitions: Readonly<Record<string, JsonSchema>>
}

/** @param described - of the playbooks; an inventory without any has its structure and connection keys alone. */
export function inventorySchema(what: SchemaFor, { vars, definitions }: DescribedVars): JsonSchema {
  const shared = { known: known(vars), hostVars: varsOf({}), ...definitions }
  if (what === 'vars')
    return { $schema: DRAFT, title: 'A file of vars for mailrun', ...ref('hostVars'), definitions: shared }
  return {
    $schema: DRAFT,
    title: 'An inventory for mailrun',
    type: ['object', 'null'],
    propertyNames: GROUP_NAME,
    properties: { all: ref('group'), ungrouped: ref('group'), plugin: false },
    additionalProperties: ref('group'),
    definitions: { ...INVENTORY, ...shared },
  }
}

/** `allOf`, since draft-07 passes over what stands beside a reference. */
const ref = (name: string): JsonSchema & object => ({ allOf: [{ $ref: `#/definitions/${name}` }] })

/** A mapping of names, or a single name; empty where nothing follows. */
const names = (each: string, name: object, description: string): JsonSchema => ({
  description,
  type: ['object', 'string', 'null'],
  ...name,
  propertyNames: name,
  additionalProperties: ref(each),
})

const GROUP_NAME = { pattern: '^\\S+$', patternErrorMessage: 'This is no name for a group.' }
/** As in tree.ts, before ranges are expanded. */
const HOST_NAME = {
  pattern: '^(?![-&!~@])[^\\s,/\'"\\\\]+$',
  patternErrorMessage: 'This is no name for a host: letters, digits, dots, hyphens and underscores are wanted.',
}

const INVENTORY: Readonly<Record<string, JsonSchema>> = {
  group: {
    type: ['object', 'null'],
    properties: {
      hosts: names('host', HOST_NAME, 'The hosts of the group, each with its vars; mx[01:12].example.org names twelve'),
      children: names('group', GROUP_NAME, 'Groups below this one'),
      vars: { description: 'Vars of all hosts of the group', ...ref('groupVars') },
    },
    additionalProperties: false,
  },
  host: ref('hostVars'),
  groupVars: varsOf({
    [GROUP_PRIORITY]: {
      type: ['integer', 'string'],
      pattern: '^\\s*[-+]?\\d+\\s*$',
      patternErrorMessage: 'A whole number is wanted.',
    },
  }),
}

/** Of connection keys only those that there are; any var may have any other name. */
function varsOf(properties: Readonly<Record<string, JsonSchema>>): JsonSchema {
  return {
    type: ['object', 'null'],
    properties,
    propertyNames: { if: { pattern: '^ansible_' }, then: { enum: Object.keys(CONNECTION_KEYS) } },
    ...ref('known'),
  }
}

function known(vars: DescribedVars['vars']): JsonSchema {
  const keys = Object.entries(CONNECTION_KEYS).map(
    ([name, key]) => [name, { description: key.what, ...valueOf(name, key) }] as const,
  )
  return {
    properties: Object.fromEntries(
      [...Object.entries(vars), ...keys].map(([name, schema]) => [name, orEncrypted(schema)]),
    ),
  }
}

/** What age and sops print in the place of a value, of whatever type. */
const ENCRYPTED = { type: 'string', pattern: '^\\s*-----BEGIN AGE ENCRYPTED FILE-----|^ENC\\[' }

/** What stands in `else` is not offered for completion: hence the examples. */
function orEncrypted(schema: JsonSchema): JsonSchema {
  if (typeof schema === 'boolean') return schema
  const { description, default: left, ...rest } = schema
  if (Object.keys(rest).length === 0) return schema
  const values =
    (rest['enum'] as readonly unknown[] | undefined)?.filter((value) => value !== null) ??
    ([rest['type']].flat().includes('boolean') ? [true, false] : [])
  return {
    ...(description === undefined ? {} : { description }),
    ...(left === undefined ? {} : { default: left }),
    ...(values.length === 0 ? {} : { examples: values }),
    if: ENCRYPTED,
    else: rest,
  }
}

function valueOf(name: string, { kind, values }: ConnectionKey): object {
  if (values) return { type: ['string', 'null'], enum: [...values, null] }
  if (name === GROUP_PRIORITY) return {}
  switch (kind) {
    case 'text':
    case 'file':
    case 'secret':
      return {
        type: ['string', 'integer', 'null'],
        minLength: 1,
        ...((NAMES.address as readonly string[]).includes(name) ? { pattern: ADDRESS.source } : {}),
      }
    case 'arguments':
      return { type: ['string', 'integer', 'null'] }
    case 'port':
    case 'seconds':
    case 'count': {
      const [minimum, maximum] = RANGES[kind]
      return {
        type: ['integer', 'string', 'null'],
        minimum,
        maximum,
        pattern: '^\\d+$',
        patternErrorMessage: `A number from ${minimum} to ${maximum} is wanted.`,
      }
    }
    case 'boolean':
      return {
        type: ['boolean', 'string', 'integer', 'null'],
        minimum: 0,
        maximum: 1,
        pattern: `^(?:${[...YES, ...NO].map(anyCase).join('|')})$`,
        errorMessage: 'true or false is wanted.',
      }
    case 'any':
      return {}
  }
}

const anyCase = (word: string): string => word.replace(/[a-z]/g, (letter) => `[${letter}${letter.toUpperCase()}]`)
