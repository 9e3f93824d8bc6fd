// Records in and out of `mailrun dns`: those of an earlier plan, and the forms in which others take them.
import { readFile } from 'node:fs/promises'
import type { DnsPlan, PlannedRecord } from '../dns/plan/plan-dns.ts'
import { isRevokedDkim } from '../mail/dkim-record.ts'
import { servedKey } from '../mail/served-record.ts'
import type { MailRecord } from '../mail/dns-record.ts'
import { dnscontrolJs } from '../mail/render/dnscontrol.ts'
import { octodnsYaml } from '../mail/render/octodns.ts'
import { parseRecordsJson, recordsJson } from '../mail/render/records-json.ts'
import { webFormText } from '../mail/render/web-form.ts'
import { zoneFragments } from '../mail/render/zone-fragment.ts'
import { inZones } from '../mail/render/zones.ts'
import { MailrunError } from '../model/mailrun-error.ts'
import { jsonOf } from '../report/json-text.ts'
import type { Printable } from '../report/write/checked.ts'
import { documentText, joined, said, term } from '../report/write/terminal.ts'
import type { DnsFormat } from './dns-flags.ts'

/**
 * Those of a file speak for nothing that they do not name: a revocation is of the keys that stand beside it.
 * @throws MailrunError
 */
export async function recordsFrom(path: string): Promise<readonly MailRecord[]> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new MailrunError(
      error.code === 'ENOENT' ? 'there is no such file' : `the file cannot be read: ${error.message}`,
      `--from ${path}`,
    )
  })
  const records = parseRecordsJson(text, path).flatMap((zone) => zone.records.map(naming))
  const keys = records.map(({ name, type }) => `${name} ${type}`)
  const twice = keys.find((key, index) => keys.indexOf(key) < index)
  if (twice !== undefined)
    throw new MailrunError(`${twice} is there twice, and the two would replace each other: leave one`, path)
  return records
}

const isRevocation = ({ purpose, value }: MailRecord): boolean => purpose === 'dkim' && isRevokedDkim(value)

const naming = (record: MailRecord): MailRecord =>
  isRevocation(record) ? { ...record, replaces: record.replaces ?? [] } : record

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
