// The output formats of `mailrun dns push`.
import type { Formats } from '../../registry.ts'
import type { DnsPushFormat } from './format.ts'

export const DNS_PUSH_FORMATS: Formats<DnsPushFormat> = {
  text: () => import('./text.ts'),
  json: () => import('./json.ts'),
}
