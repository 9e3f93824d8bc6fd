// Which private keys lie on a host for some domains, with their public halves and ages, and what time it is there.
import type { HostKey } from '../../mail/rotation/evidence.ts'

export interface HostKeys {
  /** The host's clock, in seconds since 1970. */
  readonly now: number
  readonly keys: readonly (HostKey & { readonly domain: string })[]
}
