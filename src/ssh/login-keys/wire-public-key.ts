// Writes the public half of a key of Node in SSH's format.
import type { JsonWebKey, KeyObject } from 'node:crypto'
import { ANOTHER_KEY, damaged, KeyFault, unknownKind } from './key-fault.ts'
import { CURVES, readPublicKey, type PublicKey } from './public-key.ts'
import { wireMpint, wireString } from './wire.ts'

/** @throws KeyFault for a kind of key, or a curve, that is not to be used. */
export function wirePublicKey(key: KeyObject): PublicKey {
  const { asymmetricKeyType: kind, asymmetricKeyDetails: details } = key
  const written = WRITERS[kind ?? '']
  if (written === undefined) throw unknownKind(kind ?? 'secret')
  const blob = Buffer.concat(written(key.export({ format: 'jwk' })))
  const read = readPublicKey(blob)
  if (read !== undefined) return read
  const bits = details?.modulusLength
  if (bits === undefined) throw damaged()
  throw new KeyFault('useless', `it is an RSA key of ${bits} bits, and OpenSSH wants 1024 at least: ${ANOTHER_KEY}`)
}

const WRITERS: Readonly<Record<string, ((key: JsonWebKey) => readonly Buffer[]) | undefined>> = {
  ed25519: ({ x }) => [wireString('ssh-ed25519'), wireString(bytes(x))],
  rsa: ({ e, n }) => [wireString('ssh-rsa'), wireMpint(bytes(e)), wireMpint(bytes(n))],
  ec({ crv, x, y }) {
    const [name] = Object.entries(CURVES).find(([, { jwk }]) => jwk === crv) ?? []
    if (name === undefined)
      throw new KeyFault('unsupported', `a key of the curve ${crv}, which SSH does not have: ${ANOTHER_KEY}`)
    const point = Buffer.concat([Buffer.of(4), bytes(x), bytes(y)])
    return [wireString(`ecdsa-sha2-${name}`), wireString(name), wireString(point)]
  },
}

const bytes = (base64: string | undefined): Buffer => Buffer.from(base64 ?? '', 'base64url')
