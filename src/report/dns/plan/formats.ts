// The output formats of `mailrun dns plan`.
import type { Formats } from '../../registry.ts'
import type { DnsPlanFormat } from './format.ts'

export const DNS_PLAN_FORMATS: Formats<DnsPlanFormat> = {
  text: () => import('./text.ts'),
  json: () => import('./json.ts'),
  records: () => import('./records.ts'),
  zone: () => import('./zone.ts'),
  octodns: () => import('./octodns.ts'),
  dnscontrol: () => import('./dnscontrol.ts'),
  'web-form': () => import('./web-form.ts'),
}
