// Reads and writes public keys in SSH's format, as strictly as sshkey.c of OpenSSH.
import { createHash, createPublicKey } from 'node:crypto'
import { wireMpint, wireReader, wireString, type WireReader } from './wire.ts'

export interface PublicKey {
  /** `ssh-ed25519`, `ecdsa-sha2-nistp256`, `ssh-rsa`, … (RFC 4253, section 6.6) */
  readonly type: string
  /** The key as the wire carries it, each number in its one spelling. */
  readonly blob: Buffer
}

/** By SSH's names (RFC 5656, section 10.1). */
export const CURVES: Readonly<Record<string, { readonly jwk: string; readonly bytes: number }>> = {
  nistp256: { jwk: 'P-256', bytes: 32 },
  nistp384: { jwk: 'P-384', bytes: 48 },
  nistp521: { jwk: 'P-521', bytes: 66 },
}
/** Names of signature algorithms, which OpenSSH takes for the type, too. */
const RSA_NAMES = ['ssh-rsa', 'rsa-sha2-256', 'rsa-sha2-512']
const ED25519_BYTES = 32
/** OpenSSH's SSH_RSA_MINIMUM_MODULUS_SIZE, and its RequiredRSASize where nothing is said. */
const LEAST_RSA_BITS = 1024
const CERTIFICATE = '-cert-v01@openssh.com'

/** What each type holds behind its name, read and written again; throws where it is not that. */
const PARTS: Readonly<Record<string, (reader: WireReader) => Buffer>> = {
  'ssh-ed25519': ed25519,
  'sk-ssh-ed25519@openssh.com': (reader) => Buffer.concat([ed25519(reader), wireString(reader.text())]),
  'ecdsa-sha2-nistp256': (reader) => ecdsa(reader, 'nistp256'),
  'ecdsa-sha2-nistp384': (reader) => ecdsa(reader, 'nistp384'),
  'ecdsa-sha2-nistp521': (reader) => ecdsa(reader, 'nistp521'),
  'sk-ecdsa-sha2-nistp256@openssh.com': (reader) =>
    Buffer.concat([ecdsa(reader, 'nistp256'), wireString(reader.text())]),
  'ssh-dss': (reader) => Buffer.concat([1, 2, 3, 4].map(() => wireMpint(reader.mpint()))),
  'ssh-rsa': rsa,
}

/** `undefined` for what is no public key of a type that OpenSSH 9.2 knows. A certificate is taken as it is. */
export function readPublicKey(data: Buffer): PublicKey | undefined {
  try {
    const reader = wireReader(data)
    const name = reader.text()
    const type = plainType(name)
    if (isCertificateType(type)) return { type, blob: data }
    const blob = Buffer.concat([wireString(type), PARTS[type]!(reader)])
    return reader.left === 0 ? { type, blob } : undefined
  } catch {
    return undefined
  }
}

/** A key as files have it: type and base64. `undefined` where it cannot be read, or is of another type than said. */
export function parsePublicKey(type: string, base64: string): PublicKey | undefined {
  // b64_pton passes over white space; of that, what does not end a field.
  const text = base64.replace(/[\r\v\f]/g, '')
  const data = Buffer.from(text, 'base64')
  if (data.toString('base64') !== text) return undefined
  const key = readPublicKey(data)
  return key?.type === plainType(type) ? key : undefined
}

/**
 * What a key on the wire says of itself first, whether it can be read here or not.
 *
 * @throws RangeError where it says nothing.
 */
export const statedType = (blob: Buffer): string => wireReader(blob).string().toString('latin1')

/** As `ssh-keygen -l` prints it. */
export const fingerprint = ({ blob }: PublicKey): string =>
  `SHA256:${createHash('sha256').update(blob).digest('base64').replace(/=+$/, '')}`

export const isCertificateType = (type: string): boolean =>
  type.endsWith(CERTIFICATE) &&
  Object.hasOwn(
    PARTS,
    type.startsWith('sk-') ? `${type.slice(0, -CERTIFICATE.length)}@openssh.com` : type.slice(0, -CERTIFICATE.length),
  )

/** The type of keys that an algorithm signs with: RSA has one type of key and several algorithms (RFC 8332). */
export const plainType = (algorithm: string): string => (RSA_NAMES.includes(algorithm) ? 'ssh-rsa' : algorithm)

function ed25519(reader: WireReader): Buffer {
  const key = reader.string()
  if (key.length !== ED25519_BYTES) throw new RangeError('an Ed25519 key has 32 bytes')
  return wireString(key)
}

/** RFC 5656, section 3.1; the point uncompressed, and on its curve. */
function ecdsa(reader: WireReader, curve: string): Buffer {
  const { jwk, bytes } = CURVES[curve]!
  const named = reader.text()
  const point = reader.string()
  if (named !== curve || point.length !== 1 + 2 * bytes || point[0] !== 4) throw new RangeError(`no point of ${curve}`)
  const [x, y] = [point.subarray(1, 1 + bytes), point.subarray(1 + bytes)].map((each) =>
    each.toString('base64url'),
  ) as [string, string]
  createPublicKey({ key: { kty: 'EC', crv: jwk, x, y }, format: 'jwk' })
  return Buffer.concat([wireString(named), wireString(point)])
}

function rsa(reader: WireReader): Buffer {
  const [exponent, modulus] = [reader.mpint(), reader.mpint()]
  const bits = modulus.length === 0 ? 0 : modulus.length * 8 - (Math.clz32(modulus[0]!) - 24)
  if (bits < LEAST_RSA_BITS) throw new RangeError(`an RSA key of ${bits} bits`)
  return Buffer.concat([wireMpint(exponent), wireMpint(modulus)])
}
