// Writes an inventory as JSON in one line.
import { jsonLine } from '../write/json.ts'
import type { InventoryFormat } from './format.ts'
import { hostJson, inventoryJson } from './json.ts'

export const format: InventoryFormat = {
  language: 'ndjson',
  about: 'programs: the same in one line',
  list: (inventory) => jsonLine(inventoryJson(inventory)),
  names: ({ hosts }) => jsonLine(hosts.map(({ name }) => name)),
  host: (host) => jsonLine(hostJson(host)),
}
