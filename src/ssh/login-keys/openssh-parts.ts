// Turns the numbers in OpenSSH's private keys (PROTOCOL.key), by type of key, into a JSON Web Key (RFC 7517).
import type { JsonWebKey } from 'node:crypto'
import { damaged } from './key-fault.ts'
import { CURVES } from './public-key.ts'
import type { WireReader } from './wire.ts'

/** What each type holds behind its name, the public half too. Throws where it is not that. */
export const PRIVATE_PARTS: Readonly<Record<string, ((reader: WireReader) => JsonWebKey) | undefined>> = {
  'ssh-ed25519': ed25519,
  'ecdsa-sha2-nistp256': ecdsa,
  'ecdsa-sha2-nistp384': ecdsa,
  'ecdsa-sha2-nistp521': ecdsa,
  'ssh-rsa': rsa,
}

const text = (bytes: Buffer): string => bytes.toString('base64url')

/** The public key, and the private one with the public one behind it. */
function ed25519(reader: WireReader): JsonWebKey {
  const x = reader.string()
  return { kty: 'OKP', crv: 'Ed25519', x: text(x), d: text(reader.string().subarray(0, x.length)) }
}

function ecdsa(reader: WireReader): JsonWebKey {
  const curve = CURVES[reader.text()]
  const point = reader.string()
  if (curve === undefined || point.length !== 1 + 2 * curve.bytes) throw damaged()
  const [x, y] = [point.subarray(1, 1 + curve.bytes), point.subarray(1 + curve.bytes)]
  const number = reader.mpint()
  const d = Buffer.concat([Buffer.alloc(Math.max(0, curve.bytes - number.length)), number])
  return { kty: 'EC', crv: curve.jwk, x: text(x), y: text(y), d: text(d) }
}

function rsa(reader: WireReader): JsonWebKey {
  const [n, e, d] = [reader.mpint(), reader.mpint(), reader.mpint()]
  const [qi, p, q] = [reader.mpint(), reader.mpint(), reader.mpint()]
  const exponent = (prime: Buffer): Buffer => bytesOf(numberOf(d) % (numberOf(prime) - 1n))
  const parts = { n, e, d, p, q, dp: exponent(p), dq: exponent(q), qi }
  return { kty: 'RSA', ...Object.fromEntries(Object.entries(parts).map(([name, bytes]) => [name, text(bytes)])) }
}

const numberOf = (bytes: Buffer): bigint => BigInt(`0x${bytes.toString('hex') || '0'}`)
const bytesOf = (number: bigint): Buffer => {
  const digits = number.toString(16)
  return Buffer.from(digits.length % 2 === 0 ? digits : `0${digits}`, 'hex')
}
