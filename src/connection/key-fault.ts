// Why a private key cannot be used.

/**
 * `locked`: it wants a passphrase, or another one. `beyond`: mailrun cannot read it; OpenSSH perhaps can. `useless`:
 * nobody can.
 */
export type KeyFaultKind = 'locked' | 'beyond' | 'useless'

/** Its message says what the key is: `a key of the curve secp256k1`, `it is damaged`. */
export class KeyFault extends Error {
  readonly kind: KeyFaultKind
  constructor(kind: KeyFaultKind, message: string) {
    super(message)
    this.kind = kind
  }
}

export const damaged = (): KeyFault => new KeyFault('useless', 'it is damaged')
