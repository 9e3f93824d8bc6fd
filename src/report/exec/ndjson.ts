// Writes the result of `mailrun exec` as lines of JSON, one for each host.
import { jsonLines } from '../write/json.ts'
import type { ExecFormat } from './format.ts'
import { hostDocument } from './json.ts'

export const format: ExecFormat = {
  language: 'ndjson',
  about: 'programs: a line for each host, as in `json`',
  write: ({ hosts }) => jsonLines(hosts.map(hostDocument)),
}
