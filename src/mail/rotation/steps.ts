// The steps of a rotation, and what it waits for, as values. Other code carries them out.
import type { KeyEvent } from './history.ts'

/** In the form of the task dkimHistory. */
export interface NewMark {
  readonly event: KeyEvent
  readonly selector: string
  /** The path of the private key, if it is not beside the history. */
  readonly path?: string | undefined
}

/** The state of a key, in words for people. */
export type KeyState =
  | 'keyed'
  | 'published'
  | 'propagated'
  | 'active'
  | 'draining'
  | 'revoking'
  | 'revoked'
  | 'removing'
  | 'removed'

export type RotationStep =
  /** Record what was seen, or what is about to be done. */
  | { readonly kind: 'note'; readonly marks: readonly NewMark[] }
  /**
   * Choose a selector that was never used, and make its key. `begins`: a rotation begins with this step, and the
   * selector is not chosen yet.
   */
  | { readonly kind: 'begin'; readonly former: NewMark | undefined }
  /** The selector is chosen, and the key does not exist yet. */
  | { readonly kind: 'make'; readonly selector: string }
  | { readonly kind: 'publish'; readonly selector: string; readonly publicKey: string }
  /**
   * Put the key into the signer's tables, make the signer read them, and check that it signs. Then the key is `active`,
   * and `former` is `retired`.
   */
  | { readonly kind: 'activate'; readonly selector: string; readonly former: readonly string[] }
  | { readonly kind: 'revoke'; readonly selector: string }
  | { readonly kind: 'delete-key'; readonly selector: string; readonly path: string }
  | { readonly kind: 'delete-record'; readonly selector: string }

export type RotationWait =
  /** By the host's clock, in seconds since 1970. */
  | { readonly kind: 'until'; readonly time: number; readonly why: string }
  /** Something else must change first, such as a late name server. `soon`: this may happen by itself within seconds. */
  | { readonly kind: 'held'; readonly why: string; readonly soon: boolean }
  /** Somebody must correct it. */
  | { readonly kind: 'blocked'; readonly why: string }

export interface KeyProgress {
  readonly selector: string
  readonly state: KeyState
  /** When the key got this state, if it was recorded; by the host's clock, in seconds since 1970. */
  readonly since: number | undefined
  readonly step?: RotationStep
  readonly wait?: RotationWait
}

export interface NextSteps {
  readonly host: string
  readonly domain: string
  /** The host's clock, in seconds since 1970. */
  readonly now: number
  /** All keys except removed ones; the key in use is first. */
  readonly keys: readonly KeyProgress[]
  /** Given if a new rotation is due. */
  readonly begin?: RotationStep
  /** Why it is due. */
  readonly due?: string
  /** More to know about it. */
  readonly notes: readonly string[]
}
