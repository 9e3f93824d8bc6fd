// What came of a command on hosts, as JSON: a line for each host.
import { jsonLines } from '../write/json.ts'
import type { ExecFormat } from './format.ts'
import { hostDocument } from './json.ts'

export const format: ExecFormat = {
  language: 'ndjson',
  about: 'programs: a line for each host, as in `json`',
  write: ({ hosts }) => jsonLines(hosts.map(hostDocument)),
}
