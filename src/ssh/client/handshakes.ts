// Limits how many SSH handshakes run at once: in total, and with one sshd.
import pLimit, { type LimitFunction } from 'p-limit'

/** They are what costs the controller's processor: more at once only stall each other. */
const AT_ONCE = 32
/** sshd drops some past 10 (sshd_config(5), MaxStartups 10:30:100), and others may be about. */
const AT_ONCE_WITH_ONE = 8

const overall = pLimit(AT_ONCE)
const withOne = new Map<string, LimitFunction>()

/** @param endpoint - `host:port` of the sshd that is asked first. */
export function handshake<T>(endpoint: string, shake: () => Promise<T>): Promise<T> {
  const limit = withOne.get(endpoint) ?? pLimit(AT_ONCE_WITH_ONE)
  withOne.set(endpoint, limit)
  return limit(() => overall(shake)).finally(() => {
    if (limit.activeCount + limit.pendingCount === 0) withOne.delete(endpoint)
  })
}
