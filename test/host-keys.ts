// Public host keys for tests: as wire blobs and as known_hosts has them.
import { createHash, generateKeyPairSync } from 'node:crypto'
import { wireMpint, wireString } from '../src/ssh/login-keys/wire.ts'

export interface TestKey {
  readonly type: string
  readonly blob: Buffer
  /** Type and base64. */
  readonly text: string
}

export const testKey = (type: string, ...parts: readonly Buffer[]): TestKey => {
  const blob = Buffer.concat([wireString(type), ...parts])
  return { type, blob, text: `${type} ${blob.toString('base64')}` }
}

/** The same for the same seed. */
export const ed25519Key = (seed: string): TestKey =>
  testKey('ssh-ed25519', wireString(createHash('sha256').update(seed).digest()))

export function ecdsaKey(): TestKey {
  const { x, y } = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ format: 'jwk' })
  return testKey(
    'ecdsa-sha2-nistp256',
    wireString('nistp256'),
    wireString(Buffer.concat([Buffer.of(4), Buffer.from(x!, 'base64url'), Buffer.from(y!, 'base64url')])),
  )
}

export function rsaKey(bits: number): TestKey {
  const { e, n } = generateKeyPairSync('rsa', { modulusLength: bits }).publicKey.export({ format: 'jwk' })
  return testKey('ssh-rsa', wireMpint(Buffer.from(e!, 'base64url')), wireMpint(Buffer.from(n!, 'base64url')))
}
