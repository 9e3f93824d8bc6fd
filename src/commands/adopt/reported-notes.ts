// Remembers which notes about hosts `mailrun adopt` has reported, so that its check of the same hosts does not report
// them again.
import type { RunEvent } from '../../core/run-event.ts'
import type { RunBounds } from '../../engine/ask-only.ts'

export interface ReportedNotes {
  /** With these, the notes of {@link askOnly} are reported and remembered. */
  readonly bounds: RunBounds
  /** Whether the event is a note that was reported. */
  isReported(event: RunEvent): boolean
}

/** If nobody listens to the notes of hosts that are asked, none counts as reported. */
export function reportedNotes(bounds: RunBounds): ReportedNotes {
  const { onHostNote } = bounds
  if (onHostNote === undefined) return { bounds, isReported: () => false }
  const reported = new Set<string>()
  const keyOf = (host: string, note: string): string => JSON.stringify([host, note])
  return {
    bounds: {
      ...bounds,
      onHostNote(hosts, note) {
        for (const host of hosts) reported.add(keyOf(host, note))
        onHostNote(hosts, note)
      },
    },
    isReported: (event) => event.kind === 'host-note' && reported.has(keyOf(event.host, event.note)),
  }
}
