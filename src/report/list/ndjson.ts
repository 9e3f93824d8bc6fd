// Writes `--list-hosts` and `--list-tasks` as JSON in one line.
import { jsonLine } from '../write/json.ts'
import type { ListFormat } from './listing.ts'

export const format: ListFormat = {
  language: 'ndjson',
  about: 'programs: the same in one line',
  hosts: jsonLine,
  tasks: jsonLine,
}
