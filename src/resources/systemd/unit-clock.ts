// Computes when a unit started, by the host's present clock, so that times of files can be compared with it even if the
// clock was set back.
import type { Untrusted } from '../../shell/untrusted.ts'
import type { UnitProperties } from './unit-state.ts'

/** Both in nanoseconds. */
export interface Clock {
  /** Since 1970. */
  readonly now: bigint
  /** Since the host's boot, whatever was done to its clock; proc_uptime(5). */
  readonly uptime: bigint
}

/**
 * Perl that prints the entry which {@link clockOf} reads. Whole seconds: perl-base knows no others, and the clocks are
 * not read in one moment either.
 */
export const CLOCK = String.raw`
print 'clock ', time, '.000000000 ', (split ' ', text_of('/proc/uptime', 99))[0], "\0";
`

export function clockOf(entries: readonly Untrusted[]): Clock | undefined {
  for (const entry of entries) {
    const match = /^clock (\d+)\.(\d{9}) (\d+)\.(\d+)$/.exec(entry)
    if (match)
      return { now: BigInt(`${match[1]}${match[2]}`), uptime: BigInt(`${match[3]}${match[4]!.padEnd(9, '0')}`) }
  }
  return undefined
}

/** The two clocks are not read in one moment, on a busy host. */
const TOLERANCE_NANOSECONDS = 2_000_000_000n

/**
 * Nanoseconds since 1970; 0 where it never started. The clock that was set back counts by the time that has gone since:
 * what it said then lies too late, so that files changed since would pass for read.
 */
export function startOf(unit: UnitProperties, clock: Clock | undefined): bigint {
  const reported = nanoseconds(unit.get('ActiveEnterTimestamp') ?? '')
  const monotonic = BigInt(/^\d+$/.exec(unit.get('ActiveEnterTimestampMonotonic') ?? '')?.[0] ?? 0) * 1000n
  if (clock === undefined || monotonic === 0n) return reported
  const gone = clock.now - clock.uptime + monotonic
  return gone + TOLERANCE_NANOSECONDS < reported ? gone : reported
}

/** `Tue 2026-11-24 15:54:08.123456 UTC` */
function nanoseconds(timestamp: string): bigint {
  const match = /(\d{4}-\d{2}-\d{2}) (\d{2}:\d{2}:\d{2})(?:\.(\d+))? UTC/.exec(timestamp)
  return match
    ? BigInt(Date.parse(`${match[1]}T${match[2]}Z`)) * 1_000_000n + BigInt((match[3] ?? '').padEnd(9, '0'))
    : 0n
}
