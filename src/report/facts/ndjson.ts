// Writes facts about hosts as lines of JSON, one for each host.
import { jsonLines } from '../write/json.ts'
import type { FactsFormat } from './format.ts'

export const format: FactsFormat = {
  language: 'ndjson',
  about: 'programs: a line for each host, as in `json`',
  write: (hosts) => jsonLines(hosts),
}
