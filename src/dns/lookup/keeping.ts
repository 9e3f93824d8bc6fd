// Keeps results by name, for everybody who asks at the same time or later. A failure is not kept.
import type { Untrusted } from '../../shell/untrusted.ts'

/**
 * @param isOwn - whether a failure is about who looked, and not about what was looked for: nobody else's ends by it.
 * @returns a function that looks where nothing is known.
 */
export function keeping<Found>(
  isOwn: (error: unknown) => boolean,
): (name: Untrusted, find: () => Promise<Found>) => Promise<Found> {
  const known = new Map<string, Promise<Found>>()
  return (name, find) => {
    const there = known.get(name)
    if (there !== undefined) {
      return there.catch((error: unknown) => {
        if (isOwn(error)) return find()
        throw error
      })
    }
    const begun = find()
    known.set(name, begun)
    begun.catch(() => known.delete(name))
    return begun
  }
}
