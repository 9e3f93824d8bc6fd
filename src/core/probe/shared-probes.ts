// Makes equal probes one value. All tasks of a fleet exist before the first connection, and thousands of hosts are
// asked the same questions: so this saves memory.
import type { Probe } from './probe.ts'

/** Of what is different for each host, no more is kept than this. */
const AT_MOST = 4096

/**
 * By key, which must say all that the question is made of.
 *
 * @example
 * const shared = sharedProbes<PathState>()
 * shared(key, () => defineProbe({ key, … }))
 */
export function sharedProbes<State>(): (key: string, make: () => Probe<State>) => Probe<State> {
  const known = new Map<string, Probe<State>>()
  return (key, make) => {
    const before = known.get(key)
    if (before !== undefined) return before
    if (known.size >= AT_MOST) known.clear()
    const made = make()
    known.set(key, made)
    return made
  }
}
