// Groups the records of a plan by zone, for formats of other programs.
import type { DnsPlan, PlannedRecord } from '../../../dns/plan/plan-dns.ts'
import { isRevokedDkim } from '../../../mail/records/dkim/record.ts'
import type { MailRecord } from '../../../mail/records/dns-record.ts'
import { inZones } from '../../../mail/formats/zones.ts'
import { servedKey } from '../../../mail/records/served-record.ts'
import type { Printable } from '../../write/checked.ts'
import { tellFindings, tellSilent } from '../view.ts'
import type { DnsPlanFormat } from './format.ts'

/** @param written - all that is known to be right, zone by zone */
export const asWritten =
  (written: (zones: ReturnType<typeof zonesOf>, plan: DnsPlan) => Printable): DnsPlanFormat['tell'] =>
  (view, { out, notes }) => {
    tellSilent(view, notes)
    out.write(written(zonesOf(view.plan), view.plan))
    tellFindings(view.plan.findings, notes)
  }

/** All records of the plan; what is not known to be right is left out. */
function zonesOf({ records }: DnsPlan) {
  const known = records.filter((each) => !isUnknown(each))
  return inZones(known.map(withReplaced), {
    zones: [...new Set(known.flatMap(({ zone }) => (zone === undefined ? [] : [zone.zone])))],
    domains: [],
  })
}

/** With the keys that it takes the place of as things stand, by which a later push knows whether they still do. */
function withReplaced(planned: PlannedRecord): MailRecord {
  const { record } = planned
  if (record.purpose !== 'dkim' || !isRevokedDkim(record.value)) return record
  const found = planned.kind === 'change' ? planned.change.remove.map(({ value }) => servedKey(value)) : []
  const held = [...found, record.claim?.held].filter((key) => key !== undefined)
  return { ...record, replaces: [...new Set(held)] }
}

/** Whether it is not known what is to be there, or another key is. */
const isUnknown = (planned: PlannedRecord): boolean =>
  planned.kind === 'unanswered' || (planned.kind === 'blocked' && (planned.anothers ?? planned.unreadable ?? false))
