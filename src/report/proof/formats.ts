// The output formats of `mailrun verify`.
import type { Formats } from '../registry.ts'
import type { ProofFormat } from './format.ts'

export const PROOF_FORMATS: Formats<ProofFormat> = {
  text: () => import('./text.ts'),
  json: () => import('./json.ts'),
  ndjson: () => import('./ndjson.ts'),
}
