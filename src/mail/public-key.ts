// What kind of key a public key is, and whether OpenDKIM can sign with its private half.
import { createPublicKey } from 'node:crypto'
import type { Untrusted } from '../text/untrusted.ts'

/** RFC 8301, section 3.2: signers use 1024 bits at least. */
const LEAST_BITS = 1024

interface KeyKind {
  readonly type: string
  /** 0 where the type has no sizes. */
  readonly bits: number
}

/** Of SubjectPublicKeyInfo in DER, base64; `undefined` for what is no key. */
export function keyKind(spki: Untrusted): KeyKind | undefined {
  try {
    const key = createPublicKey({ key: Buffer.from(spki, 'base64'), format: 'der', type: 'spki' })
    return { type: key.asymmetricKeyType ?? 'unknown', bits: key.asymmetricKeyDetails?.modulusLength ?? 0 }
  } catch {
    return undefined
  }
}

/**
 * Why Debian's OpenDKIM cannot sign with it, or `undefined`.
 *
 * @param spki - SubjectPublicKeyInfo in DER, base64
 */
export function unusable(spki: Untrusted): string | undefined {
  const kind = keyKind(spki)
  if (kind === undefined) return 'it cannot be read'
  if (kind.type !== 'rsa') return `it is an ${kind.type} key, and OpenDKIM signs with RSA keys only`
  return kind.bits < LEAST_BITS
    ? `it has ${kind.bits} bits, and verifiers pass over keys of less than ${LEAST_BITS} (RFC 8301)`
    : undefined
}
