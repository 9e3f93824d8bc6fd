// Decides from a public key whether OpenDKIM can sign with its private half.
import { keyKind, LEAST_BITS } from '../../../mail/records/dkim/public-key.ts'
import type { Untrusted } from '../../../shell/untrusted.ts'

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
    ? `it has ${kind.bits} bits, and verifiers ignore keys of less than ${LEAST_BITS} (RFC 8301)`
    : undefined
}
