// Writes the report of an audit as JSON.
import { jsonDocument } from '../write/json.ts'
import type { AuditFormat } from './format.ts'

export const format: AuditFormat = {
  language: 'json',
  about: 'programs: one document, with its `version`',
  schema: 'audit',
  write: jsonDocument,
}
