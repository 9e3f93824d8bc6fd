// Writes `--list-hosts` and `--list-tasks` as JSON.
import { jsonDocument } from '../write/json.ts'
import { hostsDocument, tasksDocument, type ListFormat } from './listing.ts'

export const format: ListFormat = {
  language: 'json',
  about: 'programs: one document',
  hosts: (listing) => jsonDocument(hostsDocument(listing)),
  tasks: (listing) => jsonDocument(tasksDocument(listing)),
}
