// What kind of key a public key is, and whether OpenDKIM can sign with its private half.
import { createPublicKey } from 'node:crypto'

/** RFC 8301, section 3.2: signers use 1024 bits at least. */
const LEAST_BITS = 1024

/** Why Debian's OpenDKIM cannot sign with it, or `undefined`. @param spki - SubjectPublicKeyInfo in DER, base64 */
export function unusable(spki: string): string | undefined {
  try {
    const key = createPublicKey({ key: Buffer.from(spki, 'base64'), format: 'der', type: 'spki' })
    if (key.asymmetricKeyType !== 'rsa') return `it is an ${key.asymmetricKeyType ?? 'unknown'} key, and OpenDKIM signs with RSA keys only`
    const bits = key.asymmetricKeyDetails?.modulusLength ?? 0
    return bits < LEAST_BITS ? `it has ${bits} bits, and verifiers pass over keys of less than ${LEAST_BITS} (RFC 8301)` : undefined
  } catch (error) {
    return `it cannot be read: ${error instanceof Error ? error.message : String(error)}`
  }
}
