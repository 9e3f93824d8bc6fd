// The output formats of `mailrun rotate`.
import type { Formats } from '../registry.ts'
import type { RotationFormat } from './format.ts'

export const ROTATION_FORMATS: Formats<RotationFormat> = {
  text: () => import('./text.ts'),
  json: () => import('./json.ts'),
  ndjson: () => import('./ndjson.ts'),
}
