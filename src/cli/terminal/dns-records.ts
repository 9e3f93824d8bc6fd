// Records of a plan, in the forms in which others take them.
import type { DnsPlan, PlannedRecord } from '../../dns/plan-dns.ts'
import { isRevokedDkim } from '../../mail/dkim-record.ts'
import { servedKey } from '../../mail/served-record.ts'
import type { MailRecord } from '../../mail/dns-record.ts'
import { dnscontrolJs } from '../../mail/render/dnscontrol.ts'
import { octodnsYaml } from '../../mail/render/octodns.ts'
import { recordsJson } from '../../mail/render/records-json.ts'
import { webFormText } from '../../mail/render/web-form.ts'
import { zoneFragments } from '../../mail/render/zone-fragment.ts'
import { inZones } from '../../mail/render/zones.ts'
import { jsonOf } from '../../report/json-text.ts'
import type { Printable } from '../../report/write/checked.ts'
import { documentText, joined, said, term } from '../../report/write/terminal.ts'
import type { DnsFormat } from '../flags/dns-flags.ts'

const isRevocation = ({ purpose, value }: MailRecord): boolean => purpose === 'dkim' && isRevokedDkim(value)

/** With the keys that it takes the place of as things stand, by which a later push knows whether they still do. */
function withReplaced(planned: PlannedRecord): MailRecord {
  const { record } = planned
  if (!isRevocation(record)) return record
  const found = planned.kind === 'change' ? planned.change.remove.map(({ value }) => servedKey(value)) : []
  const held = [...found, record.claim?.held].filter((key) => key !== undefined)
  return { ...record, replaces: [...new Set(held)] }
}

/** Whether it is not known what is to be there, or another key is. */
const isUnknown = (planned: PlannedRecord): boolean =>
  planned.kind === 'unanswered' || (planned.kind === 'blocked' && (planned.anothers ?? planned.unreadable ?? false))

/** All records of the plan in their zones; what is not known to be right is left out. */
export function writtenRecords(
  { records, published }: DnsPlan,
  format: Exclude<DnsFormat, 'text' | 'json'>,
): Printable {
  const known = records.filter((each) => !isUnknown(each))
  const zones = inZones(known.map(withReplaced), {
    zones: [...new Set(known.flatMap(({ zone }) => (zone === undefined ? [] : [zone.zone])))],
    domains: [],
  })
  switch (format) {
    case 'records':
      return jsonOf(recordsJson(zones))
    case 'zone':
      return documentText(zoneFragments(zones))
    case 'dnscontrol':
      return documentText(dnscontrolJs(zones))
    case 'web-form':
      return documentText(webFormText(zones))
    case 'octodns':
      // A file for each zone is wanted; its name stands above it.
      return joined(zones.map((zone) => term`# ${said(zone.zone)}.yaml\n${documentText(octodnsYaml(zone, published))}`))
  }
}
