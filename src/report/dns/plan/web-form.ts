// Writes the records of a plan for somebody who types them into a provider's form.
import { webFormText } from '../../../mail/formats/web-form.ts'
import { documentText } from '../../write/terminal.ts'
import type { DnsPlanFormat } from './format.ts'
import { asWritten } from './written.ts'

export const format: DnsPlanFormat = {
  language: 'document',
  about: 'typing into the form of a DNS provider',
  tell: asWritten((zones) => documentText(webFormText(zones))),
}
