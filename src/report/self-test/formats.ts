// The output formats of `mailrun self-test`.
import type { Formats } from '../registry.ts'
import type { SelfTestFormat } from './format.ts'

export const SELF_TEST_FORMATS: Formats<SelfTestFormat> = {
  text: () => import('./text.ts'),
  json: () => import('./json.ts'),
}
