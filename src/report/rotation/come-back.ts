// Computes when to run `mailrun rotate` again.
import type { NextSteps } from '../../mail/rotation/steps.ts'

/** Seconds from now, where time alone is waited for; what is held outside is no reason to come at a time. */
export function comeBack(rotations: readonly NextSteps[]): number | undefined {
  const waits = rotations.flatMap(({ keys, now }) =>
    keys.flatMap(({ wait }) => (wait?.kind === 'until' ? [wait.time - now] : [])),
  )
  return waits.length === 0 ? undefined : Math.max(0, Math.min(...waits))
}
