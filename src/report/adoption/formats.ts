// The output formats of `mailrun adopt`.
import type { Formats } from '../registry.ts'
import type { AdoptionFormat } from './format.ts'

export const ADOPTION_FORMATS: Formats<AdoptionFormat> = {
  text: () => import('./text.ts'),
  json: () => import('./json.ts'),
}
