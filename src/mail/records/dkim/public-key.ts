// What kind of key a public key is, and whether it may be published.
import { createPublicKey, type KeyObject } from 'node:crypto'
import type { Untrusted } from '../../../shell/untrusted.ts'

/** RFC 8301, section 3.2: signers use 1024 bits at least. */
export const LEAST_BITS = 1024

interface KeyKind {
  readonly type: string
  /** 0 where the type has no sizes. */
  readonly bits: number
}

/** RFC 8301, section 3.2: verifiers need not take more. */
const MOST_BITS = 4096
/** Characters of base64: those of an RSA key of 4096 bits are 736, with an exponent of 4 bytes. */
const MOST_TEXT = 800
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/

export type WeighedKey =
  /** SubjectPublicKeyInfo in DER, base64, as this side writes it. */
  | { readonly key: string }
  /** Why it is not to be published; follows `its public key`. */
  | { readonly why: string }

/**
 * A public key as a host said it, parsed and weighed: RSA of 1024 to 4096 bits, or Ed25519 (RFC 8301, RFC 8463).
 *
 * @param reported - SubjectPublicKeyInfo in DER, base64, or anything
 */
export function publishableKey(reported: Untrusted): WeighedKey {
  if (reported.length > MOST_TEXT) return { why: `has ${reported.length} characters, and ${MOST_TEXT} are the most` }
  const key = BASE64.test(reported) ? parsedKey(reported) : undefined
  if (key === undefined) return { why: 'is no SubjectPublicKeyInfo' }
  const { asymmetricKeyType: type = 'unknown', asymmetricKeyDetails: { modulusLength = 0, publicExponent = 0n } = {} } =
    key
  if (type !== 'rsa' && type !== 'ed25519') return { why: `is of the type ${type}, and RSA or Ed25519 is wanted` }
  const isSized = modulusLength >= LEAST_BITS && modulusLength <= MOST_BITS
  if (type === 'rsa' && !isSized)
    return { why: `has ${modulusLength} bits, and ${LEAST_BITS} to ${MOST_BITS} are wanted (RFC 8301)` }
  if (type === 'rsa' && (publicExponent < 3n || publicExponent % 2n === 0n))
    return { why: `has the exponent ${publicExponent}, which is none of RSA` }
  const text = key.export({ format: 'der', type: 'spki' }).toString('base64')
  return text === reported ? { key: text } : { why: 'has more than a key in it' }
}

function parsedKey(spki: Untrusted): KeyObject | undefined {
  try {
    return createPublicKey({ key: Buffer.from(spki, 'base64'), format: 'der', type: 'spki' })
  } catch {
    return undefined
  }
}

/** Of SubjectPublicKeyInfo in DER, base64; `undefined` for what is no key. */
export function keyKind(spki: Untrusted): KeyKind | undefined {
  const key = parsedKey(spki)
  return key === undefined
    ? undefined
    : { type: key.asymmetricKeyType ?? 'unknown', bits: key.asymmetricKeyDetails?.modulusLength ?? 0 }
}
