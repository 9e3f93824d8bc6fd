// The output formats of `mailrun facts`.
import type { Formats } from '../registry.ts'
import type { FactsFormat } from './format.ts'

export const FACTS_FORMATS: Formats<FactsFormat> = {
  text: () => import('./text.ts'),
  json: () => import('./json.ts'),
  ndjson: () => import('./ndjson.ts'),
}
