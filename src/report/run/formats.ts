// The output formats of a run.
import type { Formats } from '../registry.ts'
import type { RunFormat } from './format.ts'

export const RUN_FORMATS: Formats<RunFormat> = {
  text: () => import('./text.ts'),
  json: () => import('./json.ts'),
  ndjson: () => import('./ndjson.ts'),
}
