// Writes facts about hosts as JSON.
import { jsonDocument } from '../write/json.ts'
import type { FactsFormat } from './format.ts'

export const format: FactsFormat = {
  language: 'json',
  about: 'programs: one document',
  write: (hosts) => jsonDocument({ hosts }),
}
