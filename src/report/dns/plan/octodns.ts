// The records of a plan as octoDNS takes them: a file for each zone is wanted; its name stands above it.
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
