// Which records of a plan a name server does not serve, after waiting for them.
import { servedEverywhere, type NotServed } from '../../dns/served/served-everywhere.ts'
import type { DnsProgress, DnsWork } from './planned.ts'

/** What cannot be read there is not served, whatever stands beside it. */
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
