// The output formats of `mailrun audit`.
import type { Formats } from '../registry.ts'
import type { AuditFormat } from './format.ts'

export const AUDIT_FORMATS: Formats<AuditFormat> = {
  text: () => import('./text.ts'),
  json: () => import('./json.ts'),
  ndjson: () => import('./ndjson.ts'),
  junit: () => import('./junit.ts'),
  sarif: () => import('./sarif.ts'),
  markdown: () => import('./markdown.ts'),
  html: () => import('./html.ts'),
}
