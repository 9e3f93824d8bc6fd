// The input of a rotation: what one host and the name servers say about its keys for one domain.
import type { DnsWish } from './dns-wish.ts'
import type { Mark } from './history.ts'
import type { RotationSettings } from './settings.ts'

/** A private key on the host. */
export interface HostKey {
  readonly selector: string
  readonly path: string
  /** SubjectPublicKeyInfo, DER, base64; `undefined`: it is no key that can be read. */
  readonly publicKey: string | undefined
  /** When it was written, in seconds since 1970. */
  readonly made: number
}

/** What name servers say of a selector, beside what they are to say. */
export interface DnsStanding {
  readonly wish: DnsWish
  /** Those that say something else, in words; empty: every one does. */
  readonly missing: readonly { readonly silent: boolean; readonly what: string }[]
  /** `needed`: the server that takes updates does not have it. `by-others`: the zone is kept in other ways. */
  readonly push: 'done' | 'needed' | 'by-others' | { readonly why: string }
}

/** Of the host's Postfix. */
export interface QueueStanding {
  /** Seconds: the longer of `maximal_queue_lifetime` and `bounce_queue_lifetime`. */
  readonly lifetime: number
  readonly messages: number
  /** The one that came first; `undefined`: the queue is empty. */
  readonly oldest: { readonly id: string; readonly queue: string; readonly arrived: number } | undefined
}

export interface RotationEvidence {
  readonly host: string
  readonly domain: string
  /** That signs there: as people write it, and where keys are, `DIRECTORY/DOMAIN/SELECTOR.private`. */
  readonly signer: { readonly title: string; readonly keyDirectory: string }
  /** The host's clock, in seconds since 1970. */
  readonly now: number
  /** That the tables name. */
  readonly inUse: HostKey
  /** On the host; the one in use may be elsewhere. */
  readonly keys: readonly HostKey[]
  readonly history: readonly Mark[]
  /** By selector, of all that are not removed. */
  readonly dns: ReadonlyMap<string, DnsStanding>
  /** Seconds for which a resolver may hold that a new selector is not there, or what a wildcard says. */
  readonly cached: number
  /** The selectors that milters were seen to sign with; or why that cannot be known. */
  readonly signing: readonly string[] | { readonly why: string }
  readonly queue: QueueStanding | { readonly why: string }
  readonly settings: RotationSettings
}

/** What is asked for, beside going on. */
export interface RotationRequest {
  /** Begin now, whatever the key's age. */
  readonly start: boolean
  /** The key in use, and every other one on the host, is known to others. */
  readonly compromised: boolean
}
