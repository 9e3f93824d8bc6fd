// The private keys on a host for some domains: their public halves, their ages, and the time on the host.
import type { HostKey } from '../../mail/rotation/evidence.ts'

export interface HostKeys {
  /** The host's clock, in seconds since 1970. */
  readonly now: number
  readonly keys: readonly (HostKey & { readonly domain: string })[]
}
