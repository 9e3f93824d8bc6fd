// Reads private keys in OpenSSH's own format (PROTOCOL.key of OpenSSH).
import { createPrivateKey, type KeyObject } from 'node:crypto'
import { damaged, KeyFault, unknownKind } from './key-fault.ts'
import { KEY_CIPHERS, type KeyCipher } from './key-ciphers.ts'
import { PRIVATE_PARTS } from './openssh-parts.ts'
import { statedType } from './public-key.ts'
import { wireReader } from './wire.ts'

export interface OpensshKey {
  /** As the wire carries it. */
  readonly publicKey: Buffer
  readonly type: string
  /** `undefined`: it has no passphrase. */
  readonly lock: Lock | undefined
  /** The private half; encrypted where there is a lock. */
  readonly body: Buffer
}

interface Lock {
  readonly cipher: string
  readonly kdf: string
  readonly salt: Buffer
  readonly rounds: number
  /** What follows the body. */
  readonly tag: Buffer
}

const MAGIC = 'openssh-key-v1\0'

/** @throws KeyFault; `undefined`: the text is no such key. */
export function readOpensshKey(text: string): OpensshKey | undefined {
  const base64 = /-----BEGIN OPENSSH PRIVATE KEY-----([\s\S]+?)-----END/.exec(text)?.[1]
  if (base64 === undefined) return undefined
  const bytes = Buffer.from(base64, 'base64')
  if (bytes.subarray(0, MAGIC.length).toString('latin1') !== MAGIC) throw damaged()
  return orDamaged(() => {
    const reader = wireReader(bytes.subarray(MAGIC.length))
    const [cipher, kdf] = [reader.text(), reader.text()] as const
    const options = reader.string()
    if (reader.uint32() !== 1) throw damaged()
    const publicKey = reader.string()
    const body = reader.string()
    const tag = reader.bytes(reader.left)
    const lock = cipher === 'none' ? undefined : { cipher, kdf, tag, ...kdfOptions(options) }
    return { publicKey, type: statedType(publicKey), lock, body }
  })
}

function kdfOptions(options: Buffer): Pick<Lock, 'salt' | 'rounds'> {
  const reader = wireReader(options)
  return { salt: reader.string(), rounds: reader.uint32() }
}

/**
 * @param passphrase - `undefined`: nobody has said one.
 * @throws KeyFault
 */
export async function openOpensshKey(
  { lock, body, type }: OpensshKey,
  passphrase: string | undefined,
): Promise<KeyObject> {
  const opened = lock === undefined ? body : await unlocked(lock, body, passphrase)
  return orDamaged(() => {
    const reader = wireReader(opened)
    // Two equal numbers: they differ if the passphrase is wrong.
    if (reader.uint32() !== reader.uint32()) throw lock === undefined ? damaged() : locked()
    const made = PRIVATE_PARTS[reader.text()]
    if (made === undefined) throw unknownKind(type)
    return createPrivateKey({ key: made(reader), format: 'jwk' })
  })
}

const locked = (): KeyFault => new KeyFault('locked', 'it has a passphrase')

async function unlocked(
  { cipher: name, kdf, salt, rounds, tag }: Lock,
  body: Buffer,
  passphrase: string | undefined,
): Promise<Buffer> {
  const cipher = KEY_CIPHERS.get(name)
  if (cipher === undefined) throw new KeyFault('unsupported', `it is encrypted by ${name}`)
  if (kdf !== 'bcrypt') throw new KeyFault('unsupported', `its passphrase goes through ${kdf}`)
  if (!fits(cipher, body, tag)) throw damaged()
  if (passphrase === undefined || passphrase === '') throw locked()
  const bytes = cipher.keyBytes + cipher.ivBytes
  const secret = await bcrypt(Buffer.from(passphrase), salt, rounds, bytes)
  try {
    return cipher.open(secret.subarray(0, cipher.keyBytes), secret.subarray(cipher.keyBytes), body, tag)
  } catch {
    throw locked()
  }
}

/** bcrypt_pbkdf.c of OpenBSD; some 20 ms for each round, in which nothing else runs. */
async function bcrypt(pass: Buffer, salt: Buffer, rounds: number, bytes: number): Promise<Buffer> {
  const key = Buffer.alloc(bytes)
  const { default: package_ } = await import('bcrypt-pbkdf')
  if (package_.pbkdf(pass, pass.length, salt, salt.length, key, bytes, rounds) !== 0) throw damaged()
  return key
}

const fits = ({ blockBytes, tagBytes }: KeyCipher, body: Buffer, tag: Buffer): boolean =>
  body.length % blockBytes === 0 && tag.length === tagBytes

function orDamaged<T>(read: () => T): T {
  try {
    return read()
  } catch (error) {
    if (error instanceof KeyFault) throw error
    throw damaged()
  }
}
