// `v`: valibot, and the schema that it has not.
export * from 'valibot'
export { secret, type SecretSchema } from './secret-schema.ts'
