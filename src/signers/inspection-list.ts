// The inspection of every signer, a line each: docs/contributing/signer.md tells how to add one.
export { opendkimInspection } from './opendkim/inspection.ts'
