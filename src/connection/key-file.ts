// Reads what can be told of a private key file without its passphrase.
import { existsSync, readFileSync } from 'node:fs'
import { parsePublicKey, statedType } from './public-key.ts'
import { wireReader } from './wire.ts'

export interface KeyFile {
  readonly path: string
  /**
   * The key as the wire carries it; `undefined` where only the passphrase opens it (PEM without a `.pub` beside it).
   */
  readonly publicKey: Buffer | undefined
  /** `ssh-ed25519`, `sk-ssh-ed25519@openssh.com`, … */
  readonly type: string | undefined
  readonly encrypted: boolean
  /** What parseKey takes; `undefined`: only the public key is here, and an agent may hold the private one. */
  readonly text: string | undefined
  /** An OpenSSH certificate for it lies beside it (`PATH-cert.pub`), as ssh(1) looks for. */
  readonly certified: boolean
}

const MAGIC = 'openssh-key-v1\0'

/**
 * Of a public key, or where there is but the `.pub` beside it, that is what there is: IdentityFile of ssh_config(5).
 * `undefined`: there is neither.
 *
 * @throws Error for one that cannot be read, or that holds no key.
 */
export function readKeyFile(path: string): KeyFile | undefined {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    const publicKey = besideIt(path)
    return publicKey && publicOnly(path, publicKey)
  }
  const certified = existsSync(`${path}-cert.pub`)
  const body = /-----BEGIN OPENSSH PRIVATE KEY-----([\s\S]+?)-----END/.exec(text)?.[1]
  if (body !== undefined) return { path, text, certified, ...opensshKey(Buffer.from(body, 'base64')) }
  if (!/-----BEGIN [A-Z ]*PRIVATE KEY-----|^PuTTY-User-Key-File-/.test(text)) {
    const own = publicIn(text)
    if (own === undefined) throw new Error('it holds no private key')
    return publicOnly(path, own)
  }
  const publicKey = besideIt(path)
  return {
    path,
    text,
    certified,
    publicKey,
    type: publicKey && statedType(publicKey),
    encrypted: /Proc-Type: 4,ENCRYPTED|BEGIN ENCRYPTED|^Encryption: (?!none)/m.test(text),
  }
}

/** PROTOCOL.key of OpenSSH: magic, cipher, kdf, its options, number of keys, the public key. */
function opensshKey(bytes: Buffer): Pick<KeyFile, 'publicKey' | 'type' | 'encrypted'> {
  if (bytes.subarray(0, MAGIC.length).toString('latin1') !== MAGIC) throw new Error('it is damaged')
  try {
    const reader = wireReader(bytes.subarray(MAGIC.length))
    const cipher = reader.string().toString('latin1')
    reader.string()
    reader.string()
    reader.uint32()
    const publicKey = reader.string()
    return { publicKey, type: statedType(publicKey), encrypted: cipher !== 'none' }
  } catch {
    throw new Error('it is damaged')
  }
}

const publicOnly = (path: string, publicKey: Buffer): KeyFile => ({
  path,
  publicKey,
  type: statedType(publicKey),
  encrypted: false,
  text: undefined,
  certified: false,
})

function publicIn(text: string): Buffer | undefined {
  const [type = '', base64 = ''] = text.trim().split(/\s+/)
  return parsePublicKey(type, base64)?.blob
}

function besideIt(path: string): Buffer | undefined {
  try {
    return publicIn(readFileSync(`${path}.pub`, 'utf8'))
  } catch {
    return undefined
  }
}
