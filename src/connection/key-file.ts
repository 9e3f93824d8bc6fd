// Reads what can be told of a private key file without its passphrase.
import { existsSync, readFileSync } from 'node:fs'

export interface KeyFile {
  readonly path: string
  /** The key as the wire carries it; `undefined` where only the passphrase opens it (PEM without a `.pub` beside it). */
  readonly publicKey: Buffer | undefined
  /** `ssh-ed25519`, `sk-ssh-ed25519@openssh.com`, … */
  readonly type: string | undefined
  readonly encrypted: boolean
  /** What parseKey takes. */
  readonly text: string
  /** An OpenSSH certificate for it lies beside it (`PATH-cert.pub`), as ssh(1) looks for. */
  readonly certified: boolean
}

const MAGIC = 'openssh-key-v1\0'

/** `undefined`: there is no such file. @throws Error for one that cannot be read, or that holds no private key */
export function readKeyFile(path: string): KeyFile | undefined {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
  const certified = existsSync(`${path}-cert.pub`)
  const body = /-----BEGIN OPENSSH PRIVATE KEY-----([\s\S]+?)-----END/.exec(text)?.[1]
  if (body !== undefined) return { path, text, certified, ...opensshKey(Buffer.from(body, 'base64')) }
  if (!/-----BEGIN [A-Z ]*PRIVATE KEY-----|^PuTTY-User-Key-File-/.test(text)) throw new Error('it holds no private key')
  const publicKey = besideIt(path)
  return { path, text, certified, publicKey, type: publicKey && typeOf(publicKey), encrypted: /Proc-Type: 4,ENCRYPTED|BEGIN ENCRYPTED|^Encryption: (?!none)/m.test(text) }
}

/** PROTOCOL.key of OpenSSH: magic, cipher, kdf, its options, number of keys, the public key. */
function opensshKey(bytes: Buffer): Pick<KeyFile, 'publicKey' | 'type' | 'encrypted'> {
  if (bytes.subarray(0, MAGIC.length).toString('latin1') !== MAGIC) throw new Error('it is damaged')
  let at = MAGIC.length
  const field = (): Buffer => {
    const length = at + 4 <= bytes.length ? bytes.readUInt32BE(at) : -1
    if (length < 0 || at + 4 + length > bytes.length) throw new Error('it is damaged')
    at += 4 + length
    return bytes.subarray(at - length, at)
  }
  const cipher = field().toString('latin1')
  field()
  field()
  at += 4
  const publicKey = field()
  return { publicKey, type: typeOf(publicKey), encrypted: cipher !== 'none' }
}

function besideIt(path: string): Buffer | undefined {
  try {
    const [, key] = readFileSync(`${path}.pub`, 'utf8').trim().split(/\s+/)
    return key === undefined ? undefined : Buffer.from(key, 'base64')
  } catch {
    return undefined
  }
}

/** The type that a wire key states first (RFC 4253, section 6.6). */
const typeOf = (key: Buffer): string => (key.length < 4 ? '' : key.subarray(4, 4 + key.readUInt32BE(0)).toString('latin1'))
