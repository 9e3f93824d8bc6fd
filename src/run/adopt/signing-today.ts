// What a host signs today, as its daemon reads its configuration.
import type { Untrusted } from '../../shell/untrusted.ts'

export interface SignedBy {
  /** d=, in lower case. */
  readonly domain: Untrusted
  /** s= */
  readonly selector: Untrusted
  /** i= */
  readonly identity?: Untrusted | undefined
}

export interface SignedPattern extends SignedBy {
  /** Over the whole address in From: `*@example.org`, `*@*.example.org`, `news@example.org`, `*@*`. */
  readonly pattern: Untrusted
}

export interface NotUnderstood {
  readonly what: Untrusted
  /** `path:line`, as far as it is known. */
  readonly where: Untrusted
  readonly remedy: Untrusted
}

export interface SigningToday {
  readonly notUnderstood: readonly NotUnderstood[]
  /** In the daemon's order; `domain` is `%` where it is the sender's. */
  readonly patterns: readonly SignedPattern[]
  /** The signatures of mail from an address; `undefined`: they cannot be told. */
  of(from: string): readonly SignedBy[] | undefined
  /** As opendkim.conf(5) has it: `inet:8891@localhost`. */
  readonly socket: Untrusted | undefined
  /** Entries of InternalHosts; `undefined`: it is not set, which means this host alone. */
  readonly internalHosts: readonly Untrusted[] | undefined
  /** Names of settings, as written, with their values where they are told. */
  readonly settings: readonly { readonly name: Untrusted; readonly value: Untrusted }[]
}
