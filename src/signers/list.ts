// Every signer, a line each: docs/contributing/signer.md tells how to add one.
export { opendkim } from './opendkim/opendkim.ts'
