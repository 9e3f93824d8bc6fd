// The names of the vars in a schema.

/** valibot's objects have `entries`, zod's have `shape`; of others nothing is known. */
export function declaredNames(schema: object): readonly string[] {
  const { entries, shape } = schema as { readonly entries?: object; readonly shape?: object }
  return Object.keys(entries ?? shape ?? {})
}
