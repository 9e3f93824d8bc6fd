// Writes the records of a plan as lines of zone files (RFC 1035, section 5).
import { zoneFragments } from '../../../mail/formats/zone-fragment.ts'
import { documentText } from '../../write/terminal.ts'
import type { DnsPlanFormat } from './format.ts'
import { asWritten } from './written.ts'

export const format: DnsPlanFormat = {
  language: 'document',
  about: 'zone files',
  tell: asWritten((zones) => documentText(zoneFragments(zones))),
}
