// The steps of a rotation, and what it waits for, as values. Other code carries them out.
import type { KeyEvent } from './history.ts'

/** As the task dkimHistory takes it. */
export interface NewMark {
  readonly event: KeyEvent
  readonly selector: string
  /** Of the private key, where it is not beside the history. */
  readonly path?: string | undefined
}

/** A key's place in its life, as people read it. */
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
  /** Write down what was seen, or what is about to be done. */
  | { readonly kind: 'note'; readonly marks: readonly NewMark[] }
  /**
   * Take a selector that was never used, and make its key. `begins`: a rotation begins with it; the selector is still
   * to be found.
   */
  | { readonly kind: 'begin'; readonly former: NewMark | undefined }
  /** The selector is taken, and the key is still to be made. */
  | { readonly kind: 'make'; readonly selector: string }
  | { readonly kind: 'publish'; readonly selector: string; readonly publicKey: string }
  /**
   * Have the tables name it, have the signer read them, and see that it signs; then it is `active`, and `former` is
   * `retired`.
   */
  | { readonly kind: 'activate'; readonly selector: string; readonly former: readonly string[] }
  | { readonly kind: 'revoke'; readonly selector: string }
  | { readonly kind: 'delete-key'; readonly selector: string; readonly path: string }
  | { readonly kind: 'delete-record'; readonly selector: string }

export type RotationWait =
  /** By the host's clock, in seconds since 1970. */
  | { readonly kind: 'until'; readonly time: number; readonly why: string }
  /** Something outside must change first, such as a name server that lags. `soon`: it may within moments, by itself. */
  | { readonly kind: 'held'; readonly why: string; readonly soon: boolean }
  /** Somebody must correct it. */
  | { readonly kind: 'blocked'; readonly why: string }

export interface KeyProgress {
  readonly selector: string
  readonly state: KeyState
  /** When it came to that, where it was written down; by the host's clock, in seconds since 1970. */
  readonly since: number | undefined
  readonly step?: RotationStep
  readonly wait?: RotationWait
}

export interface NextSteps {
  readonly host: string
  readonly domain: string
  /** The host's clock, in seconds since 1970. */
  readonly now: number
  /** All but those that are removed, the one in use first. */
  readonly keys: readonly KeyProgress[]
  /** Where a new rotation is due. */
  readonly begin?: RotationStep
  /** Why it is due. */
  readonly due?: string
  /** What to know beside it. */
  readonly notes: readonly string[]
}
