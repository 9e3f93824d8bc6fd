// The names of the vars in a schema.

/** valibot's objects have `entries`, zod's have `shape`; of others nothing is known. */
export function declaredNames(schema: object): readonly string[] {
  const { entries, shape } = schema as { readonly entries?: object; readonly shape?: object }
  return Object.keys(entries ?? shape ?? {})
}

/** Whether it may take the var: it declares it, or is none of valibot's plain objects, which pass over all others. */
export const mayTake = (schema: object, name: string): boolean =>
  (schema as { readonly type?: unknown }).type !== 'object' || declaredNames(schema).includes(name)
