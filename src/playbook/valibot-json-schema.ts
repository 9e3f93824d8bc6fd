// Converts a valibot schema to JSON Schema. It says less where JSON Schema cannot express a rule, so that no valid
// value is refused.
import { toJsonSchema, type ConversionConfig } from '@valibot/to-json-schema'
import { getDescription, type GenericSchema } from 'valibot'

type Keywords = Readonly<Record<string, unknown>>
type OverrideSchema = NonNullable<ConversionConfig['overrideSchema']>
type OverrideAction = NonNullable<ConversionConfig['overrideAction']>

/** Never throws: what has no counterpart is left out. */
export function valibotJsonSchema(schema: object): Keywords {
  const before = references
  const { $defs, ...rest }: Keywords = {
    ...toJsonSchema(schema as GenericSchema, {
      typeMode: 'input',
      target: 'draft-07',
      errorMode: 'ignore',
      overrideSchema,
      overrideAction,
    }),
  }
  // To the definition of what was unfolded, nothing refers.
  const converted: Keywords = references > before ? { ...rest, $defs } : rest
  const { entries = {} } = schema as { readonly entries?: Readonly<Record<string, object>> }
  const properties = Object.entries((converted['properties'] ?? {}) as Readonly<Record<string, Keywords>>).map(
    ([name, is]): [string, Keywords] => {
      const description = descriptionOf(entries[name]) ?? is['description']
      return [name, description === undefined ? is : { ...is, description }]
    },
  )
  return properties.length === 0 ? converted : { ...converted, properties: Object.fromEntries(properties) }
}

/** Also one that stands after a transformation, or inside of `optional`. */
const descriptionOf = (schema: object | undefined): string | undefined =>
  schema === undefined
    ? undefined
    : (getDescription(schema as GenericSchema) ?? descriptionOf((schema as { readonly wrapped?: object }).wrapped))

/** What passes the value on as it is. */
const UNCHANGING = ['brand', 'flavor', 'readonly']
/** What was known before the first transformation: later checks are about another value. */
const BEFORE = Symbol('before')

const overrideAction: OverrideAction = ({ valibotAction, jsonSchema }) => {
  const { kind, type, requirement, message } = valibotAction as {
    readonly kind: string
    readonly type: string
    readonly requirement?: unknown
    readonly message?: unknown
  }
  const before = (jsonSchema as { readonly [BEFORE]?: Keywords })[BEFORE]
  if (kind === 'metadata')
    return before ? { ...before, [BEFORE]: before, ...texts(jsonSchema as Keywords) } : jsonSchema
  if (before) return { ...before, [BEFORE]: before }
  if (kind === 'transformation' && !UNCHANGING.includes(type)) return { ...jsonSchema, [BEFORE]: { ...jsonSchema } }
  const { pattern, format: _, ...rest } = jsonSchema as Keywords
  // A format is read otherwise by every editor; flags cannot be said, and a pattern is read as with `u`.
  const own = requirement instanceof RegExp && pattern === requirement.source
  if (pattern === undefined || (own && !sayable(requirement))) return rest
  return {
    ...rest,
    pattern: pattern as string,
    ...(own && typeof message === 'string' ? { patternErrorMessage: message } : {}),
  }
}

const texts = ({ title, description, examples }: Keywords): Keywords =>
  Object.fromEntries(Object.entries({ title, description, examples }).filter(([, value]) => value !== undefined))

function sayable({ source, flags }: RegExp): boolean {
  if (!/^u?$/.test(flags)) return false
  try {
    return new RegExp(source, 'u') instanceof RegExp
  } catch {
    return false
  }
}

type Getter = (input: undefined) => object

/** Lazy schemas that are being unfolded, and of them those that contain themselves. */
const unfolding = new Set<Getter>()
const recursive = new WeakSet<Getter>()
/** That were left so far. */
let references = 0

/** A lazy schema as it is where there is no input; one that contains itself stays a reference (`undefined`). */
function unfolded(getter: Getter): Keywords | undefined {
  if (unfolding.has(getter)) recursive.add(getter)
  if (!recursive.has(getter)) {
    unfolding.add(getter)
    const { $schema: _, ...is } = valibotJsonSchema(getter(undefined))
    unfolding.delete(getter)
    if (!recursive.has(getter)) return is
  }
  references += 1
  return undefined
}

interface Parts {
  readonly type: string
  readonly entries?: Readonly<Record<string, object>>
  readonly items?: readonly { readonly type: string }[]
  readonly item?: object
}

const takesAnything = (schema: object): boolean => 'fallback' in schema

const overrideSchema: OverrideSchema = ({ valibotSchema, jsonSchema }) => {
  const { type, entries, items, item } = valibotSchema as unknown as Parts
  if (takesAnything(valibotSchema)) return {}
  if ('getter' in valibotSchema) return unfolded(valibotSchema.getter as Getter)
  const is = jsonSchema as Keywords
  if (type === 'variant') return { anyOf: is['oneOf'] } as typeof jsonSchema
  if (items?.some((each) => /optional|nullish/.test(each.type) || takesAnything(each))) return { ...is, minItems: 0 }
  if (item !== undefined && takesAnything(item)) return { ...is, items: {} }
  const free = Object.entries(entries ?? {}).flatMap(([name, entry]) => (takesAnything(entry) ? [name] : []))
  if (free.length === 0) return undefined
  const properties = { ...(is['properties'] as Keywords), ...Object.fromEntries(free.map((name) => [name, {}])) }
  return {
    ...is,
    properties,
    required: (is['required'] as readonly string[]).filter((name) => !free.includes(name)),
  } as typeof jsonSchema
}
