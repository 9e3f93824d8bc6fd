// Writes `--list-hosts` and `--list-tasks` as JSON.
import { jsonDocument } from '../write/json.ts'
import type { ListFormat } from './listing.ts'

export const format: ListFormat = {
  language: 'json',
  about: 'programs: one document',
  hosts: jsonDocument,
  tasks: jsonDocument,
}
