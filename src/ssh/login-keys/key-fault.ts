// The reasons why a private key cannot be used.

/**
 * `locked`: it wants a passphrase, or another one. `unsupported`: mailrun cannot read it; OpenSSH perhaps can.
 * `useless`: nobody can.
 */
export type KeyFaultKind = 'locked' | 'unsupported' | 'useless'

/** Its message says what the key is: `a key of the curve secp256k1`, `it is damaged`. */
export class KeyFault extends Error {
  readonly kind: KeyFaultKind
  constructor(kind: KeyFaultKind, message: string) {
    super(message)
    this.kind = kind
  }
}

/** What to do about a key of a kind that SSH has not, or has no more. */
export const ANOTHER_KEY = 'make another by ssh-keygen -t ed25519'

/** Of its kind, as OpenSSL and OpenSSH call it. */
export const unknownKind = (kind: string): KeyFault =>
  new KeyFault(
    'unsupported',
    /^(?:dsa|ssh-dss)$/.test(kind)
      ? `a DSA key, which sshd no longer accepts: ${ANOTHER_KEY}`
      : `a key of the kind ${kind}: ${ANOTHER_KEY}`,
  )

export const damaged = (): KeyFault => new KeyFault('useless', 'it is damaged')
