// The schema of a secret var: its value may be plain, `!secret` or encrypted in the inventory, and a playbook gets a
// Secret.
import * as v from 'valibot'
import { Secret, STARS } from '../shell/secret.ts'

/** What a var may be for it: the plain value, or a Secret of it. */
type Plain<Inner extends v.GenericSchema> = v.InferInput<Inner> | Secret<v.InferInput<Inner>>
export type SecretSchema<Inner extends v.GenericSchema> = v.GenericSchema<Plain<Inner>, Secret<v.InferOutput<Inner>>>

/**
 * A var that comes out as a `Secret`: shown nowhere, and masked by value wherever it might come up, also where it does
 * not fit. In the inventory it is a plain value, `!secret …`, or encrypted.
 *
 * @param inner - what the value itself must be; left out: a text.
 * @example v.object({ relay_password: v.secret(), pin: v.secret(v.pipe(v.string(), v.digits())) })
 */
export function secret(): SecretSchema<v.StringSchema<undefined>>
export function secret<const Inner extends v.GenericSchema>(inner: Inner): SecretSchema<Inner>
export function secret(inner: v.GenericSchema = v.string()): v.GenericSchema<unknown, Secret<unknown>> {
  const schema = v.pipe(
    v.unknown(),
    v.rawTransform(({ dataset: { value }, addIssue, NEVER }): Secret<unknown> => {
      // It is known as a secret from here on, be it right or wrong.
      const given = value instanceof Secret ? (value as Secret<unknown>) : new Secret(value)
      const result = v.safeParse(inner, given.reveal())
      if (result.success) return new Secret(result.output)
      for (const issue of result.issues) addIssue({ message: withoutValue(issue.message), input: given })
      return NEVER
    }),
  )
  SECRETS.add(schema)
  return schema
}

/** All that `secret` made. */
const SECRETS = new WeakSet<object>()

/** The vars of a playbook's schema that are secret, or have something secret in them. Of valibot's schemas alone. */
export function secretVars(schema: object): readonly string[] {
  const { entries = {} } = schema as { readonly entries?: Readonly<Record<string, object>> }
  return Object.entries(entries).flatMap(([name, entry]) => (hasSecret(entry) ? [name] : []))
}

/** Whether it, or one of the schemas that it is made of, is one. */
function hasSecret(schema: object, seen = new Set<object>()): boolean {
  if (seen.has(schema)) return false
  seen.add(schema)
  if (SECRETS.has(schema)) return true
  const parts = schema as Readonly<Record<string, object | undefined>>
  const inside: readonly unknown[] = [
    ...ONE.map((key) => parts[key]),
    ...SEVERAL.flatMap((key): readonly unknown[] => Object.values(parts[key] ?? {})),
  ]
  return inside.some((each) => typeof each === 'object' && each !== null && hasSecret(each, seen))
}

/** Where valibot keeps the schemas that one is made of. */
const ONE = ['item', 'rest', 'value', 'wrapped'] as const
const SEVERAL = ['entries', 'items', 'options', 'pipe'] as const

/** valibot's messages and our own end with what came. */
const withoutValue = (message: string): string => message.replace(/\b(but received|got) .*/s, `$1 ${STARS}`)
