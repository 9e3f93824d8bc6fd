// The part of JSON Schema (draft-07) that mailrun writes for editors.

/** One schema; `true` and `false` stand for anything and nothing. */
export type JsonSchema = boolean | { readonly [keyword: string]: unknown }

/** What all editors know: the YAML language server, and those that stop at draft-07. */
export const DRAFT = 'http://json-schema.org/draft-07/schema#'
