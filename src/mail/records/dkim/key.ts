// The public key in a DKIM record: whether it is valid, and whether it is the key with which a host signs (RFC 6376,
// section 3.6.1).
import { createPublicKey, type KeyObject } from 'node:crypto'
import type { DkimKeyRecord } from './record.ts'

/**
 * SubjectPublicKeyInfo in DER, base64; `undefined` if the record has no valid key. Most records have RSA keys as
 * SubjectPublicKeyInfo. RFC 6376, section 3.6.1, says RSAPublicKey; its erratum 3017 allows both, and verifiers accept
 * both.
 */
export function publicKeyOf({ k = 'rsa', p }: DkimKeyRecord): string | undefined {
  return keyOf(k, p)?.export({ format: 'der', type: 'spki' }).toString('base64')
}

/** A key of the type that the record says; `undefined` if it is not valid. */
export function keyOf(k: string, p: string): KeyObject | undefined {
  const key = Buffer.from(p, 'base64')
  const ways =
    k === 'ed25519'
      ? [() => createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: key.toString('base64url') }, format: 'jwk' })]
      : (['spki', 'pkcs1'] as const).map((type) => () => createPublicKey({ key, format: 'der', type }))
  for (const way of ways) {
    try {
      return way()
    } catch {
      // Not in this form.
    }
  }
  return undefined
}

/** Whether two records have the same key, in any spelling. Two revoked records are the same. */
export function sameDkimKey(a: DkimKeyRecord, b: DkimKeyRecord): boolean {
  if (a.p === '' || b.p === '') return a.p === b.p
  const key = publicKeyOf(a)
  return key !== undefined && key === publicKeyOf(b)
}
