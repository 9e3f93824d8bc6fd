// Finds the records of a plan that a name server still does not serve after waiting.
import { servedEverywhere, type NotServed } from '../../dns/served/served-everywhere.ts'
import type { DnsProgress, DnsWork } from './planned.ts'

/** A record that cannot be read does not count as served, even if the right one is beside it. */
export async function notServed(
  { plan, looking, fleet }: DnsWork,
  waitSeconds: number,
  which: (record: NotServed['record']) => boolean,
  onEvent: (event: DnsProgress) => void,
): Promise<readonly NotServed[]> {
  const unreadable = plan.records.flatMap((each): readonly NotServed[] =>
    each.kind === 'blocked' && each.unreadable === true && which(each.record)
      ? [{ record: each.record, server: undefined, kind: 'other', why: each.why, serial: undefined }]
      : [],
  )
  const left = new Set(unreadable.map(({ record }) => record))
  const records = plan.records.map(({ record }) => record).filter((record) => !left.has(record) && which(record))
  const missing = await servedEverywhere(records, {
    ...looking,
    waitSeconds,
    signal: fleet.bounds.interrupt,
    progress: (lacking) => onEvent({ kind: 'waiting', missing: lacking }),
  })
  return [...unreadable, ...missing]
}
