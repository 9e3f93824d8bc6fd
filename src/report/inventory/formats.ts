// The output formats of `mailrun inventory`.
import type { Formats } from '../registry.ts'
import type { InventoryFormat } from './format.ts'

export const INVENTORY_FORMATS: Formats<InventoryFormat> = {
  text: () => import('./text.ts'),
  json: () => import('./json.ts'),
  ndjson: () => import('./ndjson.ts'),
}
