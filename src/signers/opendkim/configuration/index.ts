// The reader of OpenDKIM's configuration: it finds out, from texts alone, what the daemon does with them.
export {
  opendkimConfiguration,
  signaturesOf,
  valuesOf,
  DEFAULT_PATH,
  type OpendkimConfiguration,
} from './configuration.ts'
export { dataSetFile, readDataSet, type DataSet, type Entry } from './data-set.ts'
export { matcherOf } from './pattern.ts'
export { signedPatterns, witnessesOf, type SignedPattern } from './patterns.ts'
export { DATA_SETS } from './setting-names.ts'
export type { Setting, Settings } from './read-settings.ts'
export { isSigned, type Signature, type SignedHow } from './signatures.ts'
export type { IdleLine, SigningLine } from './signing-line.ts'
export { placeText, type FileText, type NotUnderstood, type OpendkimSources, type Place } from './sources.ts'
