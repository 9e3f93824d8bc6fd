// The exit status of a run: the first that applies.
import type { RunResult } from '../model/run-event.ts'

export const EXIT = { satisfied: 0, couldNotStart: 1, wouldChange: 2, failed: 3, unreachable: 4, unreported: 5, held: 6, interrupted: 130 } as const

/** For a run that started; whatever could not start is {@link EXIT.couldNotStart}. */
export function exitStatus({ interrupted, hosts }: RunResult): number {
  const some = (status: RunResult['hosts'][number]['status']): boolean => hosts.some((host) => host.status === status)
  if (interrupted || some('interrupted')) return EXIT.interrupted
  // Hosts that no turn came to were given up for the sake of those that failed.
  if (some('failed')) return EXIT.failed
  if (some('unreachable')) return EXIT.unreachable
  if (some('would-change')) return EXIT.wouldChange
  return EXIT.satisfied
}
