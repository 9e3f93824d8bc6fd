// The `v` of playbooks: the package valibot, and one more schema, for secrets.
export * from 'valibot'
export { secret, type SecretSchema } from './secret-schema.ts'
