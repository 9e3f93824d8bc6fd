// Finds out which name servers do not serve which records yet, and waits for them. Nothing may rely on a record before.
import { setTimeout as sleep } from 'node:timers/promises'
import type { MailRecord, WantedRecord } from '../../mail/records/dns-record.ts'
import { ZoneNotFound } from '../lookup/find-zone.ts'
import type { Looking } from '../lookup/look.ts'
import type { NameServer } from '../lookup/name-server.ts'
import { serialOf } from '../lookup/serial-of.ts'
import { serversWithout } from './servers-without.ts'
import type { ServingProblem } from './serving-problem.ts'

export interface NotServed<Asked extends WantedRecord = MailRecord> extends ServingProblem {
  readonly record: Asked
  /** Where it cannot be known which zone the record is in: `undefined`. */
  readonly server: NameServer | undefined
  /** SOA serial of the server's copy, where it tells. */
  readonly serial: number | undefined
}

export interface Waiting<Asked extends WantedRecord = MailRecord> extends Looking {
  /** Seconds to ask again for; 0: once. */
  readonly waitSeconds: number
  readonly signal?: AbortSignal | undefined
  /** Is called before each wait how many are still missing. */
  readonly progress?: ((missing: readonly NotServed<Asked>[]) => void) | undefined
}

const [FIRST_MS, LONGEST_MS] = [250, 5000] as const

/**
 * Every authoritative server of each record's zone is asked, without a cache on the way, until it serves the record
 * (TXT strings joined, DKIM by key) and nothing that the record is to replace, or the time is up. An alias counts where
 * the name that it leads to is served so.
 *
 * @returns what is not served, empty where all is well.
 */
export async function servedEverywhere<Asked extends WantedRecord>(
  records: readonly Asked[],
  waiting: Waiting<Asked>,
): Promise<readonly NotServed<Asked>[]> {
  const until = performance.now() + waiting.waitSeconds * 1000
  let missing = (await Promise.all(records.map((record) => notServed(record, waiting)))).flat()
  for (
    let pause: number = FIRST_MS;
    missing.length > 0 && performance.now() < until && waiting.signal?.aborted !== true;
    pause = Math.min(pause * 2, LONGEST_MS)
  ) {
    waiting.progress?.(missing)
    await sleep(Math.min(pause, Math.max(0, until - performance.now())), undefined, { signal: waiting.signal }).catch(
      () => undefined,
    )
    const again = [...new Set(missing.map(({ record }) => record))]
    missing = (await Promise.all(again.map((record) => notServed(record, waiting)))).flat()
  }
  return missing
}

async function notServed<Asked extends WantedRecord>(
  record: Asked,
  looking: Looking,
): Promise<readonly NotServed<Asked>[]> {
  try {
    const { zone, missing } = await serversWithout(record, looking)
    return await Promise.all(
      missing.map(async ({ server, ...problem }) => ({
        record,
        server,
        ...problem,
        serial: await serialOf(looking.ask, server, zone),
      })),
    )
  } catch (error) {
    if (!(error instanceof ZoneNotFound)) throw error
    return [{ record, server: undefined, kind: 'silent', why: error.message, serial: undefined }]
  }
}
