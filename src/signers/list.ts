// The list of all signers, one line for each. docs/contributing/signer.md explains how to add one.
export { opendkim } from './opendkim/opendkim.ts'
