// Writes a plan for DNS as one JSON document.
import { jsonDocument } from '../../write/json.ts'
import { dnsViewJson } from '../view.ts'
import type { DnsPlanFormat } from './format.ts'

export const format: DnsPlanFormat = {
  language: 'json',
  about: 'programs: one document',
  schema: 'dns',
  tell: (view, { out }) => out.write(jsonDocument(dnsViewJson(view))),
}
