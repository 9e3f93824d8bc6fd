// The list of all inspections, one line for each signer. docs/contributing/signer.md explains how to add one.
export { opendkimInspection } from './opendkim/inspection.ts'
