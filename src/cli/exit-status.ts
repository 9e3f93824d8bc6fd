// Computes the exit status of a run: the first one that applies.
import type { Publication } from '../dns/push/publication.ts'
import type { RunResult } from '../core/run-event.ts'

export const EXIT = {
  satisfied: 0,
  couldNotStart: 1,
  wouldChange: 2,
  failed: 3,
  unreachable: 4,
  unreported: 5,
  held: 6,
  interrupted: 130,
} as const

/** The status of a run that started. If it could not start, the status is {@link EXIT.couldNotStart}. */
export function exitStatus(
  { interrupted, hosts, check, dns }: RunResult & { readonly dns?: Publication },
  /** What is held back counts as done: a check still finds the changes beside it. */
  heldOk = false,
): number {
  const some = (status: RunResult['hosts'][number]['status']): boolean => hosts.some((host) => host.status === status)
  const published = dns === undefined ? EXIT.satisfied : publicationStatus(dns, check, heldOk)
  if (interrupted || some('interrupted')) return EXIT.interrupted
  // `not-reached` needs no check: such hosts were not started because others failed.
  if (some('failed') || published === EXIT.failed) return EXIT.failed
  if (some('unreachable') || published === EXIT.unreachable) return EXIT.unreachable
  if (!heldOk && (some('held') || published === EXIT.held)) return EXIT.held
  if (some('would-change') || published === EXIT.wouldChange) return EXIT.wouldChange
  if (check && hosts.some(({ tasks }) => tasks.some(({ changes }) => changes.length > 0))) return EXIT.wouldChange
  return EXIT.satisfied
}

/** The status if only the publication in DNS counted. */
function publicationStatus(
  { plan, pushed, notServed, byHand, left, error }: Publication,
  check: boolean,
  heldOk: boolean,
): number {
  const { records, findings } = plan ?? { records: [], findings: [] }
  const isPlanBad =
    records.some(({ kind }) => kind === 'blocked') || findings.some(({ severity }) => severity === 'error')
  const isPushBad = error !== undefined || pushed.some(({ outcome }) => outcome.kind !== 'done')
  if (isPlanBad || isPushBad) return EXIT.failed
  if (records.some(({ kind }) => kind === 'unanswered')) return EXIT.unreachable
  if (!heldOk && notServed.length + byHand.length + left.length > 0) return EXIT.held
  return check && records.some(({ kind }) => kind === 'change') ? EXIT.wouldChange : EXIT.satisfied
}
