// Writes the records of a plan for `mailrun dns push --from`, as docs/records.schema.json describes them.
import { recordsJson } from '../../../mail/formats/records-json.ts'
import { jsonOf } from '../../write/json.ts'
import type { DnsPlanFormat } from './format.ts'
import { asWritten } from './written.ts'

export const format: DnsPlanFormat = {
  language: 'json',
  about: 'a later `mailrun dns push --from`',
  schema: 'records',
  tell: asWritten((zones) => jsonOf(recordsJson(zones))),
}
