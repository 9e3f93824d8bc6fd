// Relaxes a JSON Schema where editors read YAML differently from mailrun, and removes keywords that editors interpret
// differently.

type Keywords = Readonly<Record<string, unknown>>

export interface Lenient {
  readonly schema: Keywords
  /** Whether it refers to parts of itself. */
  readonly refers: boolean
}

/** Keywords by what they hold: a schema (or a list of them), or schemas by name. */
const HOLD_SCHEMAS = [
  'items',
  'additionalItems',
  'additionalProperties',
  'propertyNames',
  'contains',
  'anyOf',
  'allOf',
  'prefixItems',
]
const HOLD_NAMED = ['properties', 'patternProperties', 'definitions', '$defs', 'dependentSchemas']
/**
 * A condition that is lenient lets more through to what follows; of choices that are lenient more than one may hold;
 * formats are matters of opinion.
 */
const DROPPED = ['$schema', '$id', '$comment', 'format', 'if', 'then', 'else', 'oneOf', '~standard']

/**
 * YAML 1.1, which Ansible's inventories are, has `yes` and `on` for booleans and `1_000` and `12:30` for numbers; to an
 * editor that reads YAML 1.2 these are texts.
 *
 * @param place - JSON pointer of where the schema will stand, which its references to itself then begin with.
 */
export function asYamlHas(schema: Keywords, place: string): Lenient {
  let refers = false
  const each = (given: unknown): unknown => {
    if (Array.isArray(given)) return given.map(each)
    if (typeof given !== 'object' || given === null) return given
    const kept = Object.entries(given).flatMap(([key, value]): [string, unknown][] => {
      if (key === 'oneOf') return [['anyOf', each(value)]]
      if (DROPPED.includes(key)) return []
      if (HOLD_SCHEMAS.includes(key)) return [[key, each(value)]]
      if (HOLD_NAMED.includes(key))
        return [[key, Object.fromEntries(Object.entries(value as object).map(([name, one]) => [name, each(one)]))]]
      if (key === 'default') return isJson(value) ? [[key, value]] : []
      if (key !== '$ref' || typeof value !== 'string' || !value.startsWith('#')) return [[key, value]]
      refers = true
      return [[key, `${place}${value.slice(1)}`]]
    })
    return lenient(Object.fromEntries(kept))
  }
  return { schema: each(schema) as Keywords, refers }
}

const BOOLEANS = {
  true: ['yes', 'Yes', 'YES', 'on', 'On', 'ON'],
  false: ['no', 'No', 'NO', 'off', 'Off', 'OFF'],
} as const
const NUMBERS = [
  '0b[01_]+',
  '0x[0-9a-fA-F_]*_[0-9a-fA-F_]*',
  '[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\\.[0-9_]*)?',
  '[0-9]*_[0-9_]*(?:\\.[0-9_]*)?',
  '[0-9]*\\.[0-9]*_[0-9_]*',
]
const NUMBER = `^[-+]?(?:${NUMBERS.join('|')})$`

function lenient(schema: Keywords): Keywords {
  const { type, enum: allowed, const: fixed } = schema
  const types = [type].flat()
  const only = fixed === undefined ? undefined : [fixed]
  const values = Array.isArray(allowed) ? (allowed as readonly unknown[]) : only
  if (values?.some((value) => typeof value === 'boolean')) {
    const { const: _, type: __, ...rest } = schema
    return {
      ...rest,
      enum: values.flatMap((value) => (typeof value === 'boolean' ? [value, ...BOOLEANS[`${value}`]] : [value])),
    }
  }
  if (values !== undefined || types.includes('string')) return schema
  if (types.includes('boolean')) {
    return {
      ...schema,
      type: [...types, 'string'],
      pattern: `^(?:${[...BOOLEANS.true, ...BOOLEANS.false].join('|')})$`,
      patternErrorMessage: 'true or false is wanted.',
    }
  }
  if (types.includes('number') || types.includes('integer'))
    return { ...schema, type: [...types, 'string'], pattern: NUMBER, patternErrorMessage: 'A number is wanted.' }
  return schema
}

function isJson(value: unknown): boolean {
  try {
    return JSON.stringify(JSON.parse(JSON.stringify(value))) === JSON.stringify(value) && typeof value !== 'function'
  } catch {
    return false
  }
}
