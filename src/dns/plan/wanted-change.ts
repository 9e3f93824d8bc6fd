// A planned change of a set of records: the values that it finds, removes and adds. Values of others stay.
import type { MailRecord, WantedRecord } from '../../mail/records/dns-record.ts'
import { serves, supersedes } from '../../mail/records/served-record.ts'
import { wantedRdata, type Rdata, type Rrset } from '../lookup/rrset.ts'

export interface RrsetChange {
  readonly record: MailRecord
  /** As it was read; the update is refused where it is no longer so. `undefined`: there is none. */
  readonly before: Rrset | undefined
  readonly remove: readonly Rdata[]
  readonly add: readonly Rdata[]
  /** Others', which stay. */
  readonly kept: readonly Rdata[]
  /** Of the whole set. */
  readonly ttl: number
}

/**
 * `undefined`: all is as it is to be. A key that serves stays as it is written; where others have records in the set,
 * its TTL is theirs.
 *
 * @throws MailrunError for a record that cannot be written
 */
export function wantedChange(record: MailRecord, before: Rrset | undefined): RrsetChange | undefined {
  const there = before?.rdata ?? []
  const serving = there.find(({ value }) => serves(record, value))
  const remove = there.filter((each) => each !== serving && supersedes(record, each.value))
  const kept = there.filter((each) => each !== serving && !remove.includes(each))
  const ttl = before !== undefined && kept.length > 0 ? before.ttl : record.ttl
  if (serving !== undefined && remove.length === 0 && before?.ttl === ttl) return undefined
  const add = serving === undefined ? [wantedRdata(record)] : before?.ttl === ttl ? [] : [serving]
  return { record, before, remove, add, kept, ttl }
}

/** Whether exactly the record is served: it is there, and nothing that it is to replace. */
export const isServed = (record: WantedRecord, { rdata }: Rrset): boolean =>
  rdata.some(({ value }) => serves(record, value)) &&
  rdata.every(({ value }) => serves(record, value) || !supersedes(record, value))
