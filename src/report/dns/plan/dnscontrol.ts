// Writes the records of a plan for DNSControl.
import { dnscontrolJs } from '../../../mail/formats/dnscontrol.ts'
import { documentText } from '../../write/terminal.ts'
import type { DnsPlanFormat } from './format.ts'
import { asWritten } from './written.ts'

export const format: DnsPlanFormat = {
  language: 'document',
  about: 'DNSControl',
  tell: asWritten((zones) => documentText(dnscontrolJs(zones))),
}
