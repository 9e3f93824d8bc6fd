// What a host knows about a DKIM selector whose key it does not use: that the key is gone, and what its history says.
import { KEY_EVENTS, type KeyEvent } from '../../mail/rotation/history.ts'
import type { Untrusted } from '../../shell/untrusted.ts'

export interface SelectorPast {
  /** The key that the host's tables name for the domain, where it is gone; whatever its selector is. */
  readonly lost?: { readonly selector: Untrusted; readonly path: string }
  /** What befell the selector by the history beside its key. */
  readonly events: readonly KeyEvent[]
  /** When the host's day began, in UTC, by its clock: seconds since 1970. */
  readonly today: number
}

const DAY = 86_400

/**
 * @param now - the host's clock, in seconds since 1970.
 * @param words - the events of its history.
 * @returns `undefined`: nothing is known of it.
 */
export function pastOf(now: number, lost: SelectorPast['lost'], words: readonly Untrusted[]): SelectorPast | undefined {
  const events = KEY_EVENTS.filter((each) => words.includes(each))
  if (lost === undefined && events.length === 0) return undefined
  return { ...(lost === undefined ? {} : { lost }), events, today: Math.floor(now / DAY) * DAY }
}
