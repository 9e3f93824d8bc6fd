// The output formats of `mailrun exec`.
import type { Formats } from '../registry.ts'
import type { ExecFormat } from './format.ts'

export const EXEC_FORMATS: Formats<ExecFormat> = {
  text: () => import('./text.ts'),
  json: () => import('./json.ts'),
  ndjson: () => import('./ndjson.ts'),
}
