// The output formats of `mailrun dns verify`.
import type { Formats } from '../../registry.ts'
import type { DnsVerifyFormat } from './format.ts'

export const DNS_VERIFY_FORMATS: Formats<DnsVerifyFormat> = {
  text: () => import('./text.ts'),
  json: () => import('./json.ts'),
}
