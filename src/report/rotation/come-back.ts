// Computes when to run `mailrun rotate` again.
import type { Outlook } from '../../mail/rotation/steps.ts'

/** Seconds from now, where time alone is waited for; what is held outside is no reason to come at a time. */
export function comeBack(outlooks: readonly Outlook[]): number | undefined {
  const waits = outlooks.flatMap(({ keys, now }) =>
    keys.flatMap(({ wait }) => (wait?.kind === 'until' ? [wait.time - now] : [])),
  )
  return waits.length === 0 ? undefined : Math.max(0, Math.min(...waits))
}
