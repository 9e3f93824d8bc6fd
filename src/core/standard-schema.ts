// The parts of Standard Schema v1 and Standard JSON Schema v1 (standardschema.dev) that mailrun uses: validation with a
// typed result, and a description.

export interface StandardSchema<Input = unknown, Output = Input> {
  readonly '~standard': {
    readonly version: 1
    readonly vendor: string
    readonly validate: (value: unknown) => StandardResult<Output> | Promise<StandardResult<Output>>
    readonly types?: { readonly input: Input; readonly output: Output } | undefined
    /** Standard JSON Schema v1, where the vendor offers it. Throws for what JSON Schema cannot say. */
    readonly jsonSchema?: {
      readonly input: (options: {
        readonly target: 'draft-07'
        readonly libraryOptions?: Readonly<Record<string, unknown>>
      }) => Readonly<Record<string, unknown>>
    }
  }
}

export type StandardResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly StandardIssue[] }

export interface StandardIssue {
  readonly message: string
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined
}

export type SchemaOutput<Schema extends StandardSchema> = NonNullable<Schema['~standard']['types']>['output']
