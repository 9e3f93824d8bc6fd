// Makes equal questions one value: a fleet of thousands asks the same of each of its hosts, and its tasks are all there
// before the first connection.
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
