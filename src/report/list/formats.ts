// The output formats of `--list-hosts` and `--list-tasks`.
import type { Formats } from '../registry.ts'
import type { ListFormat } from './listing.ts'

export const LIST_FORMATS: Formats<ListFormat> = {
  text: () => import('./text.ts'),
  json: () => import('./json.ts'),
  ndjson: () => import('./ndjson.ts'),
}
