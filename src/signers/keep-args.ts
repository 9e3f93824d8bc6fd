// The vars of an inventory that say which mail of a host must stay signed, and which mail may lose its signature.

/** Before a client in `dropSigning`. */
export const CLIENT = 'client:'

export interface KeepArgs {
  readonly domains: readonly string[]
  readonly hostName?: string
  /** The host's own name where its mail need not stay signed, nor be signed at all. */
  readonly unsignedName?: string
  /**
   * Senders whose mail need not stay signed: `example.net`, `.example.net` (those below it), `user@example.net`, `*`;
   * and clients: `client:10.0.0.0/8`.
   */
  readonly dropSigning?: readonly string[]
  /**
   * Clients that are signed for besides this host: those that the signer signs for by a configuration of others must be
   * among them. Left out: that is as it is.
   */
  readonly trustedHosts?: readonly string[]
}
