// Writes the records of a plan for octoDNS. It wants a file for each zone; the name of the file is printed above it.
import { octodnsYaml } from '../../../mail/formats/octodns.ts'
import { documentText, joined, said, term } from '../../write/terminal.ts'
import type { DnsPlanFormat } from './format.ts'
import { asWritten } from './written.ts'

export const format: DnsPlanFormat = {
  language: 'document',
  about: 'octoDNS',
  tell: asWritten((zones, { published }) =>
    joined(zones.map((zone) => term`# ${said(zone.zone)}.yaml\n${documentText(octodnsYaml(zone, published))}`)),
  ),
}
